/**
 * Marin's output of one step of an experiment: the executor's files beside what Levanter wrote, whose checkpoints lie one
 * directory further down, under the name of the tracker's run.
 */

import { checkpointDirectoryName } from "../../formats/checkpoints/index.js";
import { decodeText, parseJson } from "../../formats/json.js";
import { FileError, readRange, type Entry, type Files } from "../../io/files.js";
import { createLimit } from "../../io/limit.js";
import { joinPath } from "../../io/path.js";
import { isPlainObject } from "../../model/config.js";
import { problem, type Problem } from "../../model/problem.js";
import type { Checkpoint } from "../../model/run.js";
import { CheckpointSettling } from "../checkpointSettling.js";
import type { Laid, Layout, Place } from "./layout.js";

const STATUS = ".executor_status";
const INFO = ".executor_info";
/** Newer than the executor's own: it holds the configuration that ran. */
const RECORD = ".artifact.json";

export const marin: Layout = {
  system: "Marin",
  claims: (place) => [STATUS, INFO, RECORD].some((name) => place.has(name)),
  lay,
};

async function lay(place: Place, files: Files): Promise<Laid> {
  const taken = new Set([STATUS, INFO, RECORD, `${STATUS}.lock`]);
  const checkpoints: Checkpoint[] = [];
  for (const name of ["checkpoints", "checkpoints-temp"]) {
    if (!place.has(name)) continue;
    const found = await checkpointsBelow(joinPath(place.path, name), files);
    if (!found) continue;
    taken.add(name);
    checkpoints.push(...found);
  }
  const problems = place.has(STATUS) ? await problemsOf(joinPath(place.path, STATUS), files) : [];
  const configs = [RECORD, INFO]
    .filter((name) => place.has(name))
    .map((name) => joinPath(place.path, name));
  return { belongsTo: "here", taken, checkpoints, configs, problems };
}

/** Those of the only run in `checkpoints/<run>/`; null where it is laid out otherwise. */
async function checkpointsBelow(directory: string, files: Files): Promise<Checkpoint[] | null> {
  const runs = (await listed(directory, files)).filter(({ kind }) => kind === "directory");
  const [only] = runs;
  const named = only && checkpointDirectoryName(only.name);
  if (!only || runs.length > 1 || (named && named.naming.needsLook !== true)) return null;
  const path = joinPath(directory, only.name);
  const entries = await listed(path, files);
  const settling = new CheckpointSettling(files, createLimit(4), path, entries);
  for (const { name, kind } of entries) {
    const named = kind === "directory" ? checkpointDirectoryName(name) : null;
    if (named) settling.addDirectory(name, named);
  }
  const { checkpoints } = await settling.settle();
  return checkpoints.length > 0 ? [...checkpoints] : null;
}

async function listed(directory: string, files: Files): Promise<readonly Entry[]> {
  try {
    return await files.list(directory);
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}

/** A run that failed says so; one that succeeded, or is under way, has nothing to report. */
async function problemsOf(file: string, files: Files): Promise<Problem[]> {
  try {
    const source = await files.open(file);
    try {
      const text = decodeText(await readRange(source, 0, Math.min(source.stamp.size, 1024 * 1024)));
      const status = statusIn(text);
      if (!/^(FAILED|DEP_FAILED)$/.test(status)) return [];
      return [problem("marin/failed", file, `says ${status}: the run ended before it was done`)];
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}

/** One word; in its older form lines of JSON, of which the last status counts. */
export function statusIn(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const last = lines.at(-1)?.trim() ?? "";
  if (lines.length === 1 && !last.startsWith("{")) return last;
  for (const line of lines.reverse()) {
    const parsed = parseJson(line);
    const status = parsed.ok && isPlainObject(parsed.value) ? parsed.value["status"] : undefined;
    if (typeof status === "string") return status;
  }
  return last;
}
