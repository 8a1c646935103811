/** A log among those of a run's table, and the attempts that its points of a metric belong to. */

import type { Attempt } from "../model/run.js";
import { attemptAt } from "./attempts.js";
import type { MetricPlace } from "./metricPlaces.js";
import type { Numbers } from "./narrowColumn.js";
import type { PointLog } from "./pointLog.js";

/** A log as it was when the table was built. */
export interface TableLog {
  /** The log that it was read into, of which it may be a piece. */
  readonly origin: PointLog;
  readonly step: Numbers;
  readonly wallTime: Numbers;
  readonly value: Numbers;
  readonly recorded: Numbers | null;
  readonly stderr: Numbers | null;
  /** Logs of one stream repeat a step by design; those of different ones contradict each other. */
  readonly stream: number;
  readonly isEvaluation: boolean;
  /** What its steps count, where they count something else than those of the run. */
  readonly axis: string | null;
  /** Attempts that its points can belong to: the run's, but for a log whose steps count something else. */
  readonly attempts: readonly Attempt[];
  /** Of each attempt of its stream, the first one of `attempts` that it can be a part of. */
  readonly firsts: readonly number[];
  /** The attempt of the stream that the log begins in, and before which of its points others begin. */
  readonly firstLocal: number;
  readonly cuts: readonly number[];
  /** By attempt: the step from which on a point is superseded. */
  readonly cutoffs: Float64Array;
  /** The run's last attempt. */
  readonly lastAttempt: number;
}

/** One metric in one log, as it was when the table was built. */
export interface MetricSource extends Readonly<MetricPlace> {
  readonly log: TableLog;
}

/** Points that follow one another in one attempt of their stream. */
export interface Piece {
  readonly source: MetricSource;
  /** Which of the source's points. */
  readonly from: number;
  readonly to: number;
  /** Of the log's attempts those that the points can belong to; only their steps tell where they are several. */
  readonly low: number;
  readonly high: number;
}

/** A source's points, in the order of writing. O(restarts · log(points)). */
export function piecesOf(source: MetricSource): Piece[] {
  const { log, index, count } = source;
  const pieces: Piece[] = [];
  let from = 0;
  for (let cut = 0; cut <= log.cuts.length; cut++) {
    const before = log.cuts[cut];
    const to = before === undefined ? count : lowerBound(index, before, from, count);
    if (to > from) {
      const local = log.firstLocal + cut;
      const low = log.firsts[local] as number;
      const high = (log.firsts[local + 1] ?? log.attempts.length) - 1;
      pieces.push({ source, from, to, low, high });
      from = to;
    }
  }
  return pieces;
}

/** The attempt, among those of its log, that a point of a piece belongs to. */
export function attemptIn({ source, low, high }: Piece, step: number): number {
  return low === high ? low : attemptAt(source.log.attempts, step, low, high);
}

/** Index of the first of ascending numbers from `from` to before `to` that is not below `bound`; `to` where all are. */
export function lowerBound(
  numbers: ArrayLike<number>,
  bound: number,
  from: number,
  to: number,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
