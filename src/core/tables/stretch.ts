/** Points of one metric that follow one another, wherever they are packed. */

import type { Curve, Extremes } from "../model/series.js";
import { ExtremesFinder } from "./extremes.js";
import { SegmentWriter, STEP, VALUE, type Column, type Segment } from "./segment.js";

/** Points of one slot from index `from` to before `to`. */
interface Slice {
  readonly segment: Segment;
  readonly slot: number;
  readonly from: number;
  readonly to: number;
}

export class Stretch implements Curve {
  readonly length: number;
  private readonly slices: readonly Slice[];
  /** Index of each slice's first point. */
  private readonly starts: Float64Array;
  /** The slice that was looked into last. */
  private last = 0;

  constructor(slices: readonly Slice[]) {
    this.slices = slices.filter(({ from, to }) => from < to);
    this.starts = new Float64Array(this.slices.length);
    let length = 0;
    for (const [i, { from, to }] of this.slices.entries()) {
      this.starts[i] = length;
      length += to - from;
    }
    this.length = length;
  }

  /** All points of a metric in some segments. */
  static of(metric: number, segments: readonly Segment[]): Stretch {
    const slices: Slice[] = [];
    for (const segment of segments) {
      const slot = segment.slotOf(metric);
      if (slot >= 0) slices.push({ segment, slot, from: 0, to: segment.countAt(slot) });
    }
    return new Stretch(slices);
  }

  /** Packs points that are nowhere packed yet. */
  static pack(step: Float64Array, value: Float64Array): Stretch {
    const writer = new SegmentWriter();
    writer.begin(false);
    const none = new Float64Array(step.length);
    const columns = { position: none, step, wallTime: none, value, recorded: null, stderr: null };
    if (step.length > 0) writer.add(0, columns, 0, step.length);
    return Stretch.of(0, [writer.finish()]);
  }

  static join(parts: readonly Stretch[]): Stretch {
    const [only] = parts;
    return only && parts.length === 1 ? only : new Stretch(parts.flatMap(({ slices }) => slices));
  }

  /** The points from index `from` to before `to`. */
  part(from: number, to: number): Stretch {
    if (from <= 0 && to >= this.length) return this;
    return new Stretch(
      this.slices.map((slice, i) => {
        const shift = slice.from - (this.starts[i] as number);
        return {
          ...slice,
          from: Math.max(slice.from, from + shift),
          to: Math.min(slice.to, to + shift),
        };
      }),
    );
  }

  /** Of the segments that it lies in. */
  get bytes(): number {
    return this.slices.reduce((sum, { segment }) => sum + segment.bytes, 0);
  }

  get hasStderr(): boolean {
    return this.slices.some(({ segment }) => segment.hasStderr);
  }

  /** All numbers of a column, written to `into` from `at` on. */
  read(column: Column, into = new Float64Array(this.length), at = 0): Float64Array {
    for (const [i, { segment, slot, from, to }] of this.slices.entries()) {
      segment.read(slot, column, into, at + (this.starts[i] as number), from, to);
    }
    return into;
  }

  /** 0 where no value was recorded, else 1; written to `into` from `at` on. */
  readRecorded(into: Uint8Array, at: number): Uint8Array {
    for (const [i, { segment, slot, from, to }] of this.slices.entries()) {
      segment.readRecorded(slot, into, at + (this.starts[i] as number), from, to);
    }
    return into;
  }

  numberAt(column: Column, index: number): number {
    const i = this.sliceAt(index);
    const { segment, slot, from } = this.slices[i] as Slice;
    return segment.numberAt(slot, column, index - (this.starts[i] as number) + from);
  }

  stepAt(index: number): number {
    return this.numberAt(STEP, index);
  }

  valueAt(index: number): number {
    return this.numberAt(VALUE, index);
  }

  /** Index of the first number of an ascending column that is not below `bound`; the length where all are. O(log n). */
  lowerBound(column: Column, bound: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.numberAt(column, middle) < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** O(log n) but for what is asked for the first time: that is looked through. */
  extremes(from: number, to: number): Extremes {
    const finder = new ExtremesFinder();
    for (let i = from < to ? this.sliceAt(from) : this.slices.length; i < this.slices.length; i++) {
      const start = this.starts[i] as number;
      if (start >= to) break;
      const slice = this.slices[i] as Slice;
      const shift = slice.from - start;
      const low = Math.max(slice.from, from + shift);
      const high = Math.min(slice.to, to + shift);
      slice.segment.findExtremes(slice.slot, low, high, low - shift, finder);
    }
    return finder;
  }

  private sliceAt(index: number): number {
    const { starts, slices } = this;
    const { last } = this;
    const start = starts[last] as number;
    if (index >= start && (last + 1 === slices.length || index < (starts[last + 1] as number))) {
      return last;
    }
    let low = 0;
    let high = slices.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((starts[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    this.last = low;
    return low;
  }
}
