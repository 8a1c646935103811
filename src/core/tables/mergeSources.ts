/**
 * The rows of a metric that several sources give, or one in which steps come twice, go back or have no value: sorted by
 * attempt and step, equal points of different sources merged, contradicting ones found.
 */

import type { Attempt } from "../model/run.js";
import { attemptAt } from "./attempts.js";
import type { MetricRows } from "./metricRows.js";
import { piecesOf, type MetricSource, type Piece, type TableLog } from "./metricSource.js";
import { STDERR, STEP, VALUE, WALL_TIME } from "./segment.js";

export interface Contradiction {
  readonly metric: string;
  readonly step: number;
  readonly used: number;
  readonly other: number;
}

/** What merging has found. */
export interface Merged {
  /** Of all points, sorted: the indices of those that are rows. */
  readonly order: Uint32Array;
  /** Rows by the log that they came from. */
  readonly counts: ReadonlyMap<TableLog, number>;
  /** Streams that rows came from alone, not merged with others. */
  readonly streams: ReadonlySet<number>;
  /** Several values at most steps, of one source. */
  readonly isRepeated: boolean;
  /** Values that two sources give differently for one step: the first few, and how many there are. */
  readonly contradictions: readonly Omit<Contradiction, "metric">[];
  readonly contradictionCount: number;
}

export const SHOWN_CONTRADICTIONS = 5;

/** All points of a metric, one source behind the other. */
export class GatheredPoints {
  readonly length: number;
  readonly step: Float64Array;
  readonly value: Float64Array;
  readonly attempt: Int32Array;
  readonly recorded: Uint8Array | null;
  private readonly pieces: readonly Piece[];
  /** Index of the piece of each point. */
  private readonly pieceOf: Uint32Array;

  constructor(sources: readonly MetricSource[], attempts: readonly Attempt[]) {
    this.pieces = sources.flatMap((source) => piecesOf(source, attempts));
    const length = this.pieces.reduce((sum, { points }) => sum + points.length, 0);
    const isRecorded = sources.every(({ facts }) => facts.recorded === facts.count);
    this.length = length;
    this.step = new Float64Array(length);
    this.value = new Float64Array(length);
    this.attempt = new Int32Array(length);
    this.recorded = isRecorded ? null : new Uint8Array(length);
    this.pieceOf = new Uint32Array(length);
    let at = 0;
    for (const [index, { points, low, high }] of this.pieces.entries()) {
      const end = at + points.length;
      points.read(STEP, this.step, at);
      points.read(VALUE, this.value, at);
      if (this.recorded) points.readRecorded(this.recorded, at);
      this.pieceOf.fill(index, at, end);
      if (low === high) this.attempt.fill(low, at, end);
      else {
        for (let i = at; i < end; i++) {
          this.attempt[i] = attemptAt(attempts, this.step[i] as number, low, high);
        }
      }
      at = end;
    }
  }

  /** O(n) where the points are sorted, O(n log n) where not. */
  merge(): Merged {
    const order = this.sorted();
    const { step, value, attempt, recorded } = this;
    const counts = new Map<TableLog, number>();
    const count = (piece: number, by: number): void => {
      const { log } = this.pieces[piece] as Piece;
      counts.set(log, (counts.get(log) ?? 0) + by);
    };
    const streams = new Set<number>();
    const contradictions: Omit<Contradiction, "metric">[] = [];
    let contradictionCount = 0;
    let length = 0;
    let several = 0;
    let distinct = 0;
    let atStep = 0;
    let lastStream = -1;
    for (const i of order) {
      const last = order[length - 1] as number;
      const piece = this.pieceOf[i] as number;
      const { stream } = (this.pieces[piece] as Piece).log;
      const isSameStep = length > 0 && step[last] === step[i] && attempt[last] === attempt[i];
      if (isSameStep && stream !== lastStream) {
        if (recorded && recorded[i] !== 1) continue;
        const [used, other] = [value[i] as number, value[last] as number];
        const isOtherRecorded = recorded === null || recorded[last] === 1;
        if (!isOtherRecorded || isSameValue(used, other)) {
          // The later source takes the place of the earlier one: event files hold float32, the others all digits.
          count(this.pieceOf[last] as number, -1);
          count(piece, 1);
          order[length - 1] = i;
          lastStream = stream;
          continue;
        }
        contradictionCount += 1;
        if (contradictions.length < SHOWN_CONTRADICTIONS) {
          contradictions.push({ step: step[last] as number, used, other });
        }
      }
      if (isSameStep) {
        atStep += 1;
        if (atStep === 2) several += 1;
      } else {
        distinct += 1;
        atStep = 1;
      }
      lastStream = stream;
      streams.add(stream);
      count(piece, 1);
      order[length++] = i;
    }
    return {
      order: order.subarray(0, length),
      ...{ counts, streams, contradictions, contradictionCount },
      isRepeated: streams.size === 1 && several > distinct / 2,
    };
  }

