/** Min–max pyramids: the extremes of blocks of 32 values, of eight such blocks, and so on. They grow with their values. */

import type { Extremes } from "../model/series.js";

const BLOCK = 32;
const FAN_OUT = 8;
const HAS_NAN = 1;
const HAS_INFINITE = 2;
const NONE = 0xffffffff;

/** The values that a pyramid is of: one by one, from first to last. Those that it has seen do not change. */
export type ValueAt = (index: number) => number;

/** Full blocks of one size. Indices are those of the values; none where a block has no finite one. */
interface Level {
  readonly size: number;
  lowest: Uint32Array;
  highest: Uint32Array;
  lowestValue: Float64Array;
  highestValue: Float64Array;
  flags: Uint8Array;
  blocks: number;
}

/** Gathers the extremes of values that are shown to it from first to last. */
export class ExtremesFinder implements Extremes {
  lowest = -1;
  highest = -1;
  nan = -1;
  infinite = -1;
  lowestValue = Infinity;
  highestValue = -Infinity;

  /** Takes the values from index `from` to before `to`, called by what is `shift` above their indices. */
  scan(valueAt: ValueAt, from: number, to: number, shift: number): void {
    for (let i = from; i < to; i++) {
      const value = valueAt(i);
      if (value - value !== 0) this.takeNonFinite(value, i + shift);
      if (value < this.lowestValue && value !== -Infinity) {
        this.lowestValue = value;
        this.lowest = i + shift;
      }
      if (value > this.highestValue && value !== Infinity) {
        this.highestValue = value;
        this.highest = i + shift;
      }
    }
  }

  private takeNonFinite(value: number, index: number): void {
    if (Number.isNaN(value)) this.nan = this.nan < 0 ? index : this.nan;
    else this.infinite = this.infinite < 0 ? index : this.infinite;
  }
}

/** About a byte for each value: blocks know their extremes by themselves, since values lie far from one another. */
export class Pyramid {
  private readonly levels: Level[] = [];

  get bytes(): number {
    return this.levels.reduce((sum, { flags }) => sum + 25 * flags.length, 0);
  }

  /** Sees to it that the first `count` values are in it. O(values that are new). */
  grow(valueAt: ValueAt, count: number): void {
    for (let height = 0, below = count, unit = BLOCK; ; height++, unit = FAN_OUT) {
      const blocks = Math.floor(below / unit);
      if (blocks === 0) return;
      const level = (this.levels[height] ??= emptyLevel(BLOCK * FAN_OUT ** height));
      reserve(level, blocks);
      for (; level.blocks < blocks; level.blocks++) this.fill(height, level.blocks, valueAt);
      below = level.blocks;
    }
  }

  /** Shows `finder` the values from index `from` to before `to`, with indices that are `shift` higher. O(log n). */
  find(from: number, to: number, shift: number, finder: ExtremesFinder, valueAt: ValueAt): void {
    for (let i = from; i < to;) {
      let height = -1;
      while (this.isWithin(height + 1, i, to)) height += 1;
      const level = this.levels[height];
      if (level) {
        this.takeBlock(height, i / level.size, shift, finder, valueAt);
        i += level.size;
      } else {
        const end = Math.min(to, i - (i % BLOCK) + BLOCK);
        finder.scan(valueAt, i, end, shift);
        i = end;
      }
    }
  }

  /** True when a block of that height begins at `i` and ends by `to`. */
  private isWithin(height: number, i: number, to: number): boolean {
    const level = this.levels[height];
    // Sizes are powers of two.
    if (!level || (i & (level.size - 1)) !== 0) return false;
    return i + level.size <= to && i < level.blocks * level.size;
  }

  private fill(height: number, block: number, valueAt: ValueAt): void {
    const level = this.levels[height] as Level;
    const below = this.levels[height - 1];
    const found = new ExtremesFinder();
    if (!below) found.scan(valueAt, block * BLOCK, (block + 1) * BLOCK, 0);
    else {
      for (let i = block * FAN_OUT; i < (block + 1) * FAN_OUT; i++) {
        this.takeBlock(height - 1, i, 0, found, valueAt);
      }
    }
    level.lowest[block] = found.lowest < 0 ? NONE : found.lowest;
    level.highest[block] = found.highest < 0 ? NONE : found.highest;
    level.lowestValue[block] = found.lowestValue;
    level.highestValue[block] = found.highestValue;
    level.flags[block] = (found.nan < 0 ? 0 : HAS_NAN) | (found.infinite < 0 ? 0 : HAS_INFINITE);
  }

  private takeBlock(
    height: number,
    block: number,
    shift: number,
    finder: ExtremesFinder,
    valueAt: ValueAt,
  ): void {
    const level = this.levels[height] as Level;
    const lowest = level.lowestValue[block] as number;
    const highest = level.highestValue[block] as number;
    if (lowest < finder.lowestValue) {
      finder.lowestValue = lowest;
      finder.lowest = (level.lowest[block] as number) + shift;
    }
    if (highest > finder.highestValue) {
      finder.highestValue = highest;
      finder.highest = (level.highest[block] as number) + shift;
    }
    const flag = level.flags[block] as number;
    if (flag & HAS_NAN && finder.nan < 0) {
      finder.nan = this.firstIn(height, block, HAS_NAN, valueAt) + shift;
    }
    if (flag & HAS_INFINITE && finder.infinite < 0) {
      finder.infinite = this.firstIn(height, block, HAS_INFINITE, valueAt) + shift;
    }
  }

  /** Index of the first value of a block that a flag is set for. */
  private firstIn(height: number, block: number, flag: number, valueAt: ValueAt): number {
    let place = block;
    for (let h = height - 1; h >= 0; h--) {
      const { flags } = this.levels[h] as Level;
      place *= FAN_OUT;
      while (((flags[place] as number) & flag) === 0) place += 1;
    }
    const found = new ExtremesFinder();
    found.scan(valueAt, place * BLOCK, (place + 1) * BLOCK, 0);
    return flag === HAS_NAN ? found.nan : found.infinite;
  }
}

function emptyLevel(size: number): Level {
  const none = new Uint32Array(0);
  const noValue = new Float64Array(0);
  return {
    size,
    lowest: none,
    highest: none,
    lowestValue: noValue,
    highestValue: noValue,
    flags: new Uint8Array(0),
    blocks: 0,
  };
}

function reserve(level: Level, blocks: number): void {
  if (blocks <= level.flags.length) return;
  const size = Math.ceil(1.125 * blocks);
  const { lowest, highest, lowestValue, highestValue, flags } = level;
  level.lowestValue = new Float64Array(size);
  level.highestValue = new Float64Array(size);
  level.lowestValue.set(lowestValue);
  level.highestValue.set(highestValue);
  level.lowest = new Uint32Array(size);
  level.highest = new Uint32Array(size);
  level.flags = new Uint8Array(size);
  level.lowest.set(lowest);
  level.highest.set(highest);
  level.flags.set(flags);
}
