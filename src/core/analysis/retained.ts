/** Method M2: how much of what was acquired is left at the end. */

import type { Direction } from "../model/metric.js";
import type { Series } from "../model/series.js";
import { knownPoints } from "./findOnset.js";
import { bestOf } from "./thresholds.js";

/**
 * `(y_n − y_first) / (y_best − y_first)` over the finite evaluations: 1 where the last value is the best one, 0 where
 * nothing is left, below 0 where it fell behind the beginning. Null without a way from the first value to the best. O(n).
 */
export function retainedFraction(series: Series, direction: Direction): number | null {
  const { value } = knownPoints(series);
  const finite = value.filter((v) => Number.isFinite(v));
  const first = finite[0];
  const last = finite.at(-1);
  if (first === undefined || last === undefined) return null;
  const way = bestOf(finite, direction) - first;
  return way === 0 ? null : (last - first) / way;
}
