/** PyTorch Lightning: `epoch=E-step=S.ckpt`, `last.ckpt`; a sharded one is a directory of that name. */

import { partial, COMPLETE, type CheckpointFormat } from "./checkpointFormat.js";
import { factsOfCheckpointFile, factsOfTorchFile } from "./torchFacts.js";

export const lightning: CheckpointFormat = {
  format: "lightning",
  system: "PyTorch Lightning",
  directories: [{ pattern: /^(?:.*-)?step=(?<step>\d+)(?:-.*)?(?:\.ckpt)?$/ }],
  files: [
    { pattern: /^(?:.*-)?step=(?<step>\d+)(?:-.*)?\.(?:ckpt|pt)$/ },
    { pattern: /^\d+-(?<step>\d+)(?:-v\d+)?\.ckpt$/ },
    { pattern: /^(?:last|best|(?:.*-)?epoch=\d+(?:-.*)?)(?:-v\d+)?\.ckpt$/ },
  ],
  holdsConfig: true,

  judge(look) {
    if (look.checkpoint.container === "file") return Promise.resolve(COMPLETE);
    if (look.has(".metadata")) return Promise.resolve(COMPLETE);
    const isSharded = look.some(/\.distcp$/);
    return Promise.resolve(isSharded ? partial("has no .metadata, which is written last") : null);
  },

  facts: (look) =>
    look.checkpoint.container === "file"
      ? factsOfCheckpointFile(look)
      : factsOfTorchFile(look, "meta.pt"),
};
