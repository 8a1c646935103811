/** Method M4: linearity and breakthroughness, after BIG-bench (Srivastava et al. 2022, appendix B). */

import type { Series } from "../model/series.js";
import { knownPoints } from "./findOnset.js";
import { mean, median } from "./statistics.js";

export interface Breakthroughness {
  /** `I = sign(argmax − argmin)·(max − min)`: how much was gained, negative where the highest value came first. */
  readonly improvement: number | null;
  /** `L = I / √(mean Δ²)`: large where the change is spread evenly over the evaluations. */
  readonly linearity: number | null;
  /** `B = I / √(median Δ²)`: large where few evaluations hold the change; a bound where the median is 0. */
  readonly breakthroughness: number | "> 100" | "< -100" | null;
}

/**
 * Only finite evaluations count, each difference as one whatever the steps between. Of equal extremes the first one is
 * taken. The definition knows no direction: a loss that falls has a negative I. All null below two finite evaluations;
 * L and B are null for a flat series, whose I is 0. O(n log n).
 */
export function measureBreakthroughness(series: Series): Breakthroughness {
  const value = knownPoints(series).value.filter((y) => Number.isFinite(y));
  if (value.length < 2) return { improvement: null, linearity: null, breakthroughness: null };
  let lowest = 0;
  let highest = 0;
  const squares = new Float64Array(value.length - 1);
  for (let i = 1; i < value.length; i++) {
    const y = value[i] as number;
    if (y < (value[lowest] as number)) lowest = i;
    if (y > (value[highest] as number)) highest = i;
    squares[i - 1] = (y - (value[i - 1] as number)) ** 2;
  }
  const improvement =
    Math.sign(highest - lowest) * ((value[highest] as number) - (value[lowest] as number));
  if (improvement === 0) return { improvement: 0, linearity: null, breakthroughness: null };
  const middle = median(squares);
  return {
    improvement,
    linearity: improvement / Math.sqrt(mean(squares)),
    breakthroughness:
      middle > 0 ? improvement / Math.sqrt(middle) : improvement > 0 ? "> 100" : "< -100",
  };
}
