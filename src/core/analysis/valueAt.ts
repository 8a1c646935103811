/** Rule 6: the value of a series at a step. Interpolated only between two measurements, and marked as such. */

import type { Series } from "../model/series.js";
import { lastIndexUpTo } from "./findOnset.js";

export interface ValueAt {
  readonly value: number;
  readonly interpolated: boolean;
}

/** Null outside the measured range. Between two points the straight line in steps, NaN if one of them is. */
export function valueAt(series: Series, step: number): ValueAt | null {
  const { step: steps, value } = series;
  const index = lastIndexUpTo(steps, step);
  if (index < 0) return null;
  const at = steps[index] as number;
  if (at === step) return { value: value[index] as number, interpolated: false };
  if (index === steps.length - 1) return null;
  const next = steps[index + 1] as number;
  const share = (step - at) / (next - at);
  const a = value[index] as number;
  const b = value[index + 1] as number;
  return { value: a === b ? a : a + share * (b - a), interpolated: true };
}
