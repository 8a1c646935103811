/**
 * MosaicML Composer and LLM Foundry: `epE-baB-rankR.pt`, where all ranks are one checkpoint, or `epE-baB/` of shards. Its
 * users can name them by any of Composer's counts: `ba100`, `ep2`.
 */

import { partial, COMPLETE, type CheckpointFormat } from "./checkpointFormat.js";
import { factsOfCheckpointFile, factsOfTorchFile } from "./torchFacts.js";

const RANK_0 = /(?:^|[-_])rank0\.pt$/;

export const composer: CheckpointFormat = {
  format: "composer",
  system: "Composer",
  directories: [{ pattern: /^ep\d+-ba(?<step>\d+)$/ }],
  files: [
    { pattern: /^(?:ep\d+-)?ba(?<step>\d+)(?:-rank0)?\.pt$/ },
    { pattern: /^ep(?<step>\d+)(?:-rank0)?\.pt$/, counts: "epochs" },
  ],
  holdsConfig: true,

  judge(look) {
    if (look.checkpoint.container === "file") return Promise.resolve(COMPLETE);
    // Of earlier releases each rank wrote a file of its own.
    if (look.has(".metadata") || look.some(RANK_0)) return Promise.resolve(COMPLETE);
    const isSharded = look.some(/\.distcp$/);
    return Promise.resolve(isSharded ? partial("has no .metadata, which is written last") : null);
  },

  facts(look) {
    if (look.checkpoint.container === "file") return factsOfCheckpointFile(look);
    const rank = look.entries.find(({ name }) => RANK_0.test(name));
    return rank ? factsOfTorchFile(look, rank.name) : Promise.resolve({});
  },
};
