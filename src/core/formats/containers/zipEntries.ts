/**
 * Entries of a zip file, unpacked in memory under a bound: stored, deflated or Zstandard, each proved by its checksum.
 * A file that is still written has no directory yet: its entries are found by their local headers.
 */

import { Inflate } from "fflate";
import { Decompress } from "fzstd";
import { readRange, type ByteSource } from "../../io/files.js";
import { reasonOf } from "../../model/problem.js";
import { crc32 } from "../framing/crc32.js";
import { readZipDirectory, type ZipEntry } from "./zipDirectory.js";

export type Unpacked =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

export interface ZipListing {
  /** By name; of entries with one name the last. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** False for a file without a directory: it is being written, or was cut off. */
  readonly complete: boolean;
}

const LOCAL_HEADER = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
/** Sizes and checksum stand behind the data, not before it. */
const STREAMED = 8;
const MAX_SCANNED = 100_000;
const UTF8 = new TextDecoder("utf-8");

export async function listZip(source: ByteSource): Promise<ZipListing> {
  const directory = await readZipDirectory(source);
  if (directory.ok) return { entries: directory.entries, complete: true };
  return { entries: await scanLocalHeaders(source), complete: false };
}

/** Entries by their local headers, up to the first that does not say its size before its data. */
async function scanLocalHeaders(source: ByteSource): Promise<Map<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  const { size } = source.stamp;
  for (let offset = 0, count = 0; offset + 30 <= size && count < MAX_SCANNED; count++) {
    const header = await readRange(source, offset, 30);
    const view = viewOf(header);
    if (header.length < 30 || view.getUint32(0, true) !== LOCAL_HEADER) break;
    const storedBytes = view.getUint32(18, true);
    const nameLength = view.getUint16(26, true);
    const start = offset + 30 + nameLength + view.getUint16(28, true);
    const isStreamed = (view.getUint16(6, true) & STREAMED) !== 0;
    if (isStreamed || storedBytes === 0xffffffff || start + storedBytes > size) break;
    const name = UTF8.decode(await readRange(source, offset + 30, nameLength));
    const method = view.getUint16(8, true);
    entries.set(name, { name, method, storedBytes, bytes: view.getUint32(22, true), offset });
    offset = start + storedBytes;
  }
  return entries;
}

/** The content of an entry, unless it is longer than `limit` bytes, packed or unpacked, or its checksum does not hold. */
export async function unpack(
  source: ByteSource,
  entry: ZipEntry,
  limit: number,
): Promise<Unpacked> {
  if (entry.bytes > limit || entry.storedBytes > limit) {
    return bad(`says that it is ${entry.bytes} bytes, more than the ${limit} that are read`);
  }
  const header = await readRange(source, entry.offset, 30);
  const view = viewOf(header);
  if (header.length < 30 || view.getUint32(0, true) !== LOCAL_HEADER) {
    return bad("does not begin where the zip directory says");
  }
  const isStreamed = (view.getUint16(6, true) & STREAMED) !== 0;
  const start = entry.offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const packed = await readRange(source, start, entry.storedBytes);
  if (packed.length < entry.storedBytes) return bad("is cut short");
  const unpacked = inflate(packed, entry);
  if (!unpacked.ok) return unpacked;
  const checksum = isStreamed
    ? await descriptorChecksum(source, start + entry.storedBytes)
    : view.getUint32(14, true);
  return crc32(unpacked.bytes) === checksum ? unpacked : bad("has a checksum that does not hold");
}

