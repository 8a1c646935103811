/**
 * TFRecord framing: length, checksum of the length, data, checksum of the data. Resumable: a record that is cut at the
 * end of the bytes is where reading continues next time.
 */

import { maskedCrc32c } from "./crc32c.js";

const HEADER = 12;
const TRAILER = 4;

/** A record longer than this is stepped over: no scalar is in it. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** A record longer than this is asked about before it is there, by the first bytes of its data. */
export const LARGE_RECORD_BYTES = 256 * 1024;
export const LARGE_HEAD_BYTES = 1024;

export interface RecordHandlers {
  /** `data` is valid only during the call. */
  onRecord(data: Uint8Array, offset: number): void;
  /** The data's checksum does not hold: this record is lost, the next ones are not. */
  onDamaged(offset: number, bytes: number): void;
  onTooLong(offset: number, bytes: number): void;
  /** True where a large record holds nothing of use: it is stepped over, and its data's checksum is not verified. */
  isSteppedOver?(head: Uint8Array, bytes: number): boolean;
}

/** True for bytes that begin with a length whose checksum holds. */
export function beginsAsRecord(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(8, true) === maskedCrc32c(bytes.subarray(0, 8));
}

export class RecordSplitter {
  private carry = new Uint8Array(64 * 1024);
  private carried = 0;
  private toSkip = 0;
  private behindSkipped = 0;
  /** True when a length's checksum did not hold at `offset`: nothing behind it can be trusted. */
  dead = false;

  /** `offset` is that of the next record to come. */
  constructor(public offset: number) {}

  push(piece: Uint8Array, handlers: RecordHandlers): void {
    let bytes = piece;
    if (this.toSkip > 0) {
      const skipped = Math.min(this.toSkip, bytes.length);
      this.toSkip -= skipped;
      if (this.toSkip === 0) this.offset = this.behindSkipped;
      bytes = bytes.subarray(skipped);
    }
    if (this.carried > 0) {
      this.keep(bytes);
      bytes = this.carry.subarray(0, this.carried);
    }
    const used = this.split(bytes, handlers);
    const rest = bytes.subarray(used);
    if (bytes.buffer === this.carry.buffer) {
      this.carry.copyWithin(0, used, this.carried);
      this.carried -= used;
    } else this.keep(rest);
  }

  private split(bytes: Uint8Array, handlers: RecordHandlers): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (!this.dead && bytes.length - at >= HEADER) {
      if (view.getUint32(at + 8, true) !== maskedCrc32c(bytes.subarray(at, at + 8))) {
        this.dead = true;
        return bytes.length;
      }
      const length = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
      const total = HEADER + length + TRAILER;
      if (length > MAX_RECORD_BYTES) {
        handlers.onTooLong(this.offset, length);
        at += this.stepOver(total, bytes.length - at);
        continue;
      }
      if (length > LARGE_RECORD_BYTES) {
        const head = bytes.subarray(at + HEADER, at + HEADER + LARGE_HEAD_BYTES);
        if (head.length < LARGE_HEAD_BYTES) break;
        if (handlers.isSteppedOver?.(head, length) === true) {
          at += this.stepOver(total, bytes.length - at);
          continue;
        }
      }
      if (bytes.length - at < total) break;
      const data = bytes.subarray(at + HEADER, at + HEADER + length);
      if (view.getUint32(at + HEADER + length, true) === maskedCrc32c(data)) {
        handlers.onRecord(data, this.offset);
      } else handlers.onDamaged(this.offset, total);
      this.offset += total;
      at += total;
    }
    return this.dead ? bytes.length : at;
  }

  /** Steps over the next record, of whose bytes so many are there, and returns how many of them were its own. */
  private stepOver(total: number, there: number): number {
    const present = Math.min(total, there);
    this.toSkip = total - present;
    this.behindSkipped = this.offset + total;
    // A record that is still being written is where reading continues, like any other.
    if (this.toSkip === 0) this.offset = this.behindSkipped;
    return present;
  }

  private keep(part: Uint8Array): void {
    const size = this.carried + part.length;
    if (size > this.carry.length) {
      const grown = new Uint8Array(Math.max(size, this.carry.length * 2));
      grown.set(this.carry.subarray(0, this.carried));
      this.carry = grown;
    }
    this.carry.set(part, this.carried);
    this.carried = size;
  }
}
