/** nanochat: `model_NNNNNN.pt` beside `meta_NNNNNN.json`, which holds step and batch size. */

import { isPlainObject } from "../../model/config.js";
import { baseName } from "../../io/path.js";
import { parseJson } from "../json.js";
import { COMPLETE, partial, type CheckpointFormat } from "./checkpointFormat.js";
import type { CheckpointLook } from "./look.js";

export const nanochat: CheckpointFormat = {
  format: "nanochat",
  system: "nanochat",
  files: [{ pattern: /^model_(?<step>\d{6,})\.pt$/ }],
  recognises: ({ beside }) => [...beside].some((name) => /^meta_\d{6,}\.json$/.test(name)),

  async judge(look) {
    const meta = await look.textBeside(metaOf(look));
    return meta === null ? partial(`has no ${metaOf(look)} beside it`) : COMPLETE;
  },

  async facts(look) {
    const parsed = parseJson((await look.textBeside(metaOf(look))) ?? "");
    if (!parsed.ok || !isPlainObject(parsed.value)) return {};
    const { step, total_batch_size: batch } = parsed.value;
    if (typeof step !== "number") return {};
    if (typeof batch !== "number") return { step };
    return { step, tokens: step * batch, tokensFrom: `step ${step} × total_batch_size ${batch}` };
  },
};

function metaOf(look: CheckpointLook): string {
  return baseName(look.path).replace(/^model_(\d+)\.pt$/, "meta_$1.json");
}
