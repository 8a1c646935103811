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

/** Everything else that says `step`, `iteration` or `checkpoint` and a number, with what publishers add to it. */
export const ANY_STEP: Naming = {
  pattern:
    /^(?:(?:ckpt|checkpoint|model|epoch[-_=]?\d+|stage\d+(?:-ingredient\d+)?)[-_])?(?:global_?step|step|iteration|iter|ckpt|checkpoint)[-_=]?(?<step>\d+)(?<k>k)?(?:[-_](?:hf|unsharded|tokens\d+[BMT]|seed[-_]\S+|model|weights|tmp))*$/i,
};
