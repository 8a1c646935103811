/** A log among those of a run's table, and the attempts that its points of a metric belong to. */

import type { Attempt } from "../model/run.js";
import { cutsOf, type PlacedAttempts, type StreamAttempts } from "./attempts.js";
import type { ColumnLog } from "./columnLog.js";
import type { LogPoints, MetricFacts } from "./logPoints.js";
import type { Stretch } from "./stretch.js";

export interface TableLog {
  /** The log that it was read into, of which it may be a piece. */
  readonly origin: ColumnLog;
  readonly points: LogPoints;
  /** Logs of one stream repeat a step by design; those of different ones contradict each other. */
  readonly stream: number;
  /** Where it stands in its stream; null for an evaluation, which belongs to none. */
  readonly place: StreamPlace | null;
  /** By attempt of the run: the step from which on a point is superseded. */
  readonly cutoffs: Float64Array;
}

export interface StreamPlace {
  readonly file: number;
  readonly attempts: StreamAttempts;
  readonly placed: PlacedAttempts;
}

/** One metric in one log. */
export interface MetricSource {
  readonly log: TableLog;
  readonly facts: MetricFacts;
}

/** Points that follow one another in one attempt, or in one of several that only their steps tell. */
export interface Piece {
  readonly points: Stretch;
  readonly log: TableLog;
  /** The attempts of the run that they can belong to. */
  readonly low: number;
  readonly high: number;
}

/** A source's points, in the order of writing. */
export function piecesOf({ log, facts }: MetricSource, attempts: readonly Attempt[]): Piece[] {
  const points = log.points.stretch(facts.metric);
  const last = attempts.length - 1;
  if (log.place === null) return [{ points, log, low: 0, high: last }];
  const { file, attempts: own, placed } = log.place;
  const { first, cuts } = cutsOf(own, file, points);
  const bounds = [0, ...cuts, points.length];
  return bounds.slice(1).flatMap((end, i): Piece[] => {
    const start = bounds[i] as number;
    if (start === end) return [];
    const low = placed.firsts[first + i] as number;
    const high = (placed.firsts[first + i + 1] ?? attempts.length) - 1;
    return [{ points: points.part(start, end), log, low, high }];
  });
}
