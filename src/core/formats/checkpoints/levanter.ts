/** Levanter and Marin: `step-N/metadata.json`, which is written once the payload is committed. */

import { isPlainObject } from "../../model/config.js";
import { COMPLETE, partial, type CheckpointFormat } from "./checkpointFormat.js";
import { EPOCH_N, STEP_DASH_N } from "./namings.js";

export const levanter: CheckpointFormat = {
  format: "levanter",
  system: "Levanter",
  directories: [STEP_DASH_N, EPOCH_N],
  // `manifest.json` is written when the save starts.
  recognises: ({ inside }) =>
    inside.has("metadata.json") || (inside.has("manifest.json") && inside.has("model")),

  async judge(look) {
    if (!look.has("metadata.json")) {
      return partial("has no metadata.json, which is written when all else is saved");
    }
    const metadata = await look.json("metadata.json");
    return isPlainObject(metadata) ? COMPLETE : partial("has a metadata.json that does not parse");
  },

  async facts(look) {
    const metadata = await look.json("metadata.json");
    if (!isPlainObject(metadata)) return {};
    const { step, is_temporary: isTemporary } = metadata;
    return {
      ...(typeof step === "number" ? { step } : {}),
      ...(isTemporary === true ? { temporary: true } : {}),
    };
  },
};
