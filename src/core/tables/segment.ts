/** Points of one log metric by metric, packed and never changed. A log is a list of segments. */

import type { MetricColumns } from "../model/series.js";
import { Pyramid, type ExtremesFinder, type Values } from "./extremes.js";
import {
  grown,
  HEAD_WORDS,
  isAscendingRun,
  numberAt,
  Packer,
  unpack,
  type Packed,
} from "./packedNumbers.js";

export const POSITION = 0;
export const STEP = 1;
export const WALL_TIME = 2;
export const VALUE = 3;
export const STDERR = 4;
export type Column = 0 | 1 | 2 | 3 | 4;

/** One metric's points before they are packed: columns of which the points from `from` to before `to` count. */
export interface PlainColumns {
  readonly position: Float64Array;
  readonly step: Float64Array;
  readonly wallTime: Float64Array;
  readonly value: Float64Array;
  readonly recorded: Uint8Array | null;
  readonly stderr: Float64Array | null;
}

/** Each metric of a segment has a slot, in the order of their numbers. */
export class Segment {
  private pyramids: (Pyramid | undefined)[] | null = null;
  private pyramidBytes = 0;

  constructor(
    private readonly metrics: Uint32Array,
    /** Index of each slot's first point among those of the segment, and their number at the end. */
    private readonly starts: Uint32Array,
    private readonly packed: Packed,
    private readonly columns: number,
    private readonly recorded: Uint8Array | null,
    private readonly packedBytes: number,
  ) {}

  get slots(): number {
    return this.metrics.length;
  }

  /** Points of all slots. */
  get length(): number {
    return this.starts[this.metrics.length] as number;
  }

  get bytes(): number {
    return this.packedBytes + (this.recorded?.length ?? 0) + this.pyramidBytes + OVERHEAD;
  }

  get hasStderr(): boolean {
    return this.columns > STDERR;
  }

  metricAt(slot: number): number {
    return this.metrics[slot] as number;
  }

  /** The slot of a metric, −1 where it has none. */
  slotOf(metric: number): number {
    let low = 0;
    let high = this.metrics.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.metrics[middle] as number) < metric) low = middle + 1;
      else high = middle;
    }
    return this.metrics[low] === metric ? low : -1;
  }

  countAt(slot: number): number {
    return (this.starts[slot + 1] as number) - (this.starts[slot] as number);
  }

  /** Writes the numbers of a slot from index `from` to before `to` into `into`, from `at` on. */
  read(slot: number, column: Column, into: Float64Array, at: number, from: number, to: number): void {
    if (column >= this.columns) into.fill(NaN, at, at + to - from);
    else unpack(this.packed, this.head(slot, column), this.countAt(slot), into, at, from, to);
  }

  numberAt(slot: number, column: Column, index: number): number {
    if (column >= this.columns) return NaN;
    return numberAt(this.packed, this.head(slot, column), this.countAt(slot), index);
  }

  /** Writes 0 where no value was recorded, else 1. */
  readRecorded(slot: number, into: Uint8Array, at: number, from: number, to: number): void {
    const start = this.starts[slot] as number;
    if (this.recorded) into.set(this.recorded.subarray(start + from, start + to), at);
    else into.fill(1, at, at + to - from);
  }

  /** How many of the slot's points have a recorded value. O(n), but where all of them have. */
  recordedAt(slot: number): number {
    if (!this.recorded) return this.countAt(slot);
    const points = this.recorded.subarray(this.starts[slot], this.starts[slot + 1]);
    return points.reduce((sum, flag) => sum + flag, 0);
  }

  /** True where it is plain, without a look at each, that every step of a slot is above the one before. */
  hasAscendingSteps(slot: number): boolean {
    return isAscendingRun(this.packed, this.head(slot, STEP), this.countAt(slot));
  }

  /**
   * Shows `finder` the values from index `from` to before `to`, of which the first one is called `index`. O(log n), but
   * the first time: then the slot's pyramid is built.
   */
  findExtremes(slot: number, from: number, to: number, index: number, finder: ExtremesFinder): void {
    this.pyramids ??= [];
    let pyramid = this.pyramids[slot];
    if (!pyramid) {
      const [head, count] = [this.head(slot, VALUE), this.countAt(slot)];
      pyramid = new Pyramid(new PackedValues(this.packed, head, count), count);
      this.pyramids[slot] = pyramid;
      this.pyramidBytes += pyramid.bytes;
    }
    pyramid.find(from, to, index, finder);
  }

  private head(slot: number, column: number): number {
    return HEAD_WORDS * (slot * this.columns + column);
  }
}

