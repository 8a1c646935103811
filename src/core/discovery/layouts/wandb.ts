/**
 * A run directory of W&B: `run-<time>-<id>` or `offline-run-<time>-<id>` with the log `run-<id>.wandb` and `files/`. A run
 * that was resumed on the same machine has several.
 */

import { FileError, type Entry, type Files } from "../../io/files.js";
import { joinPath } from "../../io/path.js";
import type { Source } from "../../model/run.js";
import type { Laid, Layout, Place } from "./layout.js";

const DIRECTORY = /^(?:offline-)?run-(\d{8}_\d{6})-(.+)$/;
const LOG = /^run-(.+)\.wandb$/;

/** Bytes of a log's header: a log that is not longer says nothing. */
const HEADER_BYTES = 7;

function logOf(place: Place): string | null {
  const logs = place.entries.filter(
    // The plain look at its end first: every directory is asked.
    ({ name, kind }) => name.endsWith(".wandb") && kind === "file" && LOG.test(name),
  );
  return logs.length === 1 ? (logs[0] as Entry).name : null;
}

export const wandbRun: Layout = {
  system: "Weights & Biases",
  claims: (place) =>
    logOf(place) !== null ||
    (DIRECTORY.test(place.name) && (place.has("files") || place.has("logs"))),
  async lay(place, files): Promise<Laid> {
    const named = DIRECTORY.exec(place.name);
    const log = logOf(place);
    const id = log === null ? (named?.[2] as string) : (LOG.exec(log)?.[1] as string);
    const own = await listed(files, joinPath(place.path, "files"));
    const source = (file: string, format: string): Source => ({
      file,
      format,
      split: null,
      stream: `wandb ${id}`,
      // Offline and online directories do not sort by time together.
      ...(named?.[1] === undefined ? {} : { order: named[1] }),
    });
    const logs: Source[] = [];
    const logPath = log === null ? null : joinPath(place.path, log);
    if (logPath !== null) logs.push(source(logPath, "wandb"));
    const isEmpty = logPath === null || (await sizeOf(files, logPath)) <= HEADER_BYTES;
    if (isEmpty && own.has("wandb-summary.json")) {
      logs.push(source(joinPath(place.path, "files/wandb-summary.json"), "wandb-summary"));
    }
    return {
      belongsTo: { sibling: id, isCopy: place.name === "latest-run" },
      taken: "all",
      logs,
      configs: own.has("config.yaml") ? [joinPath(place.path, "files/config.yaml")] : [],
    };
  },
  mayBelongAbove: (name) =>
    name === "wandb" || name === ".wandb" || name === "latest-run" || DIRECTORY.test(name),
};

async function listed(files: Files, directory: string): Promise<ReadonlySet<string>> {
  try {
    return new Set((await files.list(directory)).map(({ name }) => name));
  } catch (error) {
    if (error instanceof FileError) return new Set();
    throw error;
  }
}

async function sizeOf(files: Files, path: string): Promise<number> {
  try {
    return (await files.stat(path)).size;
  } catch (error) {
    if (error instanceof FileError) return 0;
    throw error;
  }
}
