/** A snapshot in the cache of the Hugging Face hub: the revision of one commit, as far as it was downloaded. */

import { partial, WEIGHTS_ONLY, type CheckpointFormat } from "./checkpointFormat.js";
import { HF_WEIGHTS } from "./hfExport.js";

export const hubCache: CheckpointFormat = {
  format: "hub-cache",
  system: "Hugging Face Hub",
  judge: (look) =>
    Promise.resolve(
      look.some(HF_WEIGHTS) ? WEIGHTS_ONLY : partial("holds no weights: not downloaded"),
    ),
};
