/** Method M8: how the onset moves with the choice of the threshold. */

import type { Series } from "../model/series.js";
import { findOnset, indexOfStep, knownPoints, type Known } from "./findOnset.js";

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

/** Null for a series without a range, and for operators that no range orders (`==`, `!=`). O(81 · n). */
export function sensitivityOf(
  series: Series,
  operator: Comparison,
  threshold: number,
  persistence: number,
): Sensitivity | null {
  const known = knownPoints(series);
  const { low, high } = rangeOf(known);
  const range = high - low;
  if (!(range > 0) || operator === "==" || operator === "!=") return null;
  const onsetAt = (level: number): number | null =>
    findOnset(series, comparison(operator, level), persistence).by;
  const thresholds = Float64Array.from(
    { length: THRESHOLDS },
    (_, k) => low + range * ((1 - CENTRAL) / 2 + (CENTRAL * k) / (THRESHOLDS - 1)),
  );
  const by = thresholds.map((level) => onsetAt(level) ?? NaN);
  const near = [threshold - TOLERANCE * range, threshold, threshold + TOLERANCE * range];
  for (const level of thresholds) {
    if (Math.abs(level - threshold) <= TOLERANCE * range) near.push(level);
  }
  const n = known.step.length;
  const indices = near.map((level) => {
    const step = onsetAt(level);
    return step === null ? n : indexOfStep(known.step, step);
  });
  const robust = Math.max(...indices) - Math.min(...indices) <= 1;
  return { thresholds, by, robust };
}

function rangeOf({ value }: Known): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const y of value) {
    if (!Number.isFinite(y)) continue;
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  return { low, high };
}
