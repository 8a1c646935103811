/** Makes one row of what several sources say equally of a metric and a step, and finds what they contradict. */

import { reordered, sortedOrder, type MetricRows } from "./metricRows.js";

export interface Contradiction {
  readonly metric: string;
  readonly step: number;
  readonly used: number;
  readonly other: number;
}

export interface Merged {
  readonly rows: MetricRows;
  /** Index of the source of each row. */
  readonly origin: Uint32Array;
  /** Values that two sources give differently for one step: the first few, and how many there are. */
  readonly contradictions: readonly Omit<Contradiction, "metric">[];
  readonly contradictionCount: number;
}

export const SHOWN_CONTRADICTIONS = 5;

/** Values of one step that are searched for an equal one: logs that never set a step have all of theirs at 0. */
const MAX_VALUES_COMPARED = 64;

/**
 * `points` lie one source behind the other, `origin` is the source of each, `streams` the stream of each source. One stream
 * repeats a step by design or says it again; what a second one says is merged with the equal values of those before it, and
 * contradicts them where it has others. O(n), or O(n log n) where points are not sorted.
 */
export function mergeSources(
  points: MetricRows,
  origin: ArrayLike<number>,
  streams: readonly number[],
): Merged {
  const merger = new Merger(points, origin, streams);
  merger.merge();
  return merger.result();
}

class Merger {
  private readonly order: Uint32Array;
  private readonly contradictions: Omit<Contradiction, "metric">[] = [];
  private contradictionCount = 0;
  /** Points that are rows, in their order; rows may take wall time and error from another point. */
  private length = 0;
  private readonly rows: Uint32Array;

  constructor(
    private readonly points: MetricRows,
    private readonly origin: ArrayLike<number>,
    private readonly streams: readonly number[],
  ) {
    const { length } = points.step;
    this.order = sortedOrder(points) ?? Uint32Array.from({ length }, (_, i) => i);
    this.rows = new Uint32Array(length);
  }

  merge(): void {
    const { order } = this;
    const { attempt, step } = this.points;
    for (let from = 0, to: number; from < order.length; from = to) {
      const first = order[from] as number;
      for (to = from + 1; to < order.length; to++) {
        const i = order[to] as number;
        if (attempt[i] !== attempt[first] || step[i] !== step[first]) break;
      }
      this.addStep(from, to);
    }
  }

  result(): Merged {
    const order = this.rows.subarray(0, this.length);
    const { contradictions, contradictionCount } = this;
    return {
      rows: reordered(this.points, order),
      origin: order.map((i) => this.origin[i] as number),
      contradictions,
      contradictionCount,
    };
  }

  /** Adds the points of one attempt and step. */
  private addStep(start: number, end: number): void {
    const first = this.length;
    for (let at = start; at < end;) {
      const stream = this.streamOf(this.order[at] as number);
      const before = this.length;
      let free = first;
      for (; at < end; at++) {
        const point = this.order[at] as number;
        if (this.streamOf(point) !== stream) break;
        const equal = this.equalRow(free, before, point);
        if (equal >= 0) {
          this.unite(equal, point);
          free = equal + 1;
        } else if (before === first || this.isRecorded(point)) {
          this.rows[this.length++] = point;
        }
      }
      if (before > first && this.length > before) this.contradict(before);
    }
  }

  private streamOf(point: number): number {
    return this.streams[this.origin[point] as number] as number;
  }

  /** The first of the next rows from `from` up to `to` that says the same or nothing; −1 where there is none. */
  private equalRow(from: number, to: number, point: number): number {
    const { value } = this.points;
    for (let at = from; at < Math.min(to, from + MAX_VALUES_COMPARED); at++) {
      const row = this.rows[at] as number;
      if (!this.isRecorded(row)) return at;
      if (this.isRecorded(point) && isSameValue(value[row] as number, value[point] as number)) {
        return at;
      }
    }
    return -1;
  }

  private isRecorded(point: number): boolean {
    return this.points.recorded?.[point] !== 0;
  }

  /** Makes one row of two equal ones: the value with more digits stays, and what only one of them has. */
  private unite(at: number, point: number): void {
    const { value, wallTime, stderr } = this.points;
    const row = this.rows[at] as number;
    const isFinerBefore = this.isRecorded(row) && !isSingle(value[row] as number);
    const isReplaced = !isFinerBefore || !isSingle(value[point] as number);
    const [kept, other] = isReplaced ? [point, row] : [row, point];
    this.rows[at] = kept;
    if (Number.isNaN(wallTime[kept])) wallTime[kept] = wallTime[other] as number;
    if (stderr && Number.isNaN(stderr[kept])) stderr[kept] = stderr[other] as number;
  }

  private contradict(from: number): void {
    this.contradictionCount += this.length - from;
    if (this.contradictions.length >= SHOWN_CONTRADICTIONS) return;
    const { step, value } = this.points;
    this.contradictions.push({
      step: step[this.rows[from] as number] as number,
      used: value[this.rows[this.length - 1] as number] as number,
      other: value[this.rows[from - 1] as number] as number,
    });
  }
}

/** Equal, as far as a source that keeps 32 bits can tell. */
function isSameValue(a: number, b: number): boolean {
  return Math.fround(a) === Math.fround(b) || (Number.isNaN(a) && Number.isNaN(b));
}

function isSingle(value: number): boolean {
  return Math.fround(value) === value;
}
