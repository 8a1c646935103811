/**
 * torchtitan's `tb/<date>/`: event files of one run, in a new directory after each restart. Sorted by name, they continue
 * one another.
 */

import { tfevents } from "../../formats/tfevents.js";
import { FileError, type Entry, type Files } from "../../io/files.js";
import { compareNames, joinPath } from "../../io/path.js";
import type { Source } from "../../model/run.js";
import type { Laid, Layout, Place } from "./layout.js";

const DATE = /^\d{8}-\d{4}$/;

export const datedEvents: Layout = {
  system: "TensorBoard",
  claims: ({ name, entries }) =>
    name === "tb" && entries.length > 0 && entries.every((entry) => DATE.test(entry.name)),
  lay,
  mayBelongAbove: (name) => name === "tb" || DATE.test(name),
};

async function lay(place: Place, files: Files): Promise<Laid> {
  const found = await Promise.all(
    place.entries.map(({ name }) => eventsIn(joinPath(place.path, name), files)),
  );
  const logs = found
    .flat()
    .sort(compareNames)
    .map((file): Source => ({ file, format: tfevents.format, split: null, stream: place.path }));
  return { belongsTo: "above", taken: "all", logs };
}

/** Event files in a dated directory, and of each rank in it. The first rank's are enough where all of them log. */
async function eventsIn(directory: string, files: Files): Promise<string[]> {
  const entries = await listed(directory, files);
  const ranks = entries
    .filter(({ name, kind }) => kind === "directory" && /^rank_\d+$/.test(name))
    .map(({ name }) => name)
    .sort(compareNames);
  const own = entries.filter(isEvents).map(({ name }) => joinPath(directory, name));
  if (own.length > 0 || ranks.length === 0) return own;
  const rank = joinPath(directory, ranks[0] ?? "");
  return (await listed(rank, files)).filter(isEvents).map(({ name }) => joinPath(rank, name));
}

function isEvents({ name, kind }: Entry): boolean {
  return kind === "file" && tfevents.claims(name, null).kind !== "no";
}

async function listed(directory: string, files: Files): Promise<readonly Entry[]> {
  try {
    return await files.list(directory);
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}
