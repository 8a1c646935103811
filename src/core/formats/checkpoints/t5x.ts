/** T5X and Flax: `checkpoint_N/checkpoint` with arrays beside it, or before that one file `checkpoint_N`. */

import { readRange, type ByteSource } from "../../io/files.js";
import { at, countOf, readMsgpack } from "../containers/msgpack.js";
import {
  COMPLETE,
  partial,
  type CheckpointFacts,
  type CheckpointFormat,
} from "./checkpointFormat.js";
import { CHECKPOINT_UNDERSCORE_N } from "./namings.js";

/** Larger ones hold the weights themselves. */
const MAX_BYTES = 32 * 1024 * 1024;

export const t5x: CheckpointFormat = {
  format: "t5x",
  system: "T5X",
  directories: [{ pattern: /^checkpoint_(?<step>\d+)\.tmp-.*$/ }, CHECKPOINT_UNDERSCORE_N],
  files: [{ pattern: /^checkpoint_(?<step>\d+)$/ }],
  recognises: ({ inside }) =>
    inside.size === 0 || (inside.has("checkpoint") && !inside.has("_METADATA")),

  judge(look) {
    if (look.checkpoint.container === "file" || look.has("checkpoint")) {
      return Promise.resolve(COMPLETE);
    }
    return Promise.resolve(partial("has no file checkpoint"));
  },

  async facts(look) {
    const facts =
      look.checkpoint.container === "file"
        ? await look.withFile(look.path, factsOf)
        : await look.with("checkpoint", factsOf);
    return facts ?? {};
  },
};

async function factsOf(source: ByteSource): Promise<CheckpointFacts> {
  if (source.stamp.size > MAX_BYTES) return {};
  const read = readMsgpack(await readRange(source, 0, source.stamp.size));
  if (!read.ok) return {};
  const step =
    countOf(at(read.value, "optimizer", "state", "step")) ??
    countOf(at(read.value, "state", "step")) ??
    countOf(at(read.value, "step"));
  return step === undefined ? {} : { step };
}
