/** Names of the systems that wrote a run, as its users call them. */

import { readerOf } from "../formats/index.js";

const CHECKPOINT_SYSTEMS: Readonly<Record<string, string>> = {
  "hf-trainer": "Hugging Face Trainer",
  deepspeed: "DeepSpeed",
  megatron: "Megatron-LM",
  olmo: "OLMo",
  levanter: "Levanter",
  composer: "Composer",
  lightning: "PyTorch Lightning",
  t5x: "T5X",
  safetensors: "safetensors",
};

/** The systems by the formats of a run's logs and checkpoints, and those whose layouts were met, without repeats. */
export function systemsOf(
  sourceFormats: readonly string[],
  checkpointFormats: readonly string[],
  laidOut: readonly string[],
): string[] {
  const systems = new Set([...sourceFormats.map((format) => readerOf(format).system), ...laidOut]);
  for (const format of checkpointFormats) {
    const system = CHECKPOINT_SYSTEMS[format];
    if (system !== undefined) systems.add(system);
  }
  return [...systems].sort();
}
