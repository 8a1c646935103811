/** Method M11 with rule 7: a difference, and how it compares with the noise between seeds or between checkpoints. */

import type { Direction } from "../model/metric.js";
import type { Series } from "../model/series.js";
import { MIN_SEEDS } from "./groupSummary.js";
import { detrendedLast } from "./signalToNoise.js";
import { standardDeviation } from "./statistics.js";

export type Verdict = "within noise" | "marginal" | "likely real" | "noise unknown" | "equal";

export interface Difference {
  /** `b − a`. */
  readonly delta: number;
  /** `Δ/|a|`; null where `a` is 0 or not finite. */
  readonly relative: number | null;
  /** Noise of the difference in the metric's own unit, null where it is not known. */
  readonly noise: number | null;
  /** `|Δ|/noise`; null where the noise is not known. */
  readonly ratio: number | null;
  readonly verdict: Verdict;
  /** Whether `b` is better than `a` by the metric's direction; null where they are equal or not comparable. */
  readonly better: boolean | null;
}

/** Values of one seed group at one step. */
export type GroupValues = readonly number[];

/**
 * Noise of the difference of two means: `s·√(1/nA + 1/nB)`, where `s` is the sd over seeds, pooled over those of the two
 * groups that have at least three. Null where neither has.
 */
export function noiseOfDifference(
  groupA: GroupValues,
  groupB: GroupValues,
  nA: number,
  nB: number,
): number | null {
  let squares = 0;
  let freedom = 0;
  for (const values of groupA === groupB ? [groupA] : [groupA, groupB]) {
    const finite = values.filter((value) => Number.isFinite(value));
    if (finite.length < MIN_SEEDS) continue;
    squares += standardDeviation(finite) ** 2 * (finite.length - 1);
    freedom += finite.length - 1;
  }
  return freedom === 0 ? null : Math.sqrt(squares / freedom) * Math.sqrt(1 / nA + 1 / nB);
}

/** What is known of one side of a difference. */
export interface NoiseGroup {
  /** Values of its seeds at the value of the axis that is compared. */
  readonly values: GroupValues;
  /** The whole series of its runs. */
  readonly series: readonly Series[];
  /** Runs that the compared value is the mean of. */
  readonly n: number;
}

export interface NoiseFloor {
  /** Noise of the difference in the metric's own unit, null where it is not known. */
  readonly noise: number | null;
  readonly source: "seeds" | "last checkpoints" | null;
}

/** Nothing is known of the noise. */
export const NO_NOISE: NoiseFloor = { noise: null, source: null };

/**
 * Rule 7's noise floor: the sd over seeds where one of the groups has three, else that of the last checkpoints of all their
 * runs about their trend (M10), pooled; times `√(1/nA + 1/nB)`. Null where there is neither. A group compared with itself is
 * given twice.
 */
export function noiseFloor(a: NoiseGroup, b: NoiseGroup): NoiseFloor {
  const seeds = noiseOfDifference(a.values, b.values, a.n, b.n);
  if (seeds !== null) return { noise: seeds, source: "seeds" };
  let squares = 0;
  let freedom = 0;
  for (const series of new Set([...a.series, ...b.series])) {
    const residuals = detrendedLast(series);
    squares += residuals?.squares ?? 0;
    freedom += residuals?.freedom ?? 0;
  }
  if (freedom === 0) return NO_NOISE;
  const noise = Math.sqrt(squares / freedom) * Math.sqrt(1 / a.n + 1 / b.n);
  return { noise, source: "last checkpoints" };
}

/**
 * The difference of `b` to the baseline `a`. Defined for every number: NaN stays NaN and is never called better. A null
 * direction means that neither way is better.
 */
export function difference(
  a: number,
  b: number,
  noise: number | null,
  direction: Direction | null,
): Difference {
  const delta = a === b ? 0 : b - a;
  const ratio = noise === null ? null : delta === 0 ? 0 : Math.abs(delta) / noise;
  return {
    delta,
    relative: a === 0 || !Number.isFinite(a) ? null : delta / Math.abs(a),
    noise,
    ratio,
    verdict: verdictOf(delta, ratio),
    better:
      direction === null || delta === 0 || Number.isNaN(delta)
        ? null
        : delta > 0 === (direction === "higher"),
  };
}

function verdictOf(delta: number, ratio: number | null): Verdict {
  if (delta === 0) return "equal";
  if (ratio === null || Number.isNaN(ratio)) return "noise unknown";
  if (ratio < 2) return "within noise";
  return ratio < 3 ? "marginal" : "likely real";
}
