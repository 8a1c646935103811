/** Looks into one checkpoint, when it is shown: whether it is complete, and how large it is. No tensor is read. */

import { FileError, readRange, type Entry, type Files } from "../io/files.js";
import { baseName, directoryOf, joinPath } from "../io/path.js";
import { reasonOf } from "../model/problem.js";
import type { Checkpoint, CheckpointInspection, CheckpointState } from "../model/run.js";
import { decodeText } from "./json.js";
import { readSafetensorsHeader, shardsOfIndex } from "./safetensors.js";

interface Verdict {
  readonly state: CheckpointState;
  readonly reason: string | null;
}

const COMPLETE: Verdict = { state: "complete", reason: null };
const WEIGHTS_ONLY: Verdict = { state: "weights-only", reason: null };

function partial(reason: string): Verdict {
  return { state: "partial", reason };
}

/** `countBytes` adds the size of what lies directly in the checkpoint, which costs a look at each file. */
export async function inspectCheckpoint(
  files: Files,
  checkpoint: Checkpoint,
  countBytes = false,
): Promise<CheckpointInspection> {
  if (checkpoint.container === "remote") {
    return { state: "remote", reason: "is not on this disk", bytes: null };
  }
  try {
    const inspected =
      checkpoint.container === "file"
        ? await inspectFile(files, checkpoint.path)
        : await inspectDirectory(files, checkpoint, countBytes);
    return { ...inspected, bytes: inspected.bytes };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const gone = error.code === "not-found";
    return { ...partial(gone ? "gone since it was listed" : reasonOf(error)), bytes: null };
  }
}

async function inspectFile(
  files: Files,
  path: string,
): Promise<Verdict & { bytes: number | null }> {
  const source = await files.open(path);
  try {
    const bytes = source.stamp.size;
    const head = await readRange(source, 0, 64);
    const pointer = lfsPointer(head, bytes);
    if (pointer) return { state: "remote", reason: pointer, bytes };
    if (/\.safetensors$/i.test(path)) {
      const result = await readSafetensorsHeader(source);
      if (!result.ok) return { ...partial(result.reason), bytes };
      const expected = result.header.bytes;
      if (expected === bytes) return { ...WEIGHTS_ONLY, bytes };
      return { ...partial(`has ${bytes} of ${expected} bytes`), bytes };
    }
    if (bytes === 0) return { ...partial("is empty"), bytes };
    // A torch file is a zip, and a zip's directory is written last.
    const isZip = head[0] === 0x50 && head[1] === 0x4b;
    if (isZip) {
      const tail = await readRange(source, Math.max(0, bytes - 66_000), Math.min(bytes, 66_000));
      if (!hasZipEnd(tail)) return { ...partial("has no zip directory: it is cut short"), bytes };
    }
    return { ...COMPLETE, bytes };
  } finally {
    await source.close();
  }
}

/** What stands in for a file that Git LFS has not downloaded. */
function lfsPointer(head: Uint8Array, bytes: number): string | null {
  const isPointer =
    bytes < 1024 && decodeText(head).startsWith("version https://git-lfs.github.com/spec/");
  return isPointer ? "not downloaded: a Git LFS pointer" : null;
}

function hasZipEnd(tail: Uint8Array): boolean {
  for (let i = tail.length - 22; i >= 0; i--) {
    if (tail[i] === 0x50 && tail[i + 1] === 0x4b && tail[i + 2] === 5 && tail[i + 3] === 6)
      return true;
  }
  return false;
}

const WEIGHTS = /\.(safetensors|bin|pt|pth|ckpt|npz|msgpack|h5|distcp|index)$/i;
const TRAINING_STATE =
  /^(optimizer|optim|scheduler|training_state|train|trainer_state|rng_state|scaler|latest)[\w.-]*$|optim_states\.pt$|model_optim_rng\.pt$|^model_and_optim$|^opt_state$/i;

