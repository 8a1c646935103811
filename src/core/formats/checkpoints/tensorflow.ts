/** TensorFlow 1 and 2: `<prefix>-N.index` with its shards; several prefixes lie side by side. */

import { baseName, directoryOf, joinPath } from "../../io/path.js";
import {
  readBundleIndex,
  readStepTensor,
  shardName,
  stepTensor,
  type BundleIndex,
} from "../containers/tensorBundle.js";
import type { Files } from "../../io/files.js";
import type { Checkpoint } from "../../model/run.js";
import { lfsPointerIn } from "../gitLfs.js";
import { COMPLETE, partial, type CheckpointFormat, type Verdict } from "./checkpointFormat.js";
import { CheckpointLook } from "./look.js";

export const tensorflow: CheckpointFormat = {
  format: "tensorflow",
  system: "TensorFlow",
  files: [
    { pattern: /^.*[-_](?<step>\d+)\.index$/ },
    { pattern: /^(?:.*\.)?(?:ckpt|checkpoint|model)\.index$/ },
  ],

  judge: (look) => judgeBundle(look.files, look.path),

  async facts(look) {
    const index = await indexOf(look);
    const tensor = index && stepTensor(index.tensors);
    if (!index || !tensor) return {};
    const { prefix, directory } = placeOf(look.path);
    const shard = joinPath(directory, shardName(prefix, tensor.shard, index.shards));
    const step = await look.withFile(shard, (source) => readStepTensor(source, tensor));
    return step === null ? {} : { step };
  },
};

/**
 * What is wrong with the bundle whose index lies at `path`: complete where nothing is, null where it is no bundle's. Asked
 * for what lies in a directory too.
 */
export async function judgeBundle(files: Files, path: string): Promise<Verdict | null> {
  const look = new CheckpointLook(files, bundleAt(path), []);
  const missing = await look.withFile(path, lfsPointerIn);
  if (missing !== null) return { state: "remote", reason: missing };
  const index = await indexOf(look);
  if (!index) return null;
  if (index.reason !== null) return partial(`${baseName(path)} ${index.reason}`);
  const { prefix, directory } = placeOf(path);
  const there = await look.namesIn(directory);
  const needed = new Set([...index.tensors.map(({ shard }) => shard), 0]);
  for (const shard of needed) {
    const name = shardName(prefix, shard, index.shards);
    if (!there.has(name)) return partial(`its shard ${name} is missing`);
    const pointer = await look.withFile(joinPath(directory, name), lfsPointerIn);
    if (pointer !== null) return { state: "remote", reason: pointer };
    const wanted = Math.max(
      0,
      ...index.tensors.filter((one) => one.shard === shard).map((one) => one.offset + one.size),
    );
    const { size } = await files.stat(joinPath(directory, name));
    if (size < wanted) return partial(`its shard ${name} has ${size} of ${wanted} bytes`);
  }
  return COMPLETE;
}

function bundleAt(path: string): Checkpoint {
  return { step: 0, path, container: "file", format: "tensorflow" };
}

function indexOf(look: CheckpointLook): Promise<BundleIndex | null> {
  return look.withFile(look.path, readBundleIndex);
}

function placeOf(path: string): { prefix: string; directory: string } {
  return { prefix: baseName(path).replace(/\.index$/, ""), directory: directoryOf(path) };
}
