/** Methods M1 and M2: when a behaviour was acquired, lost and acquired again. */

import { statusOf, type Interval, type OnsetStatus } from "../model/interval.js";
import type { Series } from "../model/series.js";

export interface PresenceInterval {
  readonly onset: Interval;
  /** False when fewer evaluations were left than the persistence asks for. */
  readonly confirmed: boolean;
  readonly offset: Interval | null;
  readonly offsetConfirmed: boolean;
}

export interface Onset extends Interval {
  readonly status: OnsetStatus;
  readonly confirmed: boolean;
  /** Value at `by`, or null. */
  readonly value: number | null;
  /** The behaviour's presence: acquired, lost, acquired again. Empty unless it was ever present. */
  readonly presence: readonly PresenceInterval[];
  /** Known evaluations: those with a value that is not NaN. */
  readonly evaluations: number;
  /** Evaluations that say nothing: NaN, or not recorded. */
  readonly unknown: number;
}

/** The known evaluations of a series: steps and values without NaN. */
export interface Known {
  readonly step: Float64Array;
  readonly value: Float64Array;
}

/** The points of a series that say something (rule 0). NaN is neither present nor absent. */
export function knownPoints(series: Series): Known {
  const { step, value } = series;
  if (!mayHoldNaN(value)) return { step, value };
  const isKnown = (_: number, i: number): boolean => !Number.isNaN(value[i]);
  return { step: step.filter(isKnown), value: value.filter(isKnown) };
}

/** A sum is NaN where a value is; it is too where infinities cancel. Four sums, which need not wait for one another. */
function mayHoldNaN(value: Float64Array): boolean {
  const n = value.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    a += value[i] as number;
    b += value[i + 1] as number;
    c += value[i + 2] as number;
    d += value[i + 3] as number;
  }
  for (; i < n; i++) a += value[i] as number;
  return Number.isNaN(a + b + c + d);
}

/**
 * M1 with M2: onset at the first known evaluation from which on the predicate holds for `persistence` known evaluations
 * in a row; where fewer are left it must hold for those, and is unconfirmed. The offset is the same rule on the negated
 * predicate behind it, and so on. O(n): each evaluation is asked at most once, and where nothing happens only every
 * `persistence`-th one.
 *
 * An onset at the first known evaluation has no left end; without an onset `after` is the last known evaluation; without
 * any known evaluation both ends are null.
 */
export function findOnset(
  series: Series,
  isPresent: (value: number, index: number) => boolean,
  persistence: number,
): Onset {
  const { step, value } = knownPoints(series);
  const n = step.length;
  const presence: PresenceInterval[] = [];
  const first = firstPersistent(value, isPresent, 0, true, persistence);
  for (let onset = first; onset >= 0;) {
    const offset = firstPersistent(value, isPresent, onset + 1, false, persistence);
    presence.push({
      onset: intervalAt(step, onset),
      confirmed: n - onset >= persistence,
      offset: offset < 0 ? null : intervalAt(step, offset),
      offsetConfirmed: offset >= 0 && n - offset >= persistence,
    });
    if (offset < 0) break;
    onset = firstPersistent(value, isPresent, offset + 1, true, persistence);
  }
  const interval: Interval =
    first < 0
      ? { after: n === 0 ? null : (step[n - 1] as number), by: null }
      : intervalAt(step, first);
  // Field by field, since a spread takes as long here as the search does.
  return {
    after: interval.after,
    by: interval.by,
    status: statusOf(interval),
    confirmed: first >= 0 && n - first >= persistence,
    value: first < 0 ? null : (value[first] as number),
    presence,
    evaluations: n,
    unknown: series.step.length - n + series.notRecorded,
  };
}

/** First index from `from` on at which presence is as wanted for `persistence` evaluations, or for all left; or −1. */
export function firstPersistent(
  value: Float64Array | Uint8Array,
  isPresent: (value: number, index: number) => boolean,
  from: number,
  wanted: boolean,
  persistence: number,
): number {
  const n = value.length;
  let start = from;
  /** From the start up to here all are as wanted. */
  let asked = from;
  while (start < n) {
    let last = start + persistence - 1;
    // Where the last one of a row is not as wanted, none up to it can be the first.
    while (last < n && isPresent(value[last] as number, last) !== wanted) last += persistence;
    start = last - persistence + 1;
    if (start >= n) return -1;
    let i = Math.min(last, n) - 1;
    const least = Math.max(start, asked);
    while (i >= least && isPresent(value[i] as number, i) === wanted) i--;
    if (i < least) return start;
    start = i + 1;
    asked = last + 1;
  }
  return -1;
}

function intervalAt(step: Float64Array, index: number): Interval {
  return {
    after: index === 0 ? null : (step[index - 1] as number),
    by: step[index] as number,
  };
}

/** Index of a step that is in the ascending `step`, by bisection; -1 where it is not. */
export function indexOfStep(step: Float64Array, at: number): number {
  const index = lastIndexUpTo(step, at);
  return index >= 0 && step[index] === at ? index : -1;
}

/** Index of the last step that is at most `at`, by bisection; -1 where all are greater. */
export function lastIndexUpTo(step: Float64Array, at: number): number {
  let low = 0;
  let high = step.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((step[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
