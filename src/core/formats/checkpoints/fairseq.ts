/**
 * fairseq and what came of it: `checkpoint_<epoch>_<updates>.pt`, `checkpoint<epoch>.pt`, `checkpoint_last.pt`,
 * `checkpoint_best.pt`. Sharded ones have a suffix; all shards are one checkpoint.
 */

import type { CheckpointFormat } from "./checkpointFormat.js";
import { factsOfCheckpointFile } from "./torchFacts.js";

/** `-shard0`, `-rank-0-shard0`, `-model_part-0-shard0`: the first of each kind. */
const FIRST_SHARD = "(?:-(?:(?:rank|model_part)-0(?:-shard0)?|shard0))?";

export const fairseq: CheckpointFormat = {
  format: "fairseq",
  system: "fairseq",
  files: [
    { pattern: new RegExp(`^checkpoint_\\d+_(?<step>\\d+)${FIRST_SHARD}\\.pt$`) },
    { pattern: new RegExp(`^checkpoint(?:_(?:last|best)|\\.best_.+?)${FIRST_SHARD}\\.pt$`) },
  ],
  holdsConfig: true,
  facts: factsOfCheckpointFile,
};

/** At the end of an epoch; the number of updates is only inside. */
export const fairseqEpoch: CheckpointFormat = {
  format: "fairseq-epoch",
  system: "fairseq",
  files: [{ pattern: new RegExp(`^checkpoint(?<step>\\d+)${FIRST_SHARD}\\.pt$`) }],
  counts: "epochs",
  recognises: ({ beside }) =>
    [...beside].some((name) => /^checkpoint_(last|best)[\w-]*\.pt$/.test(name)),
  holdsConfig: true,
  facts: factsOfCheckpointFile,
};
