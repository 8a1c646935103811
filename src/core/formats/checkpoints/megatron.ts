/** Megatron-LM: `iter_NNNNNNN/`, and beside it a tracker file that is written last. */

import { COMPLETE, partial, type CheckpointFormat } from "./checkpointFormat.js";
import { trackedStep } from "./look.js";

const TRACKER = "latest_checkpointed_iteration.txt";

export const megatron: CheckpointFormat = {
  format: "megatron",
  system: "Megatron-LM",
  directories: [{ pattern: /^iter_(?<step>\d{7,})$/ }],

  async judge(look) {
    const text = (await look.textBeside(TRACKER))?.trim();
    if (text !== undefined && look.checkpoint.step > trackedStep(text)) {
      return partial(`is newer than ${TRACKER} says (${text})`);
    }
    const isDistributed = look.some(/\.distcp$/);
    return isDistributed && !look.has(".metadata") ? partial("has no .metadata") : COMPLETE;
  },
};
