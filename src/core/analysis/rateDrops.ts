/** Where a learning rate is cut at once: the steps of a step schedule, not the slope of a smooth one. */

import type { Series } from "../model/series.js";

export interface RateDrop {
  readonly after: number;
  readonly by: number;
  readonly from: number;
  readonly to: number;
}

/** A cut leaves at most this share of the rate. */
const LEFT = 0.7;
/** It is as many times larger than the changes beside it, on a logarithmic scale. */
const STEEPER = 5;

/**
 * A definition of ours: between two logged points the rate falls to at most 0.7 of what it was, and by at least five times
 * as much, in its logarithm, as between the two points before and the two behind. At the ends of a series, and beside a rate
 * that is 0 or not finite, nothing is said. O(n).
 */
export function rateDrops({ step, value }: Series): RateDrop[] {
  const drops: RateDrop[] = [];
  const change = (i: number): number => Math.log((value[i] as number) / (value[i - 1] as number));
  for (let i = 2; i + 1 < value.length; i++) {
    const fall = -change(i);
    if (!(fall >= -Math.log(LEFT)) || !Number.isFinite(fall)) continue;
    const beside = Math.max(Math.abs(change(i - 1)), Math.abs(change(i + 1)));
    if (!(fall >= STEEPER * beside)) continue;
    drops.push({
      after: step[i - 1] as number,
      by: step[i] as number,
      from: value[i - 1] as number,
      to: value[i] as number,
    });
  }
  return drops;
}