async function inspectDirectory(
  files: Files,
  checkpoint: Checkpoint,
  countBytes: boolean,
): Promise<Verdict & { bytes: number | null }> {
  const entries = await files.list(checkpoint.path);
  const verdict = await judgeDirectory(files, checkpoint, entries);
  return { ...verdict, bytes: countBytes ? await sumOf(files, checkpoint.path, entries) : null };
}

async function sumOf(files: Files, directory: string, entries: readonly Entry[]): Promise<number> {
  let sum = 0;
  for (const { name, kind } of entries) {
    if (kind === "file") sum += (await files.stat(joinPath(directory, name))).size;
  }
  return sum;
}

async function judgeDirectory(
  files: Files,
  checkpoint: Checkpoint,
  entries: readonly Entry[],
): Promise<Verdict> {
  const { path, format, step } = checkpoint;
  const names = new Set(entries.map(({ name }) => name));
  const name = baseName(path);
  if (/[-_.]tmp([-_.]|$)/i.test(name)) return partial("has the name of a checkpoint being written");
  if (names.has("checkpoint-is-incomplete.txt")) return partial("is marked as incomplete");
  if (names.has(".metadata.tmp") && !names.has(".metadata")) {
    return partial("has .metadata.tmp but no .metadata");
  }
  if (entries.length === 0) return partial("is empty");
  const shards = await judgeShards(files, path, entries);
  if (shards) return shards;
  const hasWeights = entries.some(
    ({ name: file, kind }) => kind !== "directory" && WEIGHTS.test(file),
  );
  const hasState = entries.some(({ name: file }) => TRAINING_STATE.test(file));
  if (format === "hub-cache" && !hasWeights) return partial("holds no weights: not downloaded");
  if (format === "deepspeed" || format === "megatron") {
    return judgeByTracker(files, directoryOf(path), format, step);
  }
  if (format === "hf-trainer" && !names.has("trainer_state.json")) {
    return hasState ? partial("has no trainer_state.json, which is written last") : WEIGHTS_ONLY;
  }
  return hasWeights && !hasState ? WEIGHTS_ONLY : COMPLETE;
}

/** Weight files that an index names, or that can be checked by themselves. Null when nothing is wrong with them. */
async function judgeShards(
  files: Files,
  directory: string,
  entries: readonly Entry[],
): Promise<Verdict | null> {
  const names = new Set(entries.map(({ name }) => name));
  for (const index of names) {
    if (!/\.(safetensors|bin)\.index\.json$/.test(index)) continue;
    const source = await files.open(joinPath(directory, index));
    try {
      const shards = shardsOfIndex(decodeText(await readRange(source, 0, source.stamp.size)));
      if (!shards) return partial(`${index} does not parse`);
      const missing = shards.filter((shard) => !names.has(shard));
      if (missing.length > 0) {
        return partial(
          `${missing.length} of ${shards.length} shards are missing: ${missing[0] ?? ""}`,
        );
      }
    } finally {
      await source.close();
    }
  }
  for (const file of names) {
    if (!/\.safetensors$/i.test(file)) continue;
    const verdict = await inspectFile(files, joinPath(directory, file));
    if (verdict.state === "partial") return partial(`${file} ${verdict.reason ?? ""}`);
    if (verdict.state === "remote") return { state: "remote", reason: verdict.reason };
  }
  return null;
}

/** A tracker file beside the checkpoints is written after all ranks have saved. */
async function judgeByTracker(
  files: Files,
  directory: string,
  format: string,
  step: number,
): Promise<Verdict> {
  const tracker = format === "megatron" ? "latest_checkpointed_iteration.txt" : "latest";
  try {
    const source = await files.open(joinPath(directory, tracker));
    try {
      const text = decodeText(await readRange(source, 0, 256)).trim();
      const latest = Number(/(\d+)$/.exec(text)?.[1] ?? NaN);
      return step > latest ? partial(`is newer than ${tracker} says (${text})`) : COMPLETE;
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof FileError && error.code === "not-found") return COMPLETE;
    throw error;
  }
}
