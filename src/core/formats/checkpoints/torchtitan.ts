/** torchtitan: `step-N/` as a distributed checkpoint of PyTorch, or the last one as safetensors. */

import { COMPLETE, partial, WEIGHTS_ONLY, type CheckpointFormat } from "./checkpointFormat.js";
import { STEP_DASH_N } from "./namings.js";

const INDEX = "model.safetensors.index.json";

export const torchtitan: CheckpointFormat = {
  format: "torchtitan",
  system: "torchtitan",
  directories: [STEP_DASH_N],
  recognises: ({ inside }) =>
    inside.has(".metadata") ||
    (inside.has(INDEX) && !inside.has("config.json")) ||
    [...inside].some((name) => name.endsWith(".distcp")),

  judge(look) {
    if (look.has(".metadata")) return Promise.resolve(COMPLETE);
    const isExport = look.has(INDEX);
    return Promise.resolve(
      isExport ? WEIGHTS_ONLY : partial("has no .metadata, which is written last"),
    );
  },
};
