/** Min–max pyramids: the extremes of blocks of 32 values, of eight such blocks, and so on. */

import type { Extremes } from "../model/series.js";

const BLOCK = 32;
const FAN_OUT = 8;

const HAS_NAN = 1;
const HAS_INFINITE = 2;

/** Blocks of one size. Indices are those of the values; that of no value where a block has no finite one. */
interface Level {
  readonly size: number;
  readonly lowest: Uint32Array;
  readonly highest: Uint32Array;
  readonly flags: Uint8Array;
}

const NONE = 0xffffffff;

/** Gathers extremes of values that are shown to it from first to last. */
export class ExtremesFinder implements Extremes {
  lowest = -1;
  highest = -1;
  nan = -1;
  infinite = -1;
  private lowestValue = Infinity;
  private highestValue = -Infinity;

  /** Takes `count` values from index `at` on; `index` is what the first of them is called. */
  scan(values: Float64Array, at: number, count: number, index: number): void {
    const shift = index - at;
    for (let i = at; i < at + count; i++) {
      const value = values[i] as number;
      if (value - value !== 0) this.takeNonFinite(value, i + shift);
      else {
        if (value < this.lowestValue) {
          this.lowestValue = value;
          this.lowest = i + shift;
        }
        if (value > this.highestValue) {
          this.highestValue = value;
          this.highest = i + shift;
        }
      }
    }
  }

  /** Takes the extremes of a block; `shift` is added to their indices for what they are called. */
  take(low: number, high: number, values: Values, shift: number): void {
    const lowest = values.valueAt(low);
    if (lowest < this.lowestValue) {
      this.lowestValue = lowest;
      this.lowest = low + shift;
    }
    const highest = values.valueAt(high);
    if (highest > this.highestValue) {
      this.highestValue = highest;
      this.highest = high + shift;
    }
  }

  private takeNonFinite(value: number, index: number): void {
    if (Number.isNaN(value)) this.nan = this.nan < 0 ? index : this.nan;
    else this.infinite = this.infinite < 0 ? index : this.infinite;
  }
}

/** How a pyramid looks up the values that it was built of. */
export interface Values {
  valueAt(index: number): number;
  /** Writes the values from `from` to before `to` to the beginning of `into`. */
  readValues(into: Float64Array, from: number, to: number): void;
}

/** The pyramid of some values: about a third of a byte for each. */
export class Pyramid {
  readonly bytes: number;
  private readonly levels: readonly Level[];

  /** O(n). */
  constructor(
    private readonly values: Values,
    private readonly count: number,
  ) {
    const levels = [baseOf(values, count)];
    for (let below = levels[0]; below && below.flags.length > 1; below = levels.at(-1)) {
      levels.push(levelOf(below, values));
    }
    this.levels = levels;
    this.bytes = levels.reduce((sum, { flags }) => sum + 9 * flags.length, 0);
  }

  /** Shows `finder` the values from `from` to before `to`, of which `index` is the first one's name. O(log n). */
  find(from: number, to: number, index: number, finder: ExtremesFinder): void {
    const shift = index - from;
    for (let i = from; i < to; ) {
      let height = -1;
      while (this.isWithin(height + 1, i, to)) height += 1;
      if (height < 0) {
        const end = Math.min(to, i - (i % BLOCK) + BLOCK);
        this.values.readValues(scratch, i, end);
        finder.scan(scratch, 0, end - i, i + shift);
        i = end;
      } else {
        const { size } = this.levels[height] as Level;
        this.takeBlock(height, i / size, shift, finder);
        i += size;
      }
    }
  }

  /** True when a block of that height begins at `i` and ends before `to`, or with all values. */
  private isWithin(height: number, i: number, to: number): boolean {
    const level = this.levels[height];
    return level !== undefined && i % level.size === 0 && Math.min(this.count, i + level.size) <= to;
  }

  private takeBlock(height: number, block: number, shift: number, finder: ExtremesFinder): void {
    const { lowest, highest, flags } = this.levels[height] as Level;
    const low = lowest[block] as number;
    if (low !== NONE) finder.take(low, highest[block] as number, this.values, shift);
    const flag = flags[block] as number;
    if (flag === 0) return;
    if (flag & HAS_NAN && finder.nan < 0) {
      finder.nan = this.firstIn(height, block, HAS_NAN) + shift;
    }
    if (flag & HAS_INFINITE && finder.infinite < 0) {
      finder.infinite = this.firstIn(height, block, HAS_INFINITE) + shift;
    }
  }

  /** Index of the first value of a block that a flag is set for. */
  private firstIn(height: number, block: number, flag: number): number {
    let place = block;
    for (let h = height - 1; h >= 0; h--) {
      const { flags } = this.levels[h] as Level;
      place *= FAN_OUT;
      while (((flags[place] as number) & flag) === 0) place += 1;
    }
    const from = place * BLOCK;
    const to = Math.min(this.count, from + BLOCK);
    this.values.readValues(scratch, from, to);
    const found = new ExtremesFinder();
    found.scan(scratch, 0, to - from, from);
    return flag === HAS_NAN ? found.nan : found.infinite;
  }
}

/** Used again and again. */
const scratch = new Float64Array(BLOCK);
const piece = new Float64Array(128 * BLOCK);

function baseOf(values: Values, count: number): Level {
  const level = emptyLevel(BLOCK, Math.ceil(count / BLOCK));
  for (let from = 0; from < count; from += piece.length) {
    const to = Math.min(count, from + piece.length);
    values.readValues(piece, from, to);
    for (let start = from; start < to; start += BLOCK) {
      fillBlock(level, start / BLOCK, start - from, Math.min(to - from, start - from + BLOCK), from);
    }
  }
  return level;
}

/** Fills a block from the numbers of `piece` at `from` to before `to`. */
function fillBlock(level: Level, block: number, from: number, to: number, shift: number): void {
  let low = -1;
  let high = -1;
  let lowest = Infinity;
  let highest = -Infinity;
  let flags = 0;
  for (let i = from; i < to; i++) {
    const value = piece[i] as number;
    if (value - value !== 0) flags |= Number.isNaN(value) ? HAS_NAN : HAS_INFINITE;
    else {
      if (value < lowest) {
        lowest = value;
        low = i;
      }
      if (value > highest) {
        highest = value;
        high = i;
      }
    }
  }
  level.lowest[block] = low < 0 ? NONE : low + shift;
  level.highest[block] = high < 0 ? NONE : high + shift;
  level.flags[block] = flags;
}

function levelOf(below: Level, values: Values): Level {
  const blocks = Math.ceil(below.flags.length / FAN_OUT);
  const level = emptyLevel(below.size * FAN_OUT, blocks);
  for (let block = 0; block < blocks; block++) {
    const end = Math.min(below.flags.length, (block + 1) * FAN_OUT);
    const found = new ExtremesFinder();
    let flags = 0;
    for (let i = block * FAN_OUT; i < end; i++) {
      flags |= below.flags[i] as number;
      const low = below.lowest[i] as number;
      if (low !== NONE) found.take(low, below.highest[i] as number, values, 0);
    }
    level.lowest[block] = found.lowest < 0 ? NONE : found.lowest;
    level.highest[block] = found.highest < 0 ? NONE : found.highest;
    level.flags[block] = flags;
  }
  return level;
}

function emptyLevel(size: number, blocks: number): Level {
  return {
    size,
    lowest: new Uint32Array(blocks),
    highest: new Uint32Array(blocks),
    flags: new Uint8Array(blocks),
  };
}