/** The first entry, where the file's first bytes hold all of it; its checksum is not looked at. */
export function firstEntryOf(
  head: Uint8Array,
  limit: number,
): { name: string; bytes: Uint8Array } | null {
  const view = viewOf(head);
  if (head.length < 30 || view.getUint32(0, true) !== LOCAL_HEADER) return null;
  const nameLength = view.getUint16(26, true);
  const start = 30 + nameLength + view.getUint16(28, true);
  const storedBytes = view.getUint32(18, true);
  const bytes = view.getUint32(22, true);
  if (start + storedBytes > head.length || bytes > limit) return null;
  const name = UTF8.decode(head.subarray(30, 30 + nameLength));
  const method = view.getUint16(8, true);
  const packed = head.subarray(start, start + storedBytes);
  const unpacked = inflate(packed, { name, method, storedBytes, bytes, offset: 0 });
  return unpacked.ok ? { name, bytes: unpacked.bytes } : null;
}

async function descriptorChecksum(source: ByteSource, offset: number): Promise<number> {
  const view = viewOf(await readRange(source, offset, 8));
  if (view.byteLength < 8) return NaN;
  const first = view.getUint32(0, true);
  return first === DESCRIPTOR ? view.getUint32(4, true) : first;
}

function inflate(packed: Uint8Array, entry: ZipEntry): Unpacked {
  switch (entry.method) {
    case 0:
      return packed.length === entry.bytes ? { ok: true, bytes: packed } : bad(WRONG_SIZE);
    case 8:
      return pump(entry.bytes, (onData) => {
        const inflater = new Inflate(onData);
        feed(packed, (piece, isLast) => inflater.push(piece, isLast));
      });
    case 93:
      return pump(entry.bytes, (onData) => {
        for (const frame of zstdFrames(packed)) {
          const decompressor = new Decompress(onData);
          feed(frame, (piece, isLast) => void decompressor.push(piece, isLast));
        }
      });
    default:
      return bad(`is packed by method ${entry.method}, which is not read`);
  }
}

const WRONG_SIZE = "has not the size that the zip directory says";
/** Packed bytes that are unpacked at once: what they can grow to is held before the bound is looked at. */
const FEED_BYTES = 16 * 1024;

function feed(packed: Uint8Array, push: (piece: Uint8Array, isLast: boolean) => void): void {
  for (let at = 0; at === 0 || at < packed.length; at += FEED_BYTES) {
    push(packed.subarray(at, at + FEED_BYTES), at + FEED_BYTES >= packed.length);
  }
}

/** Fills exactly `size` bytes; anything else is damage, found before more memory is taken. */
function pump(size: number, run: (onData: (data: Uint8Array) => void) => void): Unpacked {
  const bytes = new Uint8Array(size);
  let filled = 0;
  try {
    run((data) => {
      if (filled + data.length > size) throw new Error(WRONG_SIZE);
      bytes.set(data, filled);
      filled += data.length;
    });
  } catch (error) {
    return bad(`cannot be unpacked: ${reasonOf(error)}`);
  }
  return filled === size ? { ok: true, bytes } : bad(WRONG_SIZE);
}

/** The Zstandard frames that an entry consists of: their ends are found by walking over their blocks. */
function* zstdFrames(bytes: Uint8Array): Generator<Uint8Array> {
  const view = viewOf(bytes);
  for (let at = 0; at + 8 <= bytes.length;) {
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === 0x184d2a5) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== 0xfd2fb528) throw new Error("no Zstandard frame where one should begin");
    const end = zstdFrameEnd(view, at);
    yield bytes.subarray(at, end);
    at = end;
  }
}

function zstdFrameEnd(view: DataView, start: number): number {
  const descriptor = view.getUint8(start + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] as number;
  let at = start + 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (;;) {
    if (at + 3 > view.byteLength) throw new Error("a Zstandard frame is cut short");
    const block = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const isRepeated = ((block >>> 1) & 3) === 1;
    at += 3 + (isRepeated ? 1 : block >>> 3);
    if ((block & 1) === 1) break;
  }
  const end = at + ((descriptor & 4) !== 0 ? 4 : 0);
  if (end > view.byteLength) throw new Error("a Zstandard frame is cut short");
  return end;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bad(reason: string): Unpacked {
  return { ok: false, reason };
}
