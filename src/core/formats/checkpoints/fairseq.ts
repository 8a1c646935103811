/** fairseq: `checkpoint_<epoch>_<updates>.pt`, `checkpoint<epoch>.pt`, `checkpoint_last.pt`, `checkpoint_best.pt`. */

import type { CheckpointFormat } from "./checkpointFormat.js";
import { factsOfCheckpointFile } from "./torchFacts.js";

export const fairseq: CheckpointFormat = {
  format: "fairseq",
  system: "fairseq",
  files: [
    { pattern: /^checkpoint_\d+_(?<step>\d+)\.pt$/ },
    { pattern: /^checkpoint_(?:last|best)\.pt$/ },
  ],
  facts: factsOfCheckpointFile,
};

/** At the end of an epoch; the number of updates is only inside. */
export const fairseqEpoch: CheckpointFormat = {
  format: "fairseq-epoch",
  system: "fairseq",
  files: [{ pattern: /^checkpoint(?<step>\d+)\.pt$/ }],
  counts: "epochs",
  recognises: ({ beside }) => beside.has("checkpoint_last.pt") || beside.has("checkpoint_best.pt"),
  facts: factsOfCheckpointFile,
};
