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
  if (!value.some((v) => Number.isNaN(v))) return { step, value };
  const indices: number[] = [];
  for (let i = 0; i < value.length; i++) if (!Number.isNaN(value[i])) indices.push(i);
  return {
    step: Float64Array.from(indices, (i) => step[i] as number),
    value: Float64Array.from(indices, (i) => value[i] as number),
  };
}

/**
 * M1 with M2: onset at the first known evaluation from which on the predicate holds for `persistence` known evaluations
 * in a row; where fewer are left it must hold for those, and is unconfirmed. The offset is the same rule on the negated
 * predicate behind it, and so on. O(n · persistence).
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
  const flags = new Uint8Array(n);
  for (let i = 0; i < n; i++) flags[i] = isPresent(value[i] as number, i) ? 1 : 0;
  const presence: PresenceInterval[] = [];
  let from = 0;
  for (;;) {
    const onset = firstPersistent(flags, from, 1, persistence);
    if (onset < 0) break;
    const offset = firstPersistent(flags, onset + 1, 0, persistence);
    presence.push({
      onset: intervalAt(step, onset),
      confirmed: n - onset >= persistence,
      offset: offset < 0 ? null : intervalAt(step, offset),
      offsetConfirmed: offset >= 0 && n - offset >= persistence,
    });
    if (offset < 0) break;
    from = offset + 1;
  }
  const first = presence[0];
  const interval: Interval = first?.onset ?? {
    after: n === 0 ? null : (step[n - 1] as number),
    by: null,
  };
  return {
    ...interval,
    status: statusOf(interval),
    confirmed: first?.confirmed ?? false,
    value: first ? (value[indexOfStep(step, first.onset.by as number)] as number) : null,
    presence,
    evaluations: n,
    unknown: series.step.length - n + series.notRecorded,
  };
}

/** First index from `from` on at which `wanted` holds for `persistence` evaluations, or for all that are left; or -1. */
export function firstPersistent(
  flags: Uint8Array,
  from: number,
  wanted: 0 | 1,
  persistence: number,
): number {
  for (let i = from; i < flags.length; i++) {
    const end = Math.min(i + persistence, flags.length);
    let j = i;
    while (j < end && flags[j] === wanted) j++;
    if (j === end) return i;
    i = j;
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
