/** OLMo's first code base: `stepN/` sharded, `stepN-unsharded/` whole; `-tmp` while they are written. */

import { partial, type CheckpointFormat, COMPLETE } from "./checkpointFormat.js";
import { STEP_N, WITHOUT_STEP } from "./namings.js";
import { factsOfTorchFile } from "./torchFacts.js";

const MODEL = ["model.pt", "model.safetensors", "rank0.pt", "model", "train"];

export const olmo: CheckpointFormat = {
  format: "olmo",
  system: "OLMo",
  directories: [{ pattern: /^step(?<step>\d+)-unsharded(?:-tmp)?$/ }, STEP_N, WITHOUT_STEP],
  recognises: ({ inside }) => inside.has("config.yaml") && MODEL.some((name) => inside.has(name)),
  configs: ["config.yaml"],

  judge(look) {
    const hasModel = MODEL.some((name) => look.has(name));
    const hasState = look.some(/^(train|other|optim)(\.pt|\.safetensors)?$|^rank\d+\.pt$/);
    if (!hasModel) return Promise.resolve(partial("has no model"));
    return Promise.resolve(hasState ? COMPLETE : null);
  },

  async facts(look) {
    for (const name of ["train.pt", "other.pt", "rank0.pt"]) {
      if (look.has(name)) return factsOfTorchFile(look, name);
    }
    return look.has("train") ? factsOfTorchFile(look, "train/rank0.pt") : {};
  },
};
