/** TensorFlow 1 and 2: `<prefix>-N.index` with its shards; several prefixes lie side by side. */

import { baseName, directoryOf, joinPath } from "../../io/path.js";
import {
  readBundleIndex,
  readStepTensor,
  shardName,
  stepTensor,
  type BundleIndex,
} from "../containers/tensorBundle.js";
import { COMPLETE, partial, type CheckpointFormat } from "./checkpointFormat.js";
import type { CheckpointLook } from "./look.js";

export const tensorflow: CheckpointFormat = {
  format: "tensorflow",
  system: "TensorFlow",
  files: [
    { pattern: /^.*[-_](?<step>\d+)\.index$/ },
    { pattern: /^(?:.*\.)?(?:ckpt|checkpoint|model)\.index$/ },
  ],

  async judge(look) {
    const index = await indexOf(look);
    if (!index) return null;
    if (index.reason !== null) return partial(`${baseName(look.path)} ${index.reason}`);
    const { prefix, directory } = placeOf(look);
    const there = await look.namesIn(directory);
    const needed = new Set([...index.tensors.map(({ shard }) => shard), 0]);
    for (const shard of needed) {
      const name = shardName(prefix, shard, index.shards);
      if (!there.has(name)) return partial(`its shard ${name} is missing`);
      const wanted = Math.max(
        0,
        ...index.tensors.filter((one) => one.shard === shard).map((one) => one.offset + one.size),
      );
      const { size } = await look.files.stat(joinPath(directory, name));
      if (size < wanted) return partial(`its shard ${name} has ${size} of ${wanted} bytes`);
    }
    return COMPLETE;
  },

  async facts(look) {
    const index = await indexOf(look);
    const tensor = index && stepTensor(index.tensors);
    if (!index || !tensor) return {};
    const { prefix, directory } = placeOf(look);
    const shard = joinPath(directory, shardName(prefix, tensor.shard, index.shards));
    const step = await look.withFile(shard, (source) => readStepTensor(source, tensor));
    return step === null ? {} : { step };
  },
};

function indexOf(look: CheckpointLook): Promise<BundleIndex | null> {
  return look.withFile(look.path, readBundleIndex);
}

function placeOf(look: CheckpointLook): { prefix: string; directory: string } {
  return {
    prefix: baseName(look.path).replace(/\.index$/, ""),
    directory: directoryOf(look.path),
  };
}
