/** DeepSpeed and GPT-NeoX: `global_stepN/`, and beside it `latest`, which all ranks have saved before it is written. */

import {
  COMPLETE,
  partial,
  type CheckpointFacts,
  type CheckpointFormat,
} from "./checkpointFormat.js";
import type { CheckpointLook } from "./look.js";
import { ANY_STEP, EPOCH_N, WITHOUT_STEP } from "./namings.js";
import { factsOfTorchFile } from "./torchFacts.js";

/** Written by each rank of a model-parallel group, with ZeRO 3 by all. */
const MODEL_STATES = /^(?:zero_pp_rank_0_)?mp_rank_00_model_states\.pt$/;
const TAG = /^global_step(?<step>\d+)(?:_universal)?$/;

export const deepSpeed: CheckpointFormat = {
  format: "deepspeed",
  system: "DeepSpeed",
  directories: [{ pattern: TAG }, EPOCH_N, WITHOUT_STEP, ANY_STEP],
  recognises: ({ inside }) => modelStatesAmong([...inside]) !== null,
  configs: ["configs/", "mp_rank_00_model_states.pt"],

  async judge(look) {
    const isUniversal = look.name.endsWith("_universal");
    if (isUniversal && !look.has("zero")) return partial("has no directory zero");
    const tracker = isUniversal ? "latest_universal" : "latest";
    const text = (await look.textBeside(tracker))?.trim();
    // A tag that its user chose says nothing of the order.
    const latest = Number(TAG.exec(text ?? "")?.groups?.["step"] ?? NaN);
    const { step } = look.checkpoint;
    return step > latest ? partial(`is newer than ${tracker} says (${text})`) : COMPLETE;
  },

  async facts(look) {
    const name = modelStatesAmong(look.entries.map((entry) => entry.name));
    return name === null ? {} : factsOfModelStates(look, name);
  },
};

/** The file of the first rank, which says the step; null in a directory that is no checkpoint of DeepSpeed. */
export function modelStatesAmong(names: readonly string[]): string | null {
  return names.find((name) => MODEL_STATES.test(name)) ?? null;
}

async function factsOfModelStates(look: CheckpointLook, name: string): Promise<CheckpointFacts> {
  const { step } = await factsOfTorchFile(look, name);
  return step === undefined ? {} : { step };
}
