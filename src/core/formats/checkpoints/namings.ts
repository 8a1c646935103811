/** Names of checkpoint directories that several systems use. */

import type { Naming } from "./checkpointFormat.js";

/** `step1000`: OLMo, OLMo-core, and publishers of revisions. */
export const STEP_N: Naming = { pattern: /^step(?<step>\d+)$/ };

/** `step-1000`: Levanter, torchtitan, exports for Hugging Face. */
export const STEP_DASH_N: Naming = { pattern: /^step-(?<step>\d+)$/ };

/** `checkpoint_1000`: T5X, Orbax, and Accelerate, which counts saves. */
export const CHECKPOINT_UNDERSCORE_N: Naming = { pattern: /^checkpoint_(?<step>\d+)$/ };

/** `1000`: nanotron, Orbax. Most directories with such a name are no checkpoints. */
export const DIGITS: Naming = { pattern: /^(?<step>\d+)$/, needsLook: true };

/** `epoch_3`, `epoch-3`: loops that save after each epoch. Most directories with such a name are no checkpoints. */
export const EPOCH_N: Naming = {
  pattern: /^epoch[-_=]?(?<step>\d+)$/i,
  counts: "epochs",
  needsLook: true,
};

/** `last-checkpoint`, `checkpoint-best`: copies of one of the others, or written over and over. The step is inside. */
export const WITHOUT_STEP: Naming = {
  pattern:
    /^(?:(?:last|best|latest|final)(?:[-_]?(?:checkpoint|ckpt|model))?|(?:checkpoint|ckpt|model)[-_](?:last|best|latest|final))(?:-unsharded)?$/i,
  needsLook: true,
};

/** Any name that ends in digits: Orbax lets its users choose the prefix. */
export const PREFIX_N: Naming = { pattern: /^.*[^\d](?<step>\d+)$/, needsLook: true };

/** Everything else that says `step`, `iteration` or `checkpoint` and a number, with what publishers add to it. */
export const ANY_STEP: Naming = {
  pattern:
    /^(?:(?:ckpt|checkpoint|model|epoch[-_=]?\d+|stage\d+(?:-ingredient\d+)?)[-_])?(?:global_?step|step|iteration|iter|ckpt|checkpoint)[-_=]?(?<step>\d+)(?<k>k)?(?:[-_](?:hf|unsharded|tokens\d+[BMT]|seed[-_]\S+|model|weights|tmp))*$/i,
};
