/** MosaicML Composer and LLM Foundry: `epE-baB-rankR.pt`, where all ranks are one checkpoint, or `epE-baB/`. */

import { partial, COMPLETE, type CheckpointFormat } from "./checkpointFormat.js";
import { factsOfCheckpointFile } from "./torchFacts.js";

export const composer: CheckpointFormat = {
  format: "composer",
  system: "Composer",
  directories: [{ pattern: /^ep\d+-ba(?<step>\d+)$/ }],
  files: [{ pattern: /^ep\d+-ba(?<step>\d+)(?:-rank0)?\.pt$/ }],

  judge(look) {
    if (look.checkpoint.container === "file") return Promise.resolve(COMPLETE);
    if (look.has(".metadata")) return Promise.resolve(COMPLETE);
    const isSharded = look.some(/\.distcp$/);
    return Promise.resolve(isSharded ? partial("has no .metadata, which is written last") : null);
  },

  facts: (look) =>
    look.checkpoint.container === "file" ? factsOfCheckpointFile(look) : Promise.resolve({}),
};