  /** The rows in an order, with all their columns. O(n). */
  rows(order: Uint32Array): MetricRows {
    const { length } = this;
    const wallTime = new Float64Array(length);
    const hasStderr = this.pieces.some(({ points }) => points.hasStderr);
    const stderr = hasStderr ? new Float64Array(length) : null;
    let at = 0;
    for (const { points } of this.pieces) {
      points.read(WALL_TIME, wallTime, at);
      if (stderr) points.read(STDERR, stderr, at);
      at += points.length;
    }
    const step = taken(this.step, order);
    const attempt = Int32Array.from(order, (i) => this.attempt[i] as number);
    return {
      attempt,
      step,
      wallTime: taken(wallTime, order),
      value: taken(this.value, order),
      recorded: this.recorded && Uint8Array.from(order, (i) => this.recorded?.[i] ?? 1),
      stderr: stderr && taken(stderr, order),
      superseded: Uint8Array.from(order, (i, row) => {
        const { cutoffs } = (this.pieces[this.pieceOf[i] as number] as Piece).log;
        return (step[row] as number) >= (cutoffs[attempt[row] as number] as number) ? 1 : 0;
      }),
    };
  }

  /**
   * Indices of the points, sorted by attempt and step, equal ones as they are: a merge sort of the runs that are sorted
   * already, since sources are written in order. O(n log(runs)).
   */
  private sorted(): Uint32Array {
    const { step, attempt, length } = this;
    let order = Uint32Array.from({ length }, (_, i) => i);
    const isBehind = (a: number, b: number): boolean => {
      const difference = (attempt[a] as number) - (attempt[b] as number);
      return difference > 0 || (difference === 0 && (step[a] as number) > (step[b] as number));
    };
    let bounds = [0];
    for (let i = 1; i < length; i++) if (isBehind(i - 1, i)) bounds.push(i);
    bounds.push(length);
    let merged = new Uint32Array(bounds.length > 2 ? length : 0);
    while (bounds.length > 2) {
      const wider = [0];
      for (let r = 0; r + 1 < bounds.length; r += 2) {
        const start = bounds[r] as number;
        const middle = bounds[r + 1] as number;
        const end = bounds[r + 2] ?? middle;
        let [a, b] = [start, middle];
        for (let at = start; at < end; at++) {
          const isSecond =
            a === middle || (b < end && isBehind(order[a] as number, order[b] as number));
          merged[at] = order[isSecond ? b++ : a++] as number;
        }
        wider.push(end);
      }
      [order, merged, bounds] = [merged, order, wider];
    }
    return order;
  }
}

function isSameValue(a: number, b: number): boolean {
  return Math.fround(a) === Math.fround(b) || (Number.isNaN(a) && Number.isNaN(b));
}

function taken(from: Float64Array, order: Uint32Array): Float64Array {
  const to = new Float64Array(order.length);
  for (let row = 0; row < order.length; row++) to[row] = from[order[row] as number] as number;
  return to;
}
