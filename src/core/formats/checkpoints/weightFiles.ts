/** Files of weights that belong to no system: named by a word for the step and its number. */

import type { CheckpointFormat, Naming } from "./checkpointFormat.js";
import { factsOfCheckpointFile } from "./torchFacts.js";

/** Files of a training state that are no checkpoint by themselves, though their name may hold a step. */
const PART =
  "(?!.*(?:^|[^a-z])(?:optim|optimizer|rng|scheduler|scaler|random_states|rank\\d+)(?:[^a-z]|$))";

function named(extensions: string): readonly Naming[] {
  const words = "global_?step|step|iteration|iter|checkpoint|ckpt";
  const ending = `\\.(?:${extensions})$`;
  return [
    {
      pattern: new RegExp(
        `^${PART}(?:.*[^a-z])??(?:${words})[-_=]?(?<step>\\d+)(?:(?<k>k)(?![a-z0-9]))?(?:\\D.*)?${ending}`,
        "i",
      ),
    },
    {
      pattern: new RegExp(
        `^${PART}(?:model|ckpt|checkpoint|state)[-_](?:step)?(?<step>\\d+)${ending}`,
        "i",
      ),
    },
  ];
}

/** `ckpt.pt` of nanoGPT and the like: written over and over, the step is inside. */
const OVERWRITTEN: Naming = {
  pattern: /^(?:ckpt|checkpoint|last|latest|last_checkpoint|latest_checkpoint)\.(?:pt|pth|bin)$/i,
};

export const torchFile: CheckpointFormat = {
  format: "torch",
  system: "PyTorch",
  files: [...named("pt|pth|ckpt|bin"), OVERWRITTEN],
  facts: factsOfCheckpointFile,
};

export const safetensorsFile: CheckpointFormat = {
  format: "safetensors",
  system: "safetensors",
  files: named("safetensors"),
};

export const otherFiles: readonly CheckpointFormat[] = [
  ["npz", "npz"],
  ["msgpack", "msgpack"],
  ["hdf5", "h5"],
  ["gguf", "gguf"],
].map(([format = "", extension = ""]) => ({ format, system: null, files: named(extension) }));
