/** Megatron-LM: `iter_NNNNNNN/`, and beside it a tracker file that is written last. */

import { lfsPointerIn } from "../gitLfs.js";
import { COMPLETE, partial, type CheckpointFormat } from "./checkpointFormat.js";
import { trackedStep } from "./look.js";
import { factsOfTorchFile } from "./torchFacts.js";

const TRACKER = "latest_checkpointed_iteration.txt";
/** Of each rank of a model-parallel group, in a directory of its own. */
const STATE = "model_optim_rng.pt";

export const megatron: CheckpointFormat = {
  format: "megatron",
  system: "Megatron-LM",
  directories: [{ pattern: /^iter_(?<step>\d{7,})$/ }],
  configs: ["common.pt", `mp_rank_00/${STATE}`],

  async judge(look) {
    const text = (await look.textBeside(TRACKER))?.trim();
    if (text !== undefined && look.checkpoint.step > trackedStep(text)) {
      return partial(`is newer than ${TRACKER} says (${text})`);
    }
    if (look.some(/\.distcp$/))
      return look.has(".metadata") ? COMPLETE : partial("has no .metadata");
    for (const { name } of look.entries) {
      if (!/^mp_rank_\d+/.test(name)) continue;
      const file = `${name}/${STATE}`;
      const pointer = await look.with(file, async (source) => (await lfsPointerIn(source)) ?? "");
      if (pointer === null) return partial(`has no ${file}`);
      if (pointer !== "") return { state: "remote", reason: pointer };
    }
    return COMPLETE;
  },

  async facts(look) {
    if (look.has("common.pt")) return factsOfTorchFile(look, "common.pt");
    return look.has("mp_rank_00") ? factsOfTorchFile(look, `mp_rank_00/${STATE}`) : {};
  },
};
