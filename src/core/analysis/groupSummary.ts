/** Method M13: the values of a seed group at one value of the axis, in a few numbers. */

import { studentQuantile } from "./distributions.js";
import { mean, standardDeviation } from "./statistics.js";

/** Rule 5: below this a group is drawn as dots, never as a band: fewer seeds say nothing of how seeds vary. */
export const MIN_SEEDS = 3;

export interface GroupSummary {
  /** Finite values: those that the numbers below are of. */
  readonly n: number;
  /** NaN and infinities, which are counted and take no part. */
  readonly nonFinite: number;
  /** Null without a finite value; so are `min` and `max`. */
  readonly mean: number | null;
  /** Sample standard deviation (n − 1); null below two values; so are `se` and `ci`. */
  readonly sd: number | null;
  /** Standard error of the mean, `sd/√n`. */
  readonly se: number | null;
  /** 95 % interval of the mean, `mean ± t(0.975; n − 1)·se`. */
  readonly ci: readonly [low: number, high: number] | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Rule 5: a band from three seeds on. */
  readonly drawAs: "dots" | "band";
}

/** O(n). The interval of the mean is Student's: it holds 95 % for normal values, whatever their number. */
export function summariseGroup(values: readonly number[]): GroupSummary {
  const finite = values.filter((value) => Number.isFinite(value));
  const n = finite.length;
  const centre = n === 0 ? null : mean(finite);
  const sd = n < 2 ? null : standardDeviation(finite);
  const se = sd === null ? null : sd / Math.sqrt(n);
  const half = se === null ? 0 : studentQuantile(0.05, n - 1) * se;
  return {
    n,
    nonFinite: values.length - n,
    mean: centre,
    sd,
    se,
    ci: centre === null || se === null ? null : [centre - half, centre + half],
    min: n === 0 ? null : finite.reduce((least, value) => Math.min(least, value)),
    max: n === 0 ? null : finite.reduce((most, value) => Math.max(most, value)),
    drawAs: n < MIN_SEEDS ? "dots" : "band",
  };
}
