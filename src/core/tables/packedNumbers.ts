/**
 * Numbers kept exactly in few bytes. Each piece of a column takes the smallest of five forms that gives back every bit:
 * runs of constant stride, float32, 32-bit integers, 32-bit differences of the doubles' bits, or the doubles themselves.
 */

import type { BitDifferences, NumberRuns, Numbers } from "../model/series.js";

const RUNS = 0;
const SINGLES = 1;
const WORDS = 2;
const DIFFERENCES = 3;
const DOUBLES = 4;
const FORMS = 8;

/** Bytes of a run: where it begins, its first number and its stride. */
const RUN_BYTES = 20;

/** A head is `form + 8 · offset in narrow` and the offset in `wide`. */
export const HEAD_WORDS = 2;

/** Which of a double's two words holds its lower bits: numbers lie in memory as the machine has them. */
const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;
const WORD = 2 ** 32;

/** What packed numbers are read from. `narrow` and `singles` are views of the same words. */
export interface Packed {
  readonly heads: Uint32Array;
  readonly narrow: Uint32Array;
  readonly singles: Float32Array;
  readonly wide: Float64Array;
}

/** Packs one piece after the other; its arrays are used again for the next packing. */
export class Packer {
  private heads = new Uint32Array(256);
  private narrow = new Uint32Array(1024);
  private singles = new Float32Array(this.narrow.buffer);
  private wide = new Float64Array(1024);
  private headLength = 0;
  private narrowLength = 0;
  private wideLength = 0;
  private runs = { start: new Uint32Array(64), first: new Float64Array(64), stride: new Float64Array(64) };
  private copy = new Float64Array(0);

  clear(): void {
    this.headLength = this.narrowLength = this.wideLength = 0;
  }

  /** Packs all numbers of a column. Those in a compact form stay in it. O(n). */
  packAll(numbers: Numbers): void {
    if (numbers instanceof Float64Array) this.pack(numbers, 0, numbers.length);
    else if (numbers instanceof Float32Array) this.packFloats(numbers);
    else if ("differences" in numbers) this.packDifferences(numbers);
    else this.packRuns(numbers, numbers.start.length);
  }

  /** Packs `values` from index `from` to before `to`. Differences are for columns that are only read as a whole. O(n). */
  pack(values: Float64Array, from: number, to: number, withDifferences = false): void {
    const count = to - from;
    const runs = this.findRuns(values, from, to);
    if (runs > 0 && RUN_BYTES * runs < 4 * count) this.packRuns(this.runs, runs);
    else if (areSingles(values, from, to)) this.packSingles(values, from, to);
    else if (areWords(values, from, to)) this.packWords(values, from, to);
    else if (!withDifferences || count < 4 || !this.differ(values, from, to)) {
      this.packDoubles(values, from, to);
    }
  }

  /** A copy of what was packed since `clear`, in one piece of memory with copies of `words`. */
  finish(words: readonly Uint32Array[]): { packed: Packed; words: Uint32Array[]; bytes: number } {
    const wordCount = words.reduce(
      (sum, { length }) => sum + length,
      this.headLength + this.narrowLength,
    );
    const bytes = 8 * this.wideLength + 4 * wordCount;
    const buffer = new ArrayBuffer(bytes);
    const wide = new Float64Array(buffer, 0, this.wideLength);
    wide.set(this.wide.subarray(0, this.wideLength));
    let at = wide.byteLength;
    const next = (from: Uint32Array): Uint32Array => {
      const copy = new Uint32Array(buffer, at, from.length);
      copy.set(from);
      at += copy.byteLength;
      return copy;
    };
    const copies = words.map(next);
    const heads = next(this.heads.subarray(0, this.headLength));
    const narrow = next(this.narrow.subarray(0, this.narrowLength));
    const singles = new Float32Array(buffer, narrow.byteOffset, narrow.length);
    return { packed: { heads, narrow, singles, wide }, words: copies, bytes };
  }

  /** Float32 are packed as they are, but for columns that do not change at all. */
  private packFloats(values: Float32Array): void {
    const count = values.length;
    if (count > 6 && Object.is(values[0], values[1]) && Object.is(values[0], values[count - 1])) {
      if (this.copy.length < count) this.copy = new Float64Array(count);
      this.copy.set(values);
      this.pack(this.copy, 0, count);
      return;
    }
    const narrow = this.reserveNarrow(count);
    this.singles.set(values, narrow);
    this.pushHead(SINGLES, narrow, 0);
  }

