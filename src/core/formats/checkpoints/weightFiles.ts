/** Files of weights that belong to no system: named by a word for the step and its number. */

import type { CheckpointFormat, Naming } from "./checkpointFormat.js";
import { factsOfCheckpointFile } from "./torchFacts.js";

/** Files of a training state that are no checkpoint by themselves, though their name may hold a step. */
const PART =
  "(?!.*(?:^|[^a-z])(?:optim|optimizer|rng|scheduler|scaler|random_states|rank\\d+|shard\\d+|rank-\\d+|model_part-\\d+)(?:[^a-z]|$))";
/** `checkpoint_2_1000`: of two numbers none is known to be the step. */
const LONE = "(?!\\d|[-_]\\d+(?:[-_.]|$))";

function named(extensions: string): readonly Naming[] {
  const words = "global_?step|step|iteration|iter";
  const ending = `\\.(?:${extensions})$`;
  const thousands = "(?:(?<k>k)(?![a-z0-9]))?";
  return [
    {
      pattern: new RegExp(
        `^${PART}(?:.*[^a-z])??(?:${words})[-_=]?(?<step>\\d+)${thousands}(?:\\D.*)?${ending}`,
        "i",
      ),
    },
    {
      pattern: new RegExp(
        `^${PART}(?:.*[^a-z])??(?:checkpoint|ckpt)[-_=]?(?<step>\\d+)${LONE}${thousands}(?:\\D.*)?${ending}`,
        "i",
      ),
    },
    { pattern: new RegExp(`^${PART}(?:model|state)[-_](?<step>\\d+)${ending}`, "i") },
  ];
}

/** Of an epoch, where nothing in the name says a step. */
function namedByEpoch(extensions: string): Naming {
  return {
    pattern: new RegExp(
      `^${PART}(?!.*(?:step|iter)[a-z]*[-_=]?\\d)(?:.*[^a-z])??epoch[-_=]?(?<step>\\d+)(?:\\D.*)?\\.(?:${extensions})$`,
      "i",
    ),
    counts: "epochs",
  };
}

/** `ckpt.pt` of nanoGPT and the like: written over and over, the step is inside. */
const OVERWRITTEN: Naming = {
  pattern: /^(?:ckpt|checkpoint|last|latest|last_checkpoint|latest_checkpoint)\.(?:pt|pth|bin)$/i,
};

export const torchFile: CheckpointFormat = {
  format: "torch",
  system: "PyTorch",
  files: [...named("pt|pth|ckpt|bin"), namedByEpoch("pt|pth|bin"), OVERWRITTEN],
  holdsConfig: true,
  facts: factsOfCheckpointFile,
};

export const safetensorsFile: CheckpointFormat = {
  format: "safetensors",
  system: "safetensors",
  files: [...named("safetensors"), namedByEpoch("safetensors")],
};

export const otherFiles: readonly CheckpointFormat[] = [
  ["npz", "npz"],
  ["msgpack", "msgpack"],
  ["hdf5", "h5"],
  ["gguf", "gguf"],
].map(([format = "", extension = ""]) => ({
  format,
  system: null,
  files: [...named(extension), namedByEpoch(extension)],
}));
