/** Onsets of several runs as survival methods take them: those that say something, and how many say nothing. */

import { statusOf, type Interval } from "../model/interval.js";

export interface OnsetSample {
  /** Intervals with `after < by`, an end that is open being −∞ or ∞. */
  readonly intervals: readonly OpenInterval[];
  /** Runs without data. An interval that is none, `after ≥ by` or NaN, says nothing either. */
  readonly noData: number;
}

/** `(after, by]`, with infinite ends where an onset is censored. */
export interface OpenInterval {
  readonly after: number;
  readonly by: number;
}

/** A run that never showed the behaviour stays: its interval is open to the right. */
export function onsetSample(onsets: readonly Interval[]): OnsetSample {
  const intervals = onsets
    .filter((onset) => statusOf(onset) !== "no-data")
    .map(({ after, by }) => ({ after: after ?? -Infinity, by: by ?? Infinity }))
    .filter(({ after, by }) => after < by && (after > -Infinity || by < Infinity));
  return { intervals, noData: onsets.length - intervals.length };
}

/** The model's interval, whose open ends are null. */
export function toInterval([after, by]: readonly [after: number, by: number]): Interval {
  return { after: after === -Infinity ? null : after, by: by === Infinity ? null : by };
}