  /**
   * Takes the numbers for runs as long as that is worth it: the runs are in `runs`, and their count is the result; 0
   * where there are too many of them, or one number is none that a run gives back.
   */
  private findRuns(values: Float64Array, from: number, to: number): number {
    let count = 0;
    for (let i = from; i < to; ) {
      if (8 * count > i - from + 64) return 0;
      const first = values[i] as number;
      const second = i + 1 < to ? (values[i + 1] as number) : first;
      let stride = Object.is(second, first) ? 0 : second - first;
      // Where an overflow or a NaN is in the way, the first number is a run by itself.
      if (!Object.is(first + stride, second) || !Object.is(first + 0 * stride, first)) stride = 0;
      if (!Object.is(first + 0 * stride, first)) return 0;
      let k = 1;
      while (i + k < to && Object.is(first + k * stride, values[i + k])) k++;
      if (count === this.runs.start.length) this.growRuns();
      this.runs.start[count] = i - from;
      this.runs.first[count] = first;
      this.runs.stride[count] = stride;
      count += 1;
      i += k;
    }
    return count;
  }

  private growRuns(): void {
    const { start, first, stride } = this.runs;
    const length = start.length + 1;
    this.runs = { start: grown(start, length), first: grown(first, length), stride: grown(stride, length) };
  }

  private packRuns({ start, first, stride }: Omit<NumberRuns, "length">, count: number): void {
    const narrow = this.reserveNarrow(count + 1);
    const wide = this.reserveWide(2 * count);
    this.narrow[narrow] = count;
    for (let r = 0; r < count; r++) {
      this.narrow[narrow + 1 + r] = start[r] as number;
      this.wide[wide + 2 * r] = first[r] as number;
      this.wide[wide + 2 * r + 1] = stride[r] as number;
    }
    this.pushHead(RUNS, narrow, wide);
  }

  private packSingles(values: Float64Array, from: number, to: number): void {
    const narrow = this.reserveNarrow(to - from);
    for (let i = from; i < to; i++) this.singles[narrow + i - from] = values[i] as number;
    this.pushHead(SINGLES, narrow, 0);
  }

  private packWords(values: Float64Array, from: number, to: number): void {
    const narrow = this.reserveNarrow(to - from);
    for (let i = from; i < to; i++) this.narrow[narrow + i - from] = values[i] as number;
    this.pushHead(WORDS, narrow, 0);
  }

  private packDifferences({ first, differences }: BitDifferences): void {
    const narrow = this.reserveNarrow(differences.length);
    this.narrow.set(differences, narrow);
    this.pushDifferences(first, narrow);
  }

  private pushDifferences(first: number, narrow: number): void {
    const wide = this.reserveWide(1);
    this.wide[wide] = first;
    this.pushHead(DIFFERENCES, narrow, wide);
  }

  /** Packs the differences of the numbers' bits; false where one does not fit. */
  private differ(values: Float64Array, from: number, to: number): boolean {
    const bits = new Uint32Array(values.buffer, values.byteOffset + 8 * from, 2 * (to - from));
    const narrow = this.reserveNarrow(to - from - 1);
    let low = bits[LOW] as number;
    let high = bits[HIGH] as number;
    for (let i = 1; i < to - from; i++) {
      const nextLow = bits[2 * i + LOW] as number;
      const nextHigh = bits[2 * i + HIGH] as number;
      const difference = (nextHigh - high) * WORD + (nextLow - low);
      if (difference !== (difference | 0)) {
        this.narrowLength = narrow;
        return false;
      }
      this.narrow[narrow + i - 1] = difference;
      low = nextLow;
      high = nextHigh;
    }
    this.pushDifferences(values[from] as number, narrow);
    return true;
  }

  private packDoubles(values: Float64Array, from: number, to: number): void {
    const wide = this.reserveWide(to - from);
    this.wide.set(values.subarray(from, to), wide);
    this.pushHead(DOUBLES, 0, wide);
  }

  private pushHead(form: number, narrow: number, wide: number): void {
    const at = this.headLength;
    this.headLength += HEAD_WORDS;
    if (this.headLength > this.heads.length) this.heads = grown(this.heads, this.headLength);
    this.heads[at] = form + FORMS * narrow;
    this.heads[at + 1] = wide;
  }

  private reserveNarrow(count: number): number {
    const at = this.narrowLength;
    this.narrowLength += count;
    if (this.narrowLength > this.narrow.length) {
      this.narrow = grown(this.narrow, this.narrowLength);
      this.singles = new Float32Array(this.narrow.buffer);
    }
    return at;
  }

  private reserveWide(count: number): number {
    const at = this.wideLength;
    this.wideLength += count;
    if (this.wideLength > this.wide.length) this.wide = grown(this.wide, this.wideLength);
    return at;
  }
}

/**
 * Writes the packed numbers from index `from` to before `to` into `into`, from `at` on. `count` is how many there are at
 * the head. O(to − from), but differences are added up from the first one.
 */
