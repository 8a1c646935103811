/**
 * SQLite's write-ahead log: pages that are newer than the database beside it. A frame counts when its salt and its
 * checksum, which runs over all frames before it, are right, and when a commit follows.
 */

import { readRange, type ByteSource } from "../../io/files.js";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The magic number's last bit says the byte order of the words that are summed. */
const MAGIC = 0x377f0682;
const VERSION = 3_007_000;

/** The place of a page in the log, and the checksum by which it is known again. */
interface Frame {
  readonly offset: number;
  readonly sums: readonly [number, number];
}

export interface WriteAheadLog {
  readonly source: ByteSource;
  readonly pageSize: number;
  /** The newest committed frame of each page, by page number from 1. */
  readonly frames: ReadonlyMap<number, Frame>;
  /** Pages of the database after the last commit. */
  readonly pageCount: number;
}

/** The committed frames, or null for a log that holds none. Frames behind a wrong checksum were never committed. */
export async function readWal(
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<WriteAheadLog | null> {
  const header = await readRange(source, 0, HEADER_BYTES);
  if (header.length < HEADER_BYTES) return null;
  const view = viewOf(header);
  const magic = view.getUint32(0);
  const pageSize = view.getUint32(8);
  if ((magic & ~1) >>> 0 !== MAGIC || view.getUint32(4) !== VERSION || !isPageSize(pageSize)) {
    return null;
  }
  const littleEndian = (magic & 1) === 0;
  let sums = sum(view, 0, 24, [0, 0], littleEndian);
  if (sums[0] !== view.getUint32(24) || sums[1] !== view.getUint32(28)) return null;
  const frames = new Map<number, Frame>();
  let open = new Map<number, Frame>();
  let pageCount = 0;
  const frameBytes = FRAME_HEADER_BYTES + pageSize;
  for (let offset = HEADER_BYTES; ; offset += frameBytes) {
    signal?.throwIfAborted();
    const bytes = await readRange(source, offset, frameBytes);
    if (bytes.length < frameBytes) break;
    const frame = viewOf(bytes);
    const isOfThisLog =
      frame.getUint32(8) === view.getUint32(16) && frame.getUint32(12) === view.getUint32(20);
    if (!isOfThisLog) break;
    sums = sum(frame, 0, 8, sums, littleEndian);
    sums = sum(frame, FRAME_HEADER_BYTES, pageSize, sums, littleEndian);
    if (sums[0] !== frame.getUint32(16) || sums[1] !== frame.getUint32(20)) break;
    open.set(frame.getUint32(0), { offset, sums });
    const size = frame.getUint32(4);
    if (size === 0) continue;
    for (const [page, place] of open) frames.set(page, place);
    open = new Map();
    pageCount = size;
  }
  return frames.size === 0 ? null : { source, pageSize, frames, pageCount };
}

/** The bytes of a page that the log holds, or null for one that it does not. Throws where the log was begun anew. */
export async function pageInWal(log: WriteAheadLog, page: number): Promise<Uint8Array | null> {
  const frame = log.frames.get(page);
  if (!frame) return null;
  const bytes = await readRange(log.source, frame.offset, FRAME_HEADER_BYTES + log.pageSize);
  const view = viewOf(bytes);
  const isSame =
    bytes.length === FRAME_HEADER_BYTES + log.pageSize &&
    view.getUint32(0) === page &&
    view.getUint32(16) === frame.sums[0] &&
    view.getUint32(20) === frame.sums[1];
  if (!isSame) throw new Error("the write-ahead log was begun anew while it was read");
  return bytes.subarray(FRAME_HEADER_BYTES);
}

export function isPageSize(size: number): boolean {
  return size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;
}

/** SQLite's checksum over pairs of 32-bit words, on top of the sums so far. */
function sum(
  view: DataView,
  start: number,
  length: number,
  before: readonly [number, number],
  littleEndian: boolean,
): readonly [number, number] {
  let [a, b] = before;
  for (let i = start; i < start + length; i += 8) {
    a = (a + view.getUint32(i, littleEndian) + b) >>> 0;
    b = (b + view.getUint32(i + 4, littleEndian) + a) >>> 0;
  }
  return [a, b];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
