/** Weight files: whether they are whole, downloaded, and all there. No tensor is read. */

import { FileError, readRange, type ByteSource, type Entry } from "../../io/files.js";
import { joinPath } from "../../io/path.js";
import { reasonOf } from "../../model/problem.js";
import { readZipDirectory, isZip } from "../containers/zipDirectory.js";
import { lfsPointer } from "../gitLfs.js";
import { decodeText } from "../json.js";
import { readSafetensorsHeader, shardsOfIndex } from "../safetensors.js";
import { COMPLETE, partial, WEIGHTS_ONLY, type Verdict } from "./checkpointFormat.js";
import type { CheckpointLook } from "./look.js";
import { judgeBundle } from "./tensorflow.js";

const WEIGHTS = /\.(safetensors|bin|pt|pth|ckpt|npz|msgpack|h5|distcp|index|gguf)$/i;
/** Those that are looked into one by one. */
const LOOKED_INTO = /\.(safetensors|bin|pt|pth|ckpt|npz|msgpack|h5|gguf)$/i;
const TRAINING_STATE =
  /^(optimizer|optim|scheduler|training_state|train|trainer_state|rng_state|random_states|scaler|latest)[\w.-]*$|optim_states\.pt$|model_optim_rng\.pt$|^model_and_optim$|^opt_state$/i;

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
      // Downloads can bring the index of a form of which nothing else was asked for.
      if (missing.length === shards.length && names.some((name) => LOOKED_INTO.test(name)))
        return null;
      return partial(
        `${missing.length} of ${shards.length} shards are missing: ${missing[0] ?? ""}`,
      );
    });
    if (verdict) return verdict;
  }
  const incomplete = incompleteShards(names);
  if (incomplete) return partial(incomplete);
  for (const name of names) {
    const prefix = name.replace(/\.index$/, "");
    if (prefix === name || !names.some((other) => other.startsWith(`${prefix}.data-`))) continue;
    const verdict = await judgeBundle(look.files, joinPath(look.path, name));
    if (verdict && verdict.state !== "complete") return verdict;
  }
  for (const { name, kind } of look.entries) {
    if (kind === "directory" || !LOOKED_INTO.test(name)) continue;
    const verdict = await judgeFileIn(look, name, kind);
    if (verdict.state === "partial") return partial(`${name} ${verdict.reason ?? ""}`);
    if (verdict.state === "remote") return verdict;
  }
  return null;
}

/** Of shards that count themselves in their names: what is missing where no form of the weights is whole. */
function incompleteShards(names: readonly string[]): string | null {
  const found = new Map<string, number>();
  let isWhole = false;
  for (const name of names) {
    const [, form, total, extension] = SHARD.exec(name) ?? [];
    if (form === undefined) isWhole ||= LOOKED_INTO.test(name) && !TRAINING_STATE.test(name);
    else {
      const key = `${form}-of-${total}.${extension}`;
      found.set(key, (found.get(key) ?? 0) + 1);
    }
  }
  let reason: string | null = null;
  for (const [key, count] of found) {
    const total = Number(/-of-(\d+)\.\w+$/.exec(key)?.[1]);
    if (count >= total) return null;
    reason ??= `${total - count} of ${total} shards of ${key} are missing`;
  }
  return isWhole ? null : reason;
}

const SHARD = /^(.+)-\d{5}-of-(\d{5})\.(safetensors|bin|h5|msgpack)$/;

/** What a link leads to can be somewhere else, or nowhere any more: then it is not on this disk. */
async function judgeFileIn(
  look: CheckpointLook,
  name: string,
  kind: Entry["kind"],
): Promise<Verdict> {
  try {
    const source = await look.files.open(joinPath(look.path, name));
    try {
      return await judgeFile(source, name);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof FileError) || kind !== "link") throw error;
    const reason =
      error.code === "not-found" ? "leads to a file that is not there" : reasonOf(error);
    return { state: "remote", reason: `${name} ${reason}` };
  }
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
