/** Weight files: whether they are whole, downloaded, and all there. No tensor is read. */

import { readRange, type ByteSource } from "../../io/files.js";
import { joinPath } from "../../io/path.js";
import { readZipDirectory, isZip } from "../containers/zipDirectory.js";
import { decodeText } from "../json.js";
import { readSafetensorsHeader, shardsOfIndex } from "../safetensors.js";
import { COMPLETE, partial, WEIGHTS_ONLY, type Verdict } from "./checkpointFormat.js";
import type { CheckpointLook } from "./look.js";

const WEIGHTS = /\.(safetensors|bin|pt|pth|ckpt|npz|msgpack|h5|distcp|index|gguf)$/i;
const TRAINING_STATE =
  /^(optimizer|optim|scheduler|training_state|train|trainer_state|rng_state|random_states|scaler|latest)[\w.-]*$|optim_states\.pt$|model_optim_rng\.pt$|^model_and_optim$|^opt_state$/i;

/** What stands in for a file that Git LFS has not downloaded: its line of text with the size, else null. */
export function lfsPointer(head: Uint8Array, bytes: number): string | null {
  if (bytes >= 1024) return null;
  const text = decodeText(head);
  if (!text.startsWith("version https://git-lfs.github.com/spec/")) return null;
  const size = /^size (\d+)$/m.exec(text)?.[1];
  return `not downloaded: a Git LFS pointer${size === undefined ? "" : ` to ${size} bytes`}`;
}

export async function judgeFile(source: ByteSource, name: string): Promise<Verdict> {
  const bytes = source.stamp.size;
  const head = await readRange(source, 0, 256);
  const pointer = lfsPointer(head, bytes);
  if (pointer) return { state: "remote", reason: pointer };
  if (/\.safetensors$/i.test(name)) {
    const result = await readSafetensorsHeader(source);
    if (!result.ok) return partial(result.reason);
    const expected = result.header.bytes;
    return expected === bytes ? WEIGHTS_ONLY : partial(`has ${bytes} of ${expected} bytes`);
  }
  if (bytes === 0) return partial("is empty");
  // A torch file is a zip, and a zip's directory is written last.
  if (isZip(head)) {
    const zip = await readZipDirectory(source);
    if (!zip.ok) return partial(zip.reason);
  }
  return COMPLETE;
}

/** What is wrong with the weight files of a directory; null when nothing is. */
export async function judgeWeights(look: CheckpointLook): Promise<Verdict | null> {
  const names = look.entries.filter(({ kind }) => kind !== "directory").map(({ name }) => name);
  const there = new Set(names);
  for (const index of names) {
    if (!/\.(safetensors|bin)\.index\.json$/.test(index)) continue;
    const verdict = await look.with(index, async (source) => {
      const bytes = await readRange(source, 0, source.stamp.size);
      const pointer = lfsPointer(bytes, source.stamp.size);
      if (pointer) return { state: "remote", reason: pointer } as const;
      const shards = shardsOfIndex(decodeText(bytes));
      if (!shards) return partial(`${index} does not parse`);
      const missing = shards.filter((shard) => !there.has(shard));
      if (missing.length === 0) return null;
      return partial(
        `${missing.length} of ${shards.length} shards are missing: ${missing[0] ?? ""}`,
      );
    });
    if (verdict) return verdict;
  }
  for (const name of names) {
    if (!/\.(safetensors|bin|pt|pth)$/i.test(name)) continue;
    const source = await look.files.open(joinPath(look.path, name));
    try {
      const verdict = await judgeFile(source, name);
      if (verdict.state === "partial") return partial(`${name} ${verdict.reason ?? ""}`);
      if (verdict.state === "remote") return verdict;
    } finally {
      await source.close();
    }
  }
  return null;
}

/** A directory whose format has no mark of its own: weights without any training state are weights alone. */
export function judgeByContents(look: CheckpointLook): Verdict {
  return hasWeights(look) && !look.some(TRAINING_STATE) ? WEIGHTS_ONLY : COMPLETE;
}

export function hasWeights(look: CheckpointLook): boolean {
  return look.entries.some(({ name, kind }) => kind !== "directory" && WEIGHTS.test(name));
}

export function hasTrainingState(look: CheckpointLook): boolean {
  return look.some(TRAINING_STATE);
}
