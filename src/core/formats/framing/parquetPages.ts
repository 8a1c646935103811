/**
 * Checks the page headers of a Parquet column before anything is made of them: a damaged count of values would ask for
 * gigabytes. Headers are structs in Thrift's compact protocol.
 */

import { readRange, type ByteSource } from "../../io/files.js";

/** The longest header: statistics may hold two long texts. */
const MAX_HEADER = 64 * 1024;
const FIRST_LOOK = 512;
const MAX_NESTING = 8;

const DICTIONARY_PAGE = 2;

interface Struct {
  readonly numbers: ReadonlyMap<number, number>;
  readonly structs: ReadonlyMap<number, Struct>;
}

export interface PageLimits {
  /** Values that the column says it has. */
  readonly values: number;
  /** Bytes of a page when it is decompressed. */
  readonly pageBytes: number;
}

/** Throws an `Error` where a page of the column from `start` to `end` says what cannot be. */
export async function checkPages(
  source: ByteSource,
  start: number,
  end: number,
  limits: PageLimits,
): Promise<void> {
  let values = 0;
  for (let at = start; at < end && values < limits.values;) {
    const { header, length } = await headerAt(source, at, end);
    const [type, inflated, stored] = [1, 2, 3].map((field) => header.numbers.get(field) ?? -1);
    if (inflated === undefined || stored === undefined || inflated < 0 || stored < 0) {
      throw new Error("a page without a size");
    }
    if (inflated > limits.pageBytes || at + length + stored > end) {
      throw new Error(`a page of ${stored} bytes, ${inflated} when decompressed`);
    }
    // The headers of data pages, of dictionaries and of data pages of version 2 all begin with the count.
    const details = [5, 7, 8].map((field) => header.structs.get(field)).find(Boolean);
    const count = details?.numbers.get(1) ?? 0;
    if (count < 0 || count > limits.values) throw new Error(`a page of ${count} values`);
    if (type !== DICTIONARY_PAGE) values += count;
    if (values > limits.values) throw new Error(`pages of more than ${limits.values} values`);
    at += length + stored;
  }
}

async function headerAt(
  source: ByteSource,
  at: number,
  end: number,
): Promise<{ header: Struct; length: number }> {
  for (let size = FIRST_LOOK; ; size = MAX_HEADER) {
    const bytes = await readRange(source, at, Math.min(size, end - at));
    try {
      const reader = new Compact(bytes);
      return { header: reader.struct(0), length: reader.at };
    } catch (error) {
      if (!(error instanceof RangeError) || bytes.length < size || size === MAX_HEADER) throw error;
    }
  }
}

class Compact {
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Fields that are numbers, and those that are structs; others are stepped over. */
  struct(depth: number): Struct {
    if (depth > MAX_NESTING) throw new Error("a page header that is nested too deeply");
    const numbers = new Map<number, number>();
    const structs = new Map<number, Struct>();
    let field = 0;
    for (;;) {
      const head = this.byte();
      const type = head & 0x0f;
      if (type === 0) return { numbers, structs };
      field = head >> 4 === 0 ? this.integer() : field + (head >> 4);
      if (type >= 4 && type <= 6) numbers.set(field, this.integer());
      else if (type === 12) structs.set(field, this.struct(depth + 1));
      else this.skip(type);
    }
  }

  private skip(type: number): void {
    if (type === 1 || type === 2) return;
    if (type === 3) this.at += 1;
    else if (type === 7) this.at += 8;
    else if (type === 8) {
      // The length's own bytes are read first: they count.
      const length = this.varint();
      this.at += length;
    } else throw new Error("a page header with a field of an unknown type");
    if (this.at > this.bytes.length) throw new RangeError("a page header is cut");
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError("a page header is cut");
    return byte;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 63; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Error("a page header with an endless number");
  }

  private integer(): number {
    const zigzag = this.varint();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }
}
