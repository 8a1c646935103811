/** Method M14: whether the mean of a seed group hides two groups. */

import { dip, dipTail } from "./dip.js";
import { fitTwoGaussians, type TwoGaussians } from "./twoGaussians.js";

export interface TwoModes {
  /** Finite values. */
  readonly n: number;
  /** NaN and infinities, which are counted and take no part. */
  readonly nonFinite: number;
  /** Two Gaussians of equal variance; null below ten values and where all are equal. */
  readonly gaussians: TwoGaussians | null;
  /** Hartigan's dip and its p-value; null below ten values. */
  readonly dip: { readonly statistic: number; readonly p: number } | null;
  /** Both say so: `ΔBIC ≥ 6`, and `p < 0.05` of the dip. */
  readonly hidesTwoGroups: boolean;
}

const MIN_DELTA_BIC = 6;
const MAX_P = 0.05;

/**
 * Two Gaussians against one by ΔBIC, and Hartigan's dip: the first alone takes any skewed group for two, the second alone
 * does not say what is there instead. O(n log n + n · starts · rounds).
 */
export function findTwoModes(values: readonly number[]): TwoModes {
  const finite = values.filter((value) => Number.isFinite(value));
  const n = finite.length;
  const counts = { n, nonFinite: values.length - n };
  const statistic = dip(finite);
  const p = statistic === null ? null : dipTail(statistic, n);
  // Below ten values there is no p-value, and dots say more than any of this.
  if (statistic === null || p === null) {
    return { ...counts, gaussians: null, dip: null, hidesTwoGroups: false };
  }
  const gaussians = fitTwoGaussians(finite);
  return {
    ...counts,
    gaussians,
    dip: { statistic, p },
    hidesTwoGroups: gaussians !== null && gaussians.deltaBic >= MIN_DELTA_BIC && p < MAX_P,
  };
}
