/** Hugging Face Trainer: `checkpoint-N/` with `trainer_state.json`, adapters and sharded payloads included. */

import { readRange } from "../../io/files.js";
import { decodeText } from "../json.js";
import {
  COMPLETE,
  partial,
  WEIGHTS_ONLY,
  type CheckpointFormat,
  type Verdict,
} from "./checkpointFormat.js";
import type { CheckpointLook } from "./look.js";
import { WITHOUT_STEP } from "./namings.js";
import { hasTrainingState, hasWeights } from "./weights.js";

export const hfTrainer: CheckpointFormat = {
  format: "hf-trainer",
  system: "Hugging Face Trainer",
  // For some releases a save was written under a `tmp-` name and renamed.
  directories: [{ pattern: /^(?:tmp-)?checkpoint-(?<step>\d+)$/ }, WITHOUT_STEP],
  recognises: ({ inside }) => inside.has("trainer_state.json"),
  configs: ["training_args.bin", "adapter_config.json"],

  async judge(look) {
    if (look.has("trainer_state.json")) {
      const end = (await tailOf(look)).trimEnd();
      return end.endsWith("}") ? judgePayload(look) : partial("has a trainer_state.json cut short");
    }
    if (hasTrainingState(look)) return partial("has no trainer_state.json, which is written last");
    return hasWeights(look) ? WEIGHTS_ONLY : partial("holds no weights");
  },

  async facts(look) {
    // The log follows behind these, and is long.
    const head = (await look.text("trainer_state.json", 4096)) ?? "";
    const beforeLog = head.split('"log_history"', 1)[0] ?? "";
    const number = (key: string): number | undefined => {
      const text = new RegExp(`"${key}":\\s*(-?[\\d.]+(?:[eE][+-]?\\d+)?)`).exec(beforeLog)?.[1];
      return text === undefined ? undefined : Number(text);
    };
    const step = number("global_step");
    const epoch = number("epoch");
    const tokens = (await tokensSeen(look)) ?? 0;
    return {
      ...(step === undefined ? {} : { step }),
      ...(epoch === undefined ? {} : { epoch }),
      // 0 where the Trainer was not told to count.
      ...(tokens > 0 ? { tokens, tokensFrom: "num_input_tokens_seen" } : {}),
    };
  },
};

/** `num_input_tokens_seen` stands behind the log; rows of the log, which are indented further, can hold it too. */
async function tokensSeen(look: CheckpointLook): Promise<number | undefined> {
  const text = /^ {0,2}"num_input_tokens_seen":\s*(\d+)/m.exec(await tailOf(look))?.[1];
  return text === undefined ? undefined : Number(text);
}

async function tailOf(look: CheckpointLook): Promise<string> {
  const tail = await look.with("trainer_state.json", async (source) => {
    const start = Math.max(0, source.stamp.size - 4096);
    return decodeText(await readRange(source, start, 4096));
  });
  return tail ?? "";
}

/** DeepSpeed's part is written by all ranks, and named in `latest` when they are done. */
async function judgePayload(look: CheckpointLook): Promise<Verdict> {
  const payload = look.entries.filter(({ name }) => /^global_step\d+$/.test(name));
  if (payload.length === 0) return COMPLETE;
  const latest = (await look.text("latest"))?.trim();
  if (latest === undefined) return partial("has a DeepSpeed part but no file latest");
  return payload.some(({ name }) => name === latest)
    ? COMPLETE
    : partial(`has a file latest that names ${latest}, which is not there`);
}
