/** Hugging Face Accelerate: `checkpoint_N/`, where N counts saves. It says nowhere at which step it was made. */

import type { CheckpointFormat } from "./checkpointFormat.js";
import { CHECKPOINT_UNDERSCORE_N } from "./namings.js";

export const accelerate: CheckpointFormat = {
  format: "accelerate",
  system: "Accelerate",
  directories: [CHECKPOINT_UNDERSCORE_N],
  counts: "saves",
  recognises: ({ inside }) =>
    [...inside].some((name) => /^random_states_\d+\.pkl$|^(optimizer|scheduler)\.bin$/.test(name)),
};
