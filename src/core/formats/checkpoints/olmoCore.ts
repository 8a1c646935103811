/** OLMo-core: `stepN/` with `model_and_optim/` and `train/`; `.metadata.json` is written last. */

import { isPlainObject } from "../../model/config.js";
import { COMPLETE, partial, type CheckpointFormat } from "./checkpointFormat.js";
import { STEP_N, WITHOUT_STEP } from "./namings.js";
import { factsOfTorchFile } from "./torchFacts.js";

export const olmoCore: CheckpointFormat = {
  format: "olmo-core",
  system: "OLMo-core",
  directories: [STEP_N, WITHOUT_STEP],
  recognises: ({ inside }) =>
    inside.has(".metadata.json") ||
    inside.has("model_and_optim") ||
    (inside.has("train") && !inside.has("config.yaml")),
  configs: ["config.json"],

  judge: (look) =>
    Promise.resolve(
      look.has(".metadata.json")
        ? COMPLETE
        : partial("has no .metadata.json, which is written last"),
    ),

  async facts(look) {
    const metadata = await look.json(".metadata.json");
    const isTemporary = isPlainObject(metadata) && metadata["ephemeral"] === true;
    const facts = look.has("train") ? await factsOfTorchFile(look, "train/rank0.pt") : {};
    return { ...facts, ...(isTemporary ? { temporary: true } : {}) };
  },
};
