/** Looks into one checkpoint, when it is shown: whether it is complete, what it says of itself, how large it is. */

import { FileError, type Entry, type Files } from "../../io/files.js";
import { baseName, joinPath } from "../../io/path.js";
import { reasonOf } from "../../model/problem.js";
import type { Checkpoint, CheckpointInspection } from "../../model/run.js";
import { partial, type Verdict } from "./checkpointFormat.js";
import { checkpointFormatOf } from "./index.js";
import { CheckpointLook } from "./look.js";
import { judgeByContents, judgeFile, judgeWeights } from "./weights.js";

/** `countBytes` adds the size of what lies directly in the checkpoint, which costs a look at each file. */
export async function inspectCheckpoint(
  files: Files,
  checkpoint: Checkpoint,
  countBytes = false,
): Promise<CheckpointInspection> {
  const told = toldOf(checkpoint);
  if (checkpoint.container === "remote") {
    return { state: "remote", reason: "is not on this disk", bytes: null, ...told };
  }
  try {
    const inspection =
      checkpoint.container === "file"
        ? await inspectFile(files, checkpoint)
        : await inspectDirectory(files, checkpoint, countBytes);
    return { ...told, ...inspection };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const gone = error.code === "not-found";
    return { ...partial(gone ? "gone since it was listed" : reasonOf(error)), bytes: null };
  }
}

/** What is known without a look. */
function toldOf({ tokens, tokensFrom }: Checkpoint): Partial<CheckpointInspection> {
  return tokens === undefined || tokensFrom === undefined ? {} : { tokens, tokensFrom };
}

async function inspectFile(files: Files, checkpoint: Checkpoint): Promise<CheckpointInspection> {
  const { path } = checkpoint;
  const source = await files.open(path);
  const bytes = source.stamp.size;
  let verdict: Verdict;
  try {
    verdict = await judgeFile(source, baseName(path));
  } finally {
    await source.close();
  }
  const look = new CheckpointLook(files, checkpoint, []);
  const format = checkpointFormatOf(checkpoint.format);
  if (verdict.state === "complete") verdict = (await format.judge?.(look)) ?? verdict;
  const isHere = verdict.state !== "remote";
  return { ...verdict, bytes, ...(isHere ? await format.facts?.(look) : {}) };
}

async function inspectDirectory(
  files: Files,
  checkpoint: Checkpoint,
  countBytes: boolean,
): Promise<CheckpointInspection> {
  const entries = await files.list(checkpoint.path);
  const look = new CheckpointLook(files, checkpoint, entries);
  const format = checkpointFormatOf(checkpoint.format);
  const verdict =
    judgeMarks(look) ??
    (await judgeWeights(look)) ??
    (await format.judge?.(look)) ??
    judgeByContents(look);
  const bytes = countBytes ? await sumOf(files, checkpoint.path, entries) : null;
  return { ...verdict, bytes, ...(await format.facts?.(look)) };
}

/** Marks of a save that did not end, whatever the format. */
function judgeMarks(look: CheckpointLook): Verdict | null {
  if (/(^|[-_.])tmp([-_.]|$)/i.test(look.name)) {
    return partial("has the name of a checkpoint being written");
  }
  if (look.has("checkpoint-is-incomplete.txt")) return partial("is marked as incomplete");
  if (look.has(".metadata.tmp") && !look.has(".metadata")) {
    return partial("has .metadata.tmp but no .metadata");
  }
  return look.entries.length === 0 ? partial("is empty") : null;
}

async function sumOf(files: Files, directory: string, entries: readonly Entry[]): Promise<number> {
  let sum = 0;
  for (const { name, kind } of entries) {
    if (kind === "file") sum += (await files.stat(joinPath(directory, name))).size;
  }
  return sum;
}
