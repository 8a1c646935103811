/**
 * The framing of LevelDB's logs: records in chunks that do not cross blocks of 32 KiB, each with a checksum. A damaged
 * chunk costs the rest of its block. Resumable: a record that is cut at the end is where reading continues next time.
 */

import { readRange, type ByteSource } from "../../io/files.js";
import { crc32 } from "./crc32.js";

export const BLOCK_BYTES = 32 * 1024;
/** Checksum (u32), length (u16), type (u8). The checksum covers the type and the data. */
const CHUNK_HEADER = 7;
const TYPE_AT = 6;

/** A record longer than this is dropped: no scalar is in it. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

export interface BlockLogHandlers {
  /** `data` is valid only during the call. */
  onRecord(data: Uint8Array, offset: number): void;
  /** Something at `offset` cannot be read; `reason` says what. The record that it was part of is lost. */
  onDamaged(offset: number, reason: string): void;
}

/** What one step of reading gave. */
export interface BlockLogState {
  /** Start of the first record that is not read yet. */
  readonly offset: number;
  /** True at the end of what there is. */
  readonly done: boolean;
}

export class BlockLog {
  /** Start of the record in progress, or of the next one. */
  private recordAt: number;
  private pieces: Uint8Array[] = [];
  private bytes = 0;
  /** Where the next chunk lies. */
  private at: number;

  /** `offset` is that of a record; blocks are counted from the beginning of the file, whatever lies there. */
  constructor(
    private readonly source: ByteSource,
    offset: number,
  ) {
    this.at = offset;
    this.recordAt = offset;
  }

  /** Reads one block on. */
  async step(handlers: BlockLogHandlers): Promise<BlockLogState> {
    const blockEnd = (Math.floor(this.at / BLOCK_BYTES) + 1) * BLOCK_BYTES;
    const block = await readRange(this.source, this.at, blockEnd - this.at);
    const isWhole = block.length === blockEnd - this.at;
    const base = this.at;
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    let p = 0;
    while (block.length - p >= CHUNK_HEADER) {
      const length = view.getUint16(p + 4, true);
      const end = p + CHUNK_HEADER + length;
      if (end > blockEnd - base) {
        return this.damaged(base + p, blockEnd, isWhole, "is longer than its block", handlers);
      }
      if (end > block.length) break;
      if (view.getUint32(p, true) !== crc32(block.subarray(p + TYPE_AT, end))) {
        return this.damaged(base + p, blockEnd, isWhole, "has a wrong checksum", handlers);
      }
      this.take(block[p + TYPE_AT] as number, block.subarray(p + 7, end), base + p, handlers);
      p = end;
      if (this.pieces.length === 0) this.recordAt = base + p;
    }
    this.at = isWhole ? blockEnd : base + p;
    if (isWhole && this.pieces.length === 0) this.recordAt = this.at;
    return { offset: this.recordAt, done: !isWhole };
  }

  private take(type: number, data: Uint8Array, at: number, handlers: BlockLogHandlers): void {
    if (type === FULL || type === FIRST) {
      if (this.pieces.length > 0) {
        handlers.onDamaged(this.recordAt, "has no end");
        this.drop();
      }
      if (type === FULL) handlers.onRecord(data, at);
      else this.keep(data, at);
      return;
    }
    // The rest of a record whose beginning was lost says nothing.
    if (this.pieces.length === 0) return;
    if (type !== MIDDLE && type !== LAST) {
      handlers.onDamaged(at, `has the unknown type ${type}`);
      this.drop();
      return;
    }
    if (this.bytes + data.length > MAX_RECORD_BYTES) {
      handlers.onDamaged(this.recordAt, `has more than ${MAX_RECORD_BYTES} bytes`);
      this.drop();
      return;
    }
    this.keep(data, this.recordAt);
    if (type === LAST) {
      const record = new Uint8Array(this.bytes);
      let filled = 0;
      for (const piece of this.pieces) {
        record.set(piece, filled);
        filled += piece.length;
      }
      const { recordAt } = this;
      this.drop();
      handlers.onRecord(record, recordAt);
    }
  }

  private keep(data: Uint8Array, at: number): void {
    this.recordAt = at;
    this.pieces.push(data);
    this.bytes += data.length;
  }

  private drop(): void {
    this.pieces = [];
    this.bytes = 0;
  }

  private damaged(
    at: number,
    blockEnd: number,
    isWhole: boolean,
    reason: string,
    handlers: BlockLogHandlers,
  ): BlockLogState {
    handlers.onDamaged(at, reason);
    // The end of a block that is still being written is looked at again from here.
    if (!isWhole) return { offset: this.pieces.length > 0 ? this.recordAt : at, done: true };
    this.drop();
    this.at = blockEnd;
    this.recordAt = blockEnd;
    return { offset: blockEnd, done: false };
  }
}
