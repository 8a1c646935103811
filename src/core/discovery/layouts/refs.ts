/** Small text files and trees of refs, as git and the hub cache keep them. Bounded. */

import { FileError, readRange, type Entry, type Files } from "../../io/files.js";
import { joinPath } from "../../io/path.js";
import { decodeText } from "../../formats/json.js";

const MAX_REFS = 100_000;
const MAX_DEPTH = 8;
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/** The text of a file, at most 16 MiB of it; null where it cannot be read. */
export async function textOf(
  files: Files,
  path: string,
  bytes = MAX_TEXT_BYTES,
): Promise<string | null> {
  try {
    const source = await files.open(path);
    try {
      return decodeText(await readRange(source, 0, Math.min(bytes, source.stamp.size)));
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return null;
  }
}

/** Entries of a directory; none where it cannot be listed. */
export async function entriesOf(files: Files, directory: string): Promise<readonly Entry[]> {
  try {
    return await files.list(directory);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return [];
  }
}

/** Adds the refs below `directory`, by name relative to it (`refs/pr/1`), to `into`. */
export async function looseRefs(
  files: Files,
  directory: string,
  into: Map<string, string>,
  prefix = "",
  depth = 0,
): Promise<void> {
  for (const { name, kind } of await entriesOf(files, directory)) {
    if (into.size >= MAX_REFS) return;
    const path = joinPath(directory, name);
    if (kind === "directory" && depth < MAX_DEPTH) {
      await looseRefs(files, path, into, `${prefix}${name}/`, depth + 1);
    } else if (kind === "file") {
      const commit = (await textOf(files, path, 256))?.trim();
      if (commit !== undefined && COMMIT.test(commit)) into.set(prefix + name, commit);
    }
  }
}

/** Lines `<commit> refs/…`; `#` begins a header, `^` the commit that the tag above points to. */
export function packedRefs(text: string): Map<string, string> {
  const refs = new Map<string, string>();
  let last = "";
  for (const line of text.split("\n")) {
    if (refs.size >= MAX_REFS) break;
    const peeled = /^\^([0-9a-f]{40,64})\s*$/.exec(line)?.[1];
    if (peeled !== undefined && last !== "") refs.set(last, peeled);
    const [, commit, name] = /^([0-9a-f]{40,64}) (refs\/\S+)\s*$/.exec(line) ?? [];
    last = name ?? "";
    if (commit !== undefined && name !== undefined) refs.set(name, commit);
  }
  return refs;
}

export const COMMIT = /^[0-9a-f]{40,64}$/;