/** What the objects of a segment take, roughly. */
const OVERHEAD = 1024;

class PackedValues implements Values {
  constructor(
    private readonly packed: Packed,
    private readonly head: number,
    private readonly count: number,
  ) {}

  valueAt(index: number): number {
    return numberAt(this.packed, this.head, this.count, index);
  }

  readValues(into: Float64Array, from: number, to: number): void {
    unpack(this.packed, this.head, this.count, into, 0, from, to);
  }
}

/** Puts segments together, one at a time: its memory is used again. */
export class SegmentWriter {
  private readonly packer = new Packer();
  private metrics = new Uint32Array(64);
  private starts = new Uint32Array(64);
  private recorded = new Uint8Array(0);
  private slots = 0;
  private length = 0;
  private withStderr = false;
  private allRecorded = true;

  begin(withStderr: boolean): void {
    this.packer.clear();
    this.slots = 0;
    this.length = 0;
    this.withStderr = withStderr;
    this.allRecorded = true;
  }

  /** Adds a metric, whose number is above that of the one before. */
  add(metric: number, columns: PlainColumns, from: number, to: number): void {
    const { position, step, wallTime, value, recorded, stderr } = columns;
    this.addSlot(metric, recorded?.subarray(from, to) ?? null, to - from);
    this.packer.pack(position, from, to);
    this.packer.pack(step, from, to);
    this.packer.pack(wallTime, from, to, true);
    this.packer.pack(value, from, to);
    if (this.withStderr) this.packStderr(stderr, from, to);
  }

  /** The same for columns that a reader has made, of which all points count. */
  addColumns(metric: number, columns: MetricColumns, count: number): void {
    const { position, step, wallTime, value, recorded, stderr } = columns;
    this.addSlot(metric, recorded, count);
    for (const column of [position, step, wallTime, value]) this.packer.packAll(column);
    if (this.withStderr && stderr) this.packer.packAll(stderr);
    else if (this.withStderr) this.packStderr(null, 0, count);
  }

  finish(): Segment {
    this.reserve(this.slots + 1);
    this.starts[this.slots] = this.length;
    const { packed, words, bytes } = this.packer.finish([
      this.metrics.subarray(0, this.slots),
      this.starts.subarray(0, this.slots + 1),
    ]);
    const [metrics, starts] = words as [Uint32Array, Uint32Array];
    const recorded = this.allRecorded ? null : this.recorded.slice(0, this.length);
    return new Segment(metrics, starts, packed, this.withStderr ? 5 : 4, recorded, bytes);
  }

  private addSlot(metric: number, recorded: Uint8Array | null, count: number): void {
    this.reserve(this.slots + 1);
    this.metrics[this.slots] = metric;
    this.starts[this.slots] = this.length;
    this.slots += 1;
    const at = this.length;
    this.length += count;
    const isRecorded = recorded === null || recorded.every((flag) => flag === 1);
    if (isRecorded && this.allRecorded) return;
    if (this.length > this.recorded.length) this.recorded = grown(this.recorded, this.length);
    if (this.allRecorded) this.recorded.fill(1, 0, at);
    this.allRecorded = false;
    if (recorded) this.recorded.set(recorded, at);
    else this.recorded.fill(1, at, this.length);
  }

  private packStderr(stderr: Float64Array | null, from: number, to: number): void {
    if (stderr) this.packer.pack(stderr, from, to);
    else this.packer.pack(new Float64Array(to - from).fill(NaN), 0, to - from);
  }

  private reserve(slots: number): void {
    if (slots < this.starts.length) return;
    this.metrics = grown(this.metrics, slots + 1);
    this.starts = grown(this.starts, slots + 1);
  }
}
