/** Pointers of Git LFS: what stands in a clone for a large file that was not downloaded. */

import { readRange, type ByteSource } from "../io/files.js";
import { decodeText } from "./json.js";

/** Pointers are shorter, by their specification. */
const MAX_BYTES = 1024;

/** Says so of a file's first bytes, with the size of what they stand for; null where they are no pointer. */
export function lfsPointer(head: Uint8Array, bytes: number): string | null {
  if (bytes >= MAX_BYTES) return null;
  const text = decodeText(head);
  if (!text.startsWith("version https://git-lfs.github.com/spec/")) return null;
  const size = /^size (\d+)$/m.exec(text)?.[1];
  return `not downloaded: a Git LFS pointer${size === undefined ? "" : ` to ${size} bytes`}`;
}

/** The same of an open file; large ones are not read. */
export async function lfsPointerIn(source: ByteSource): Promise<string | null> {
  const { size } = source.stamp;
  return size >= MAX_BYTES ? null : lfsPointer(await readRange(source, 0, size), size);
}
