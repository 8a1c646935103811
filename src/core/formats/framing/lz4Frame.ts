/** LZ4 frames, as Arrow compresses its buffers: blocks that may go back into those before them. */

import { xxh32 } from "./xxh32.js";

const MAGIC = 0x184d2204;

/** The bytes that a frame holds. Throws where it is damaged, and where it would be longer than `limit`. */
export function readLz4Frame(frame: Uint8Array, limit: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 7 || view.getUint32(0, true) !== MAGIC) throw new Error("no LZ4 frame");
  const flags = view.getUint8(4);
  if (flags >> 6 !== 1 || (flags & 0x03) !== 0) throw new Error("an LZ4 frame of another version");
  const hasBlockSum = (flags & 0x10) !== 0;
  const hasSize = (flags & 0x08) !== 0;
  const hasSum = (flags & 0x04) !== 0;
  const headerEnd = 6 + (hasSize ? 8 : 0);
  if (frame.length < headerEnd + 1) throw new Error("the LZ4 frame is cut");
  const headerSum = (xxh32(frame.subarray(4, headerEnd)) >>> 8) & 0xff;
  if (headerSum !== view.getUint8(headerEnd)) throw new Error("wrong checksum of an LZ4 header");
  const output = new Output(hasSize ? Number(view.getBigUint64(6, true)) : frame.length * 4, limit);
  let at = headerEnd + 1;
  for (;;) {
    if (at + 4 > frame.length) throw new Error("the LZ4 frame is cut");
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) break;
    const length = size & 0x7fffffff;
    const block = frame.subarray(at, at + length);
    if (block.length < length) throw new Error("the LZ4 frame is cut");
    at += length;
    if (hasBlockSum) {
      if (at + 4 > frame.length || view.getUint32(at, true) !== xxh32(block)) {
        throw new Error("wrong checksum of an LZ4 block");
      }
      at += 4;
    }
    if (size >>> 31 === 1) output.copy(block, 0, length);
    else inflate(block, output);
  }
  const bytes = output.bytes();
  if (hasSum && (at + 4 > frame.length || view.getUint32(at, true) !== xxh32(bytes))) {
    throw new Error("wrong checksum of an LZ4 frame");
  }
  return bytes;
}

/** One block: runs of new bytes, each followed by a piece of what came before. */
function inflate(block: Uint8Array, output: Output): void {
  let at = 0;
  const lengthOf = (short: number): number => {
    let length = short;
    if (short === 15) {
      for (;;) {
        const more = block[at++];
        if (more === undefined) throw new Error("an LZ4 block is cut");
        length += more;
        if (more !== 255) break;
      }
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++] as number;
    const literals = lengthOf(token >> 4);
    if (at + literals > block.length) throw new Error("an LZ4 block is cut");
    output.copy(block, at, literals);
    at += literals;
    if (at === block.length) return;
    if (at + 2 > block.length) throw new Error("an LZ4 block is cut");
    const back = (block[at] as number) | ((block[at + 1] as number) << 8);
    at += 2;
    output.repeat(back, lengthOf(token & 15) + 4);
  }
}

class Output {
  private buffer: Uint8Array;
  private length = 0;

  constructor(
    expected: number,
    private readonly limit: number,
  ) {
    if (!(expected >= 0 && expected <= limit)) expected = Math.min(64 * 1024, limit);
    this.buffer = new Uint8Array(expected);
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  copy(from: Uint8Array, start: number, count: number): void {
    this.makeRoom(count);
    this.buffer.set(from.subarray(start, start + count), this.length);
    this.length += count;
  }

  repeat(back: number, count: number): void {
    if (back === 0 || back > this.length)
      throw new Error("an LZ4 block points before its beginning");
    this.makeRoom(count);
    const { buffer } = this;
    for (let to = this.length; to < this.length + count; to++) {
      buffer[to] = buffer[to - back] as number;
    }
    this.length += count;
  }

  private makeRoom(count: number): void {
    const wanted = this.length + count;
    if (wanted > this.limit) throw new Error(`more than ${this.limit} bytes when decompressed`);
    if (wanted <= this.buffer.length) return;
    const larger = new Uint8Array(Math.min(this.limit, Math.max(wanted, this.buffer.length * 2)));
    larger.set(this.bytes());
    this.buffer = larger;
  }
}
