/** Tables of LevelDB: sorted keys and values in blocks, each with its CRC-32C. */

import { readRange, type ByteSource } from "../../io/files.js";
import { maskedCrc32c } from "../framing/crc32c.js";
import { decodeSnappy } from "./snappy.js";

export interface TableEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Entries of sound blocks; `reason` says what is wrong with the others, and null that nothing is. */
export interface LevelTable {
  readonly entries: readonly TableEntry[];
  readonly reason: string | null;
}

const FOOTER_BYTES = 48;
const TRAILER_BYTES = 5;
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
const MAX_TABLE_BYTES = 256 * 1024 * 1024;
const MAX_BLOCK_BYTES = 16 * 1024 * 1024;

/** A block's damage. Caught where the block was asked for. */
class BlockError extends Error {
  override readonly name = "BlockError";
}

export async function readLevelTable(source: ByteSource): Promise<LevelTable> {
  const { size } = source.stamp;
  if (size < FOOTER_BYTES) return failed(`has ${size} bytes, too few for a table`);
  if (size > MAX_TABLE_BYTES) return failed(`has ${size} bytes, more than are read`);
  const bytes = await readRange(source, 0, size);
  const footer = new Cursor(bytes, bytes.length - FOOTER_BYTES);
  if (!MAGIC.every((byte, i) => bytes[bytes.length - 8 + i] === byte)) {
    return failed("does not end as a table does: it is cut short, or no table");
  }
  const entries: TableEntry[] = [];
  let reason: string | null = null;
  try {
    footer.varint();
    footer.varint();
    const index = entriesIn(blockAt(bytes, footer.varint(), footer.varint()));
    for (const { value } of index) {
      const handle = new Cursor(value, 0);
      try {
        entries.push(...entriesIn(blockAt(bytes, handle.varint(), handle.varint())));
      } catch (error) {
        if (!(error instanceof BlockError)) throw error;
        reason ??= error.message;
      }
    }
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    reason = error.message;
  }
  return { entries, reason };
}

function blockAt(file: Uint8Array, offset: number, length: number): Uint8Array {
  const end = offset + length;
  if (end + TRAILER_BYTES > file.length) throw new BlockError("has a block beyond its end");
  const stored = new DataView(file.buffer, file.byteOffset).getUint32(end + 1, true);
  if (maskedCrc32c(file.subarray(offset, end + 1)) !== stored) {
    throw new BlockError(`has a block at ${offset} whose checksum is wrong`);
  }
  const block = file.subarray(offset, end);
  const type = file[end];
  if (type === 0) return block;
  const plain = type === 1 ? decodeSnappy(block, MAX_BLOCK_BYTES) : null;
  if (!plain) throw new BlockError(`has a block at ${offset} that cannot be decompressed`);
  return plain;
}

/** Keys share their beginning with the key before them. */
function entriesIn(block: Uint8Array): TableEntry[] {
  if (block.length < 4) throw new BlockError("has a block without restarts");
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const restarts = view.getUint32(block.length - 4, true);
  const end = block.length - 4 - 4 * restarts;
  if (end < 0) throw new BlockError("has a block with more restarts than bytes");
  const entries: TableEntry[] = [];
  const cursor = new Cursor(block.subarray(0, end), 0);
  let key = new Uint8Array();
  while (cursor.at < end) {
    const shared = cursor.varint();
    const unshared = cursor.varint();
    const length = cursor.varint();
    if (shared > key.length) throw new BlockError("has a key that shares more than there is");
    const tail = cursor.slice(unshared);
    const next = new Uint8Array(shared + unshared);
    next.set(key.subarray(0, shared));
    next.set(tail, shared);
    key = next;
    entries.push({ key, value: cursor.slice(length) });
  }
  return entries;
}

class Cursor {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 63; shift += 7) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new BlockError("has a number that is cut short");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new BlockError("has a number that is too long");
  }

  slice(length: number): Uint8Array {
    const start = this.at;
    if (start + length > this.bytes.length) throw new BlockError("has an entry beyond its block");
    this.at = start + length;
    return this.bytes.subarray(start, start + length);
  }
}

function failed(reason: string): LevelTable {
  return { entries: [], reason };
}
