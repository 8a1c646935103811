/** nanotron: `N/checkpoint_metadata.json`, and beside it `latest.txt`, which is written last. */

import { isPlainObject } from "../../model/config.js";
import { COMPLETE, partial, type CheckpointFormat } from "./checkpointFormat.js";
import { trackedStep } from "./look.js";
import { DIGITS } from "./namings.js";

const METADATA = "checkpoint_metadata.json";

export const nanotron: CheckpointFormat = {
  format: "nanotron",
  system: "nanotron",
  directories: [DIGITS],
  recognises: ({ inside, beside }) => inside.has(METADATA) || beside.has("latest.txt"),
  configs: ["config.yaml"],

  async judge(look) {
    const text = (await look.textBeside("latest.txt"))?.trim();
    if (text !== undefined && look.checkpoint.step > trackedStep(text)) {
      return partial(`is newer than latest.txt says (${text})`);
    }
    return look.has(METADATA) ? COMPLETE : partial(`has no ${METADATA}`);
  },

  async facts(look) {
    const metadata = await look.json(METADATA);
    const metas = isPlainObject(metadata) ? metadata["metas"] : undefined;
    if (!isPlainObject(metas)) return {};
    const { last_train_step: step, consumed_tokens_total: tokens } = metas;
    return {
      ...(typeof step === "number" ? { step } : {}),
      ...(typeof tokens === "number" ? { tokens } : tokensOfStages(metas)),
    };
  },
};

/** Samples × sequence length, by stage where the lengths differ; nothing where a stage does not tell both. */
function tokensOfStages(metas: Readonly<Record<string, unknown>>): { tokens?: number } {
  const stages = metas["data_stages"];
  if (!Array.isArray(stages) || stages.length === 0) return {};
  let tokens = 0;
  for (const stage of stages) {
    const samples: unknown = isPlainObject(stage) ? stage["consumed_train_samples"] : undefined;
    const length: unknown = isPlainObject(stage) ? stage["sequence_length"] : undefined;
    if (typeof samples !== "number" || typeof length !== "number") return {};
    tokens += samples * length;
  }
  return { tokens };
}