export function unpack(
  packed: Packed,
  head: number,
  count: number,
  into: Float64Array,
  at: number,
  from: number,
  to: number,
): void {
  const { heads, narrow, singles, wide } = packed;
  const word = heads[head] as number;
  const n = Math.floor(word / FORMS);
  const w = heads[head + 1] as number;
  const shift = at - from;
  switch (word % FORMS) {
    case RUNS: {
      const runs = narrow[n] as number;
      for (let r = runAt(narrow, n, from); r < runs; r++) {
        const start = narrow[n + 1 + r] as number;
        if (start >= to) break;
        const end = Math.min(to, r + 1 < runs ? (narrow[n + 2 + r] as number) : count);
        const first = wide[w + 2 * r] as number;
        const stride = wide[w + 2 * r + 1] as number;
        for (let i = Math.max(from, start); i < end; i++) {
          into[shift + i] = first + (i - start) * stride;
        }
      }
      break;
    }
    case SINGLES:
      for (let i = from; i < to; i++) into[shift + i] = singles[n + i] as number;
      break;
    case WORDS:
      for (let i = from; i < to; i++) into[shift + i] = narrow[n + i] as number;
      break;
    case DIFFERENCES:
      addUp(narrow, n, wide[w] as number, into, at, from, to);
      break;
    default:
      into.set(wide.subarray(w + from, w + to), at);
  }
}

function addUp(
  narrow: Uint32Array,
  n: number,
  first: number,
  into: Float64Array,
  at: number,
  from: number,
  to: number,
): void {
  const bits = new Uint32Array(into.buffer, into.byteOffset + 8 * at, 2 * (to - from));
  double[0] = first;
  let low = doubleBits[LOW] as number;
  let high = doubleBits[HIGH] as number;
  for (let i = 0; ; i++) {
    if (i >= from) {
      bits[2 * (i - from) + LOW] = low;
      bits[2 * (i - from) + HIGH] = high;
    }
    if (i + 1 >= to) return;
    low += (narrow[n + i] as number) | 0;
    if (low >= WORD) {
      low -= WORD;
      high += 1;
    } else if (low < 0) {
      low += WORD;
      high -= 1;
    }
  }
}

const double = new Float64Array(1);
const doubleBits = new Uint32Array(double.buffer);

/** One packed number: in constant time, but for runs, which are searched, and differences, which are added up. */
export function numberAt(packed: Packed, head: number, count: number, i: number): number {
  const { heads, narrow, singles, wide } = packed;
  const word = heads[head] as number;
  const n = Math.floor(word / FORMS);
  const w = heads[head + 1] as number;
  switch (word % FORMS) {
    case RUNS: {
      const r = runAt(narrow, n, i);
      const k = i - (narrow[n + 1 + r] as number);
      return (wide[w + 2 * r] as number) + k * (wide[w + 2 * r + 1] as number);
    }
    case SINGLES:
      return singles[n + i] as number;
    case WORDS:
      return narrow[n + i] as number;
    case DIFFERENCES: {
      unpack(packed, head, count, one, 0, i, i + 1);
      return one[0] as number;
    }
    default:
      return wide[w + i] as number;
  }
}

const one = new Float64Array(1);

/** True when packed numbers are one run that ascends: no two are equal, none is below the one before. */
export function isAscendingRun(packed: Packed, head: number, count: number): boolean {
  const { heads, narrow, wide } = packed;
  const word = heads[head] as number;
  if (word % FORMS !== RUNS || narrow[Math.floor(word / FORMS)] !== 1) return false;
  const w = heads[head + 1] as number;
  const stride = wide[w + 1] as number;
  // A stride that rounding could swallow tells nothing.
  return stride > 2 ** -50 * (Math.abs(wide[w] as number) + count * stride);
}

/** The run that number `i` is in. */
function runAt(narrow: Uint32Array, n: number, i: number): number {
  let low = 0;
  let high = (narrow[n] as number) - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((narrow[n + 1 + middle] as number) <= i) low = middle;
    else high = middle - 1;
  }
  return low;
}

function areSingles(values: Float64Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    if (Math.fround(value) !== value && !Number.isNaN(value)) return false;
  }
  return true;
}

function areWords(values: Float64Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    if (value >>> 0 !== value || Object.is(value, -0)) return false;
  }
  return true;
}

/** A copy with room for `length`, and for half as much again. */
export function grown<T extends Uint32Array | Float64Array | Uint8Array>(from: T, length: number): T {
  const type = from.constructor as new (length: number) => T;
  const to = new type(Math.ceil(1.5 * length));
  to.set(from);
  return to;
}
