/** Megatron-LM: `iter_NNNNNNN/`, and beside it a tracker file that is written last. */

import { numberAt } from "../containers/pickleValues.js";
import { readTorchFile, type TorchFile } from "../containers/torchFile.js";
import { lfsPointerIn } from "../gitLfs.js";
import {
  COMPLETE,
  partial,
  type CheckpointFacts,
  type CheckpointFormat,
} from "./checkpointFormat.js";
import { trackedStep } from "./look.js";

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
    const name = look.has("common.pt") ? "common.pt" : `mp_rank_00/${STATE}`;
    if (!look.has(name.split("/", 1)[0] ?? "")) return {};
    return (await look.with(name, async (source) => factsOf(await readTorchFile(source)))) ?? {};
  },
};

/** The arguments of the run lie in its state, with how far it has come. */
function factsOf(file: TorchFile): CheckpointFacts {
  if (!file.ok) return {};
  const step = numberAt(file.value, "iteration");
  const samples = numberAt(file.value, "args", "consumed_train_samples");
  const length = numberAt(file.value, "args", "seq_length");
  return {
    ...(step === undefined ? {} : { step }),
    ...(samples === undefined || length === undefined
      ? {}
      : {
          tokens: samples * length,
          tokensFrom: `consumed_train_samples ${samples} × seq_length ${length}`,
        }),
  };
}
