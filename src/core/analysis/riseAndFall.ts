/** Method M20: a metric that rises and falls again inside a run, as the test loss does in double descent. */

import type { Interval } from "../model/interval.js";
import type { Series } from "../model/series.js";
import { findChangePoints, noiseSdOf, type ChangePoints } from "./changePoints.js";

export interface RiseAndFallOptions {
  /** What levels are: medians or means of M6's segments. */
  readonly kind: "l1" | "mean";
  /** A dip is a peak of the negative values. */
  readonly shape: "peak" | "dip";
}

export interface RiseAndFall {
  /** Where the level passes half of the prominence on the way up, and down again: intervals of M6's breaks. */
  readonly rise: Interval;
  readonly fall: Interval;
  /** The evaluations of the highest level: it is known to hold from `by` of the rise on, at the latest. */
  readonly peak: Interval;
  readonly level: number;
  /** How far one must go down from the level before anything higher, on the side where that is less. */
  readonly prominence: number;
  /** In standard deviations of the noise about its level; null where there is no noise. */
  readonly prominenceInNoise: number | null;
}

export interface RisesAndFalls {
  /** By step. */
  readonly peaks: readonly RiseAndFall[];
  readonly changePoints: ChangePoints;
}

const MIN_PROMINENCE = 5;
/** A peak has a level on either side. */
export const LEAST_LEVELS = 3;

/**
 * Peaks among the levels of M6's segments, so that the highest of many noisy values is none: a level above both its
 * neighbours whose prominence is at least five standard deviations of the noise, `σ̂/√(1 − ρ)`. Prominence as in
 * topography, and half of it for rise and fall, as `scipy.signal.find_peaks` and `peak_widths` have them. What begins or
 * ends on its highest level has not risen or not fallen, and is no peak. O(M6) and O(segments²).
 */
export function findRisesAndFalls(
  series: Series,
  { kind, shape }: RiseAndFallOptions,
): RisesAndFalls {
  const changePoints = findChangePoints(series, { kind });
  const { segments, breaks } = changePoints;
  const sign = shape === "peak" ? 1 : -1;
  const levels = segments.map(({ firstValue }) => sign * firstValue);
  const sd = noiseSdOf(changePoints);
  const peaks: RiseAndFall[] = [];
  for (let k = 1; k + 1 < levels.length; k++) {
    const level = levels[k] as number;
    if (!(level > (levels[k - 1] as number) && level >= (levels[k + 1] as number))) continue;
    const prominence = level - Math.max(baseFrom(levels, k, -1), baseFrom(levels, k, 1));
    if (!(prominence >= MIN_PROMINENCE * sd)) continue;
    const half = level - prominence / 2;
    let up = k - 1;
    while ((levels[up] as number) > half) up--;
    let down = k + 1;
    while ((levels[down] as number) > half) down++;
    const before = segments[k - 1];
    const top = segments[k];
    const { after, by } = breaks[up] as Interval;
    const fall = breaks[down - 1] as Interval;
    peaks.push({
      rise: { after, by },
      fall: { after: fall.after, by: fall.by },
      peak: { after: before?.lastStep ?? null, by: top?.lastStep ?? null },
      level: sign * level,
      prominence,
      prominenceInNoise: sd > 0 ? prominence / sd : null,
    });
  }
  return { peaks, changePoints };
}

/** Lowest level from `peak` on in one direction, up to the first that is higher. */
function baseFrom(levels: readonly number[], peak: number, direction: 1 | -1): number {
  const top = levels[peak] as number;
  let base = top;
  for (let k = peak + direction; k >= 0 && k < levels.length; k += direction) {
    const level = levels[k] as number;
    if (level > top) break;
    base = Math.min(base, level);
  }
  return base;
}
