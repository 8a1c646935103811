/** Min–max pyramids: the extremes of blocks of 32 values, of eight such blocks, and so on. They grow with their values. */

import type { Extremes } from "../model/series.js";

const BLOCK = 32;
const FAN_OUT = 8;

/** The values that a pyramid is of: one by one, from first to last. Those that it has seen do not change. */
export type ValueAt = (index: number) => number;

/** What a block says lies in one place, since memory far apart is slow: values first, then indices, −1 for none. */
const LOWEST_VALUE = 0;
const HIGHEST_VALUE = 1;
const LOWEST = 2;
const HIGHEST = 3;
const NAN = 4;
const INFINITE = 5;
const NUMBERS = 6;

/** Full blocks of one size, a power of two. */
interface Level {
  readonly size: number;
  numbers: Float64Array;
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
      if (value - value !== 0) {
        if (Number.isNaN(value)) this.nan = this.nan < 0 ? i + shift : this.nan;
        else this.infinite = this.infinite < 0 ? i + shift : this.infinite;
        continue;
      }
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

  /** Takes the block whose numbers begin at `at`. */
  take(numbers: Float64Array, at: number, shift: number): void {
    const lowestValue = numbers[at + LOWEST_VALUE] as number;
    const highestValue = numbers[at + HIGHEST_VALUE] as number;
    if (lowestValue < this.lowestValue) {
      this.lowestValue = lowestValue;
      this.lowest = (numbers[at + LOWEST] as number) + shift;
    }
    if (highestValue > this.highestValue) {
      this.highestValue = highestValue;
      this.highest = (numbers[at + HIGHEST] as number) + shift;
    }
    const nan = numbers[at + NAN] as number;
    const infinite = numbers[at + INFINITE] as number;
    if (this.nan < 0 && nan >= 0) this.nan = nan + shift;
    if (this.infinite < 0 && infinite >= 0) this.infinite = infinite + shift;
  }
}

/** Less than two bytes for each value. */
export class Pyramid {
  private readonly levels: Level[] = [];

  /** One that has grown before, from what `kept` has given of it. */
  static restored(kept: readonly Float64Array[]): Pyramid {
    const pyramid = new Pyramid();
    for (const [height, numbers] of kept.entries()) {
      const blocks = numbers.length / NUMBERS;
      pyramid.levels.push({ size: BLOCK * FAN_OUT ** height, numbers, blocks });
    }
    return pyramid;
  }

  /** What is in use of it, level by level: views, in which nothing changes. */
  kept(): Float64Array[] {
    return this.levels.map(({ numbers, blocks }) => numbers.subarray(0, NUMBERS * blocks));
  }

  get bytes(): number {
    return this.levels.reduce((sum, { numbers }) => sum + numbers.byteLength, 0);
  }

  /** Sees to it that the first `count` values are in it. O(values that are new). */
  grow(valueAt: ValueAt, count: number): void {
    for (let height = 0, below = count, unit = BLOCK; ; height++, unit = FAN_OUT) {
      const blocks = Math.floor(below / unit);
      if (blocks === 0) return;
      const level = (this.levels[height] ??= {
        size: BLOCK * FAN_OUT ** height,
        numbers: new Float64Array(0),
        blocks: 0,
      });
      reserve(level, blocks);
      for (; level.blocks < blocks; level.blocks++) this.fill(height, level.blocks, valueAt);
      below = level.blocks;
    }
  }

  /** Shows `finder` the values from index `from` to before `to`, with indices that are `shift` higher. O(log n). */
  find(from: number, to: number, shift: number, finder: ExtremesFinder, valueAt: ValueAt): void {
    for (let i = from; i < to;) {
      let widest: Level | null = null;
      for (const level of this.levels) {
        const isWithin = (i & (level.size - 1)) === 0 && i + level.size <= to;
        if (!isWithin || i >= level.blocks * level.size) break;
        widest = level;
      }
      if (widest) {
        finder.take(widest.numbers, NUMBERS * (i / widest.size), shift);
        i += widest.size;
      } else {
        const end = Math.min(to, (i | (BLOCK - 1)) + 1);
        finder.scan(valueAt, i, end, shift);
        i = end;
      }
    }
  }

  private fill(height: number, block: number, valueAt: ValueAt): void {
    const { numbers } = this.levels[height] as Level;
    const below = this.levels[height - 1];
    const found = new ExtremesFinder();
    if (!below) found.scan(valueAt, block * BLOCK, (block + 1) * BLOCK, 0);
    else {
      for (let i = block * FAN_OUT; i < (block + 1) * FAN_OUT; i++) {
        found.take(below.numbers, NUMBERS * i, 0);
      }
    }
    const at = NUMBERS * block;
    numbers[at + LOWEST_VALUE] = found.lowestValue;
    numbers[at + HIGHEST_VALUE] = found.highestValue;
    numbers[at + LOWEST] = found.lowest;
    numbers[at + HIGHEST] = found.highest;
    numbers[at + NAN] = found.nan;
    numbers[at + INFINITE] = found.infinite;
  }
}

function reserve(level: Level, blocks: number): void {
  if (NUMBERS * blocks <= level.numbers.length) return;
  const numbers = new Float64Array(NUMBERS * Math.ceil(1.125 * blocks));
  numbers.set(level.numbers);
  level.numbers = numbers;
}
