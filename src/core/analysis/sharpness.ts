/** Method M3: how sudden a change is. */

import type { Direction } from "../model/metric.js";
import type { Series } from "../model/series.js";
import { findOnset, knownPoints } from "./findOnset.js";
import { comparison } from "./sensitivity.js";
import { fractionOfRange } from "./thresholds.js";

export interface Sharpness {
  /**
   * `max|y_i − y_{i−1}| / (y_max − y_min)`, in (0, 1]: 1 is one sudden step. Null for a flat series, for one point, and
   * where the range is too large for a number.
   */
  readonly sharpness: number | null;
  /** `log10 s_90 − log10 s_10` on the thresholds at 10 % and 90 % of the range; null where they are not reached. */
  readonly width: number | null;
}

/** Only finite evaluations count. Step 0 counts as step 1 in the logarithm. O(n). */
export function measureSharpness(series: Series, direction: Direction): Sharpness {
  const { value } = knownPoints(series);
  const finite = value.filter((v) => Number.isFinite(v));
  let largest = 0;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < finite.length; i++) {
    const y = finite[i] as number;
    if (i > 0) largest = Math.max(largest, Math.abs(y - (finite[i - 1] as number)));
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  const range = high - low;
  const s10 = stepAt(series, direction, 0.1);
  const s90 = stepAt(series, direction, 0.9);
  return {
    sharpness: range > 0 && range < Infinity ? largest / range : null,
    width: s10 === null || s90 === null ? null : logStep(s90) - logStep(s10),
  };
}

function stepAt(series: Series, direction: Direction, fraction: number): number | null {
  const threshold = fractionOfRange(series, direction, fraction);
  if (!threshold.ok) return null;
  const operator = direction === "higher" ? ">" : "<";
  return findOnset(series, comparison(operator, threshold.at(0)), 2).by;
}

function logStep(step: number): number {
  return Math.log10(step === 0 ? 1 : step);
}
