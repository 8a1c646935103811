/** Method M8: how the onset moves with the choice of the threshold. */

import type { Series } from "../model/series.js";
import { knownPoints } from "./findOnset.js";

const THRESHOLDS = 81;
const CENTRAL = 0.8;
const TOLERANCE = 0.1;

export type Comparison = ">" | ">=" | "<" | "<=" | "==" | "!=";

export function compare(value: number, operator: Comparison, threshold: number): boolean {
  switch (operator) {
    case ">":
      return value > threshold;
    case ">=":
      return value >= threshold;
    case "<":
      return value < threshold;
    case "<=":
      return value <= threshold;
    case "==":
      return value === threshold;
    case "!=":
      return value !== threshold;
  }
}

/**
 * The predicate `value operator level` for values that are not NaN. All come from this one place, so that a search over
 * many runs is compiled for them: a predicate of each caller's own takes several times as long.
 */
export function comparison(operator: Comparison, level: number): (value: number) => boolean {
  const above = compare(1, operator, 0);
  const below = compare(-1, operator, 0);
  const equal = compare(0, operator, 0);
  return (value) => (value > level ? above : value < level ? below : equal);
}

export interface Sensitivity {
  /** 81 thresholds over the central 80 % of the range, ascending. */
  readonly thresholds: Float64Array;
  /** Right end of the onset for each threshold, NaN where the behaviour is not present by the last evaluation. */
  readonly by: Float64Array;
  /** True when the onset moves by at most one evaluation for thresholds within ± 10 % of the range. */
  readonly robust: boolean;
}

/**
 * Null for a series without a range, and for operators that no range orders (`==`, `!=`).
 *
 * The behaviour holds from evaluation i on where the worst of the `persistence` values from there does, so the onset is
 * where the best of these worst values so far first passes the threshold, found by bisection. O(n + 81 · log n).
 */
export function sensitivityOf(
  series: Series,
  operator: Comparison,
  threshold: number,
  persistence: number,
): Sensitivity | null {
  const { step, value } = knownPoints(series);
  const { low, high } = rangeOf(value);
  const range = high - low;
  if (!(range > 0 && range < Infinity) || operator === "==" || operator === "!=") return null;
  const sign = operator === ">" || operator === ">=" ? 1 : -1;
  const reached = reachedBy(sign === 1 ? value : value.map((y) => -y), persistence);
  const isStrict = operator === ">" || operator === "<";
  const onsetIndex = (level: number): number => firstPast(reached, sign * level, isStrict);
  const thresholds = Float64Array.from(
    { length: THRESHOLDS },
    (_, k) => low + range * ((1 - CENTRAL) / 2 + (CENTRAL * k) / (THRESHOLDS - 1)),
  );
  // An onset only moves later as the threshold moves to the better side: the two ends bound all that lie between.
  const [one, other] = [
    onsetIndex(threshold - TOLERANCE * range),
    onsetIndex(threshold + TOLERANCE * range),
  ];
  return {
    thresholds,
    by: thresholds.map((level) => step[onsetIndex(level)] ?? NaN),
    robust: Math.abs(one - other) <= 1,
  };
}

/** By evaluation, the highest level that `persistence` values in a row, or all that are left, have kept so far. */
function reachedBy(value: Float64Array, persistence: number): Float64Array {
  const n = value.length;
  const reached = new Float64Array(n);
  // Indices of the window from i on that no earlier one undercuts: their values fall, the last is the minimum.
  const queue = new Int32Array(n);
  let front = n;
  let back = n;
  for (let i = n - 1; i >= 0; i--) {
    while (front < back && (value[queue[front] as number] as number) >= (value[i] as number))
      front++;
    queue[--front] = i;
    if ((queue[back - 1] as number) >= i + Math.max(1, persistence)) back--;
    reached[i] = value[queue[back - 1] as number] as number;
  }
  for (let i = 1; i < n; i++) {
    reached[i] = Math.max(reached[i] as number, reached[i - 1] as number);
  }
  return reached;
}

/** First index at which the ascending `reached` is past the level; its length where none is. */
function firstPast(reached: Float64Array, level: number, isStrict: boolean): number {
  let low = 0;
  let high = reached.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = reached[middle] as number;
    if (isStrict ? at > level : at >= level) high = middle;
    else low = middle + 1;
  }
  return low;
}

function rangeOf(value: Float64Array): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const y of value) {
    if (!Number.isFinite(y)) continue;
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  return { low, high };
}
