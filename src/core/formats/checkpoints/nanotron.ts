/** nanotron: `N/checkpoint_metadata.json`, and beside it `latest.txt`, which is written last. */

import { isPlainObject } from "../../model/config.js";
import { parseConfig } from "../configFile.js";
import {
  COMPLETE,
  partial,
  type CheckpointFacts,
  type CheckpointFormat,
} from "./checkpointFormat.js";
import { trackedStep, type CheckpointLook } from "./look.js";
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
      ...(typeof tokens === "number"
        ? { tokens, tokensFrom: "consumed_tokens_total" }
        : await tokensOfSamples(metas, look)),
    };
  },
};

/** Samples × sequence length: of each stage where all tell both, else with the length of the config beside them. */
async function tokensOfSamples(
  metas: Readonly<Record<string, unknown>>,
  look: CheckpointLook,
): Promise<Pick<CheckpointFacts, "tokens" | "tokensFrom">> {
  const { consumed_train_samples: samples, data_stages: stages } = metas;
  const all: readonly unknown[] = Array.isArray(stages) ? stages : [];
  const products = all.map((stage) => {
    const own: unknown = isPlainObject(stage) ? stage["consumed_train_samples"] : undefined;
    const length: unknown = isPlainObject(stage) ? stage["sequence_length"] : undefined;
    return typeof own === "number" && typeof length === "number" ? own * length : NaN;
  });
  if (products.length > 0 && !products.some(Number.isNaN)) {
    const tokens = products.reduce((sum, product) => sum + product, 0);
    return { tokens, tokensFrom: "consumed_train_samples × sequence_length of each data stage" };
  }
  const isTold = all.some(
    (stage) => isPlainObject(stage) && typeof stage["sequence_length"] === "number",
  );
  const text = isTold ? null : await look.text("config.yaml");
  const length = text === null ? null : parseConfig(text, "config.yaml").config.get(LENGTH);
  if (typeof samples !== "number" || typeof length !== "number") return {};
  const tokensFrom = `consumed_train_samples ${samples} × ${LENGTH} ${length} of config.yaml`;
  return { tokens: samples * length, tokensFrom };
}

const LENGTH = "tokens.sequence_length";
