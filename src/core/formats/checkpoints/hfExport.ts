/** Weights exported in Hugging Face's form: `hf/step-N/` of Levanter, `huggingface/baN/` of LLM Foundry. */

import { WEIGHTS_ONLY, partial, type CheckpointFormat } from "./checkpointFormat.js";
import { STEP_DASH_N } from "./namings.js";

export const HF_WEIGHTS =
  /^(model|pytorch_model|tf_model|flax_model|adapter_model)[\w.-]*\.(safetensors|bin|h5|msgpack)$/;

export const hfExport: CheckpointFormat = {
  format: "hf-export",
  system: null,
  directories: [STEP_DASH_N, { pattern: /^ba(?<step>\d+)$/, needsLook: true }],
  recognises: ({ inside }) =>
    inside.has("config.json") && [...inside].some((name) => HF_WEIGHTS.test(name)),

  judge: (look) =>
    Promise.resolve(look.some(HF_WEIGHTS) ? WEIGHTS_ONLY : partial("has no weights")),
};
