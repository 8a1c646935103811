/** The directory of a zip file, zip64 included, and the entries that are stored as they are. Reads ranges only. */

import { readRange, type ByteSource } from "../../io/files.js";

export interface ZipEntry {
  readonly name: string;
  /** 0: stored as it is. */
  readonly method: number;
  readonly storedBytes: number;
  readonly bytes: number;
  /** Of the local header, from the file's beginning. */
  readonly offset: number;
}

export type ZipResult =
  | { readonly ok: true; readonly entries: ReadonlyMap<string, ZipEntry> }
  | { readonly ok: false; readonly reason: string };

const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;
const MAX_ENTRIES = 500_000;
/** The end record with the longest comment, and the zip64 locator before it. */
const TAIL_BYTES = 22 + 65_535 + 20;
const UTF8 = new TextDecoder("utf-8");

export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
}

export async function readZipDirectory(source: ByteSource): Promise<ZipResult> {
  const { size } = source.stamp;
  const tailStart = Math.max(0, size - TAIL_BYTES);
  const tail = await readRange(source, tailStart, size - tailStart);
  const end = endRecordIn(tail);
  if (end < 0) return bad("has no zip directory: it is cut short");
  const view = viewOf(tail);
  let count = view.getUint16(end + 10, true);
  let length = view.getUint32(end + 12, true);
  let start = view.getUint32(end + 16, true);
  if (count === 0xffff || length === 0xffffffff || start === 0xffffffff) {
    const record = await zip64Record(source, tail, end);
    if (!record) return bad("has no zip64 record where its zip directory needs one");
    ({ count, length, start } = record);
  }
  if (length > MAX_DIRECTORY_BYTES || count > MAX_ENTRIES) {
    return bad(`says that its zip directory has ${count} entries in ${length} bytes`);
  }
  if (start + length > size) return bad("has a zip directory that lies beyond its end");
  return entriesOf(await readRange(source, start, length));
}

function endRecordIn(tail: Uint8Array): number {
  for (let i = tail.length - 22; i >= 0; i--) {
    if (tail[i] === 0x50 && tail[i + 1] === 0x4b && tail[i + 2] === 5 && tail[i + 3] === 6) {
      return i;
    }
  }
  return -1;
}

async function zip64Record(
  source: ByteSource,
  tail: Uint8Array,
  end: number,
): Promise<{ count: number; length: number; start: number } | null> {
  const locator = end - 20;
  const tailView = viewOf(tail);
  if (locator < 0 || tailView.getUint32(locator, true) !== 0x07064b50) return null;
  const at = Number(tailView.getBigUint64(locator + 8, true));
  if (at > source.stamp.size) return null;
  const record = await readRange(source, at, 56);
  const view = viewOf(record);
  if (record.length < 56 || view.getUint32(0, true) !== 0x06064b50) return null;
  return {
    count: Number(view.getBigUint64(32, true)),
    length: Number(view.getBigUint64(40, true)),
    start: Number(view.getBigUint64(48, true)),
  };
}

function entriesOf(directory: Uint8Array): ZipResult {
  const view = viewOf(directory);
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at + 46 <= directory.length;) {
    if (view.getUint32(at, true) !== 0x02014b50) break;
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > directory.length) return bad("has a zip directory that is cut short");
    const name = UTF8.decode(directory.subarray(at + 46, at + 46 + nameLength));
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const sizes = sizesOf(view, at, extra);
    entries.set(name, { name, method: view.getUint16(at + 10, true), ...sizes });
    at = next;
  }
  return { ok: true, entries };
}

/** Sizes and place of an entry: in its zip64 field those that do not fit into 32 bits, in this order. */
function sizesOf(
  view: DataView,
  at: number,
  extra: Uint8Array,
): { bytes: number; storedBytes: number; offset: number } {
  const sizes = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  const extraView = viewOf(extra);
  for (let field = 0; field + 4 <= extra.length;) {
    const end = field + 4 + extraView.getUint16(field + 2, true);
    if (extraView.getUint16(field, true) === 1) {
      let from = field + 4;
      for (let i = 0; i < sizes.length; i++) {
        if (sizes[i] !== 0xffffffff || from + 8 > Math.min(end, extra.length)) continue;
        sizes[i] = Number(extraView.getBigUint64(from, true));
        from += 8;
      }
    }
    field = end;
  }
  const [bytes = 0, storedBytes = 0, offset = 0] = sizes;
  return { bytes, storedBytes, offset };
}

/** The bytes of an entry that is stored as it is, at most `limit` of them; null for one that is not, or is cut short. */
export async function readStored(
  source: ByteSource,
  entry: ZipEntry,
  limit: number,
): Promise<Uint8Array | null> {
  if (entry.method !== 0 || entry.bytes > limit || entry.bytes !== entry.storedBytes) return null;
  const header = await readRange(source, entry.offset, 30);
  const view = viewOf(header);
  if (header.length < 30 || view.getUint32(0, true) !== 0x04034b50) return null;
  const start = entry.offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const bytes = await readRange(source, start, entry.bytes);
  return bytes.length === entry.bytes ? bytes : null;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bad(reason: string): ZipResult {
  return { ok: false, reason };
}
