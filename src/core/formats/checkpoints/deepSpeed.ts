/** DeepSpeed and GPT-NeoX: `global_stepN/`, and beside it `latest`, which all ranks have saved before it is written. */

import { COMPLETE, partial, type CheckpointFormat } from "./checkpointFormat.js";
import { trackedStep } from "./look.js";

export const deepSpeed: CheckpointFormat = {
  format: "deepspeed",
  system: "DeepSpeed",
  directories: [{ pattern: /^global_step(?<step>\d+)(?:_universal)?$/ }],
  configs: ["configs/"],

  async judge(look) {
    const isUniversal = look.name.endsWith("_universal");
    if (isUniversal && !look.has("zero")) return partial("has no directory zero");
    const tracker = isUniversal ? "latest_universal" : "latest";
    const text = (await look.textBeside(tracker))?.trim();
    if (text === undefined) return COMPLETE;
    const latest = trackedStep(text.replace(/_universal$/, ""));
    const { step } = look.checkpoint;
    return step > latest ? partial(`is newer than ${tracker} says (${text})`) : COMPLETE;
  },
};
