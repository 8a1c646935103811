/** Every file under a folder, whatever it is: for accounts of what was read and what was not. */

import { FileError, type Entry, type Files } from "../io/files.js";
import { joinPath } from "../io/path.js";

export interface ListedFile {
  /** Absolute path. */
  readonly path: string;
  readonly kind: Entry["kind"];
}

/**
 * Files and links under `folder`, depth first, in the order of their names. Links are not followed, so that no loop can
 * arise; directories that cannot be listed are left out, since discovery reports them.
 */
export async function* listFiles(
  files: Files,
  folder: string,
  signal?: AbortSignal,
): AsyncGenerator<ListedFile> {
  const open = [folder];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    signal?.throwIfAborted();
    let entries: readonly Entry[];
    try {
      entries = await files.list(directory);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      continue;
    }
    const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
    const below: string[] = [];
    for (const { name, kind } of sorted) {
      const path = joinPath(directory, name);
      if (kind === "directory") below.push(path);
      else yield { path, kind };
    }
    open.push(...below.reverse());
  }
}
