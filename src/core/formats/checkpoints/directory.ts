/** Directories that are named after a step and hold what belongs to no system that is known. */

import type { CheckpointFormat } from "./checkpointFormat.js";
import { ANY_STEP, CHECKPOINT_UNDERSCORE_N, EPOCH_N, STEP_DASH_N, STEP_N } from "./namings.js";

export const directory: CheckpointFormat = {
  format: "directory",
  system: null,
  directories: [STEP_N, STEP_DASH_N, CHECKPOINT_UNDERSCORE_N, ANY_STEP, EPOCH_N],
};
