/**
 * Hugging Face Accelerate: `checkpoint_N/`, where N counts saves, and the names that its users' scripts choose. It says
 * nowhere at which step it was made.
 */

import type { CheckpointFormat, Surroundings } from "./checkpointFormat.js";
import { ANY_STEP, CHECKPOINT_UNDERSCORE_N, EPOCH_N } from "./namings.js";

function recognises({ inside }: Surroundings): boolean {
  return [...inside].some((name) =>
    /^random_states_\d+\.pkl$|^(optimizer|scheduler|sampler)\.bin$/.test(name),
  );
}

export const accelerate: CheckpointFormat = {
  format: "accelerate",
  system: "Accelerate",
  directories: [CHECKPOINT_UNDERSCORE_N],
  counts: "saves",
  recognises,
};

/** `step_500/`, `epoch_1/`: here the digits are what the name says. */
export const accelerateNamed: CheckpointFormat = {
  format: "accelerate-named",
  system: "Accelerate",
  directories: [ANY_STEP, EPOCH_N],
  recognises,
};
