/** Whether a file that was read before is the same one, has grown, or was written anew. */

import { readRange, type ByteSource, type FileStamp } from "./files.js";

const TAIL_BYTES = 64;

/** The last bytes before `offset`: those that tell a file that has grown from one that was written anew. */
export async function tailBefore(source: ByteSource, offset: number): Promise<Uint8Array> {
  const length = Math.min(TAIL_BYTES, offset);
  return readRange(source, offset - length, length);
}

/** Whether the bytes before `offset` are still those that were read there. */
export async function endsWith(
  source: ByteSource,
  offset: number,
  tail: Uint8Array,
): Promise<boolean> {
  const now = await tailBefore(source, offset);
  return now.length === tail.length && now.every((byte, i) => byte === tail[i]);
}

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.modifiedMs === b.modifiedMs && a.inode === b.inode;
}
