/** Method M13 along an axis: mean and spread of the runs of a seed group, wherever enough of them have a value. */

import { lastIndexUpTo } from "./findOnset.js";
import { studentQuantile } from "./distributions.js";
import { MIN_SEEDS } from "./groupSummary.js";
import { mean, standardDeviation } from "./statistics.js";

export const SPREADS = ["sd", "se", "ci", "min-max"] as const;
/** What a band shows about the mean: standard deviation, standard error, 95 % interval of the mean, or the extremes. */
export type Spread = (typeof SPREADS)[number];

/** A run's values along the axis, ascending; of equal `x` the last one counts. */
export interface Curve {
  readonly x: Float64Array;
  readonly value: Float64Array;
}

export interface SeedBand {
  readonly x: Float64Array;
  readonly mean: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Runs that have a finite value there. */
  readonly n: Uint32Array;
}

/**
 * At every `x` that any of the runs was measured at, the others interpolated between their own measurements and never beyond
 * them (rule 6). Where fewer than three runs have a finite value there is no point (rule 5). O(points · runs · log points).
 */
export function seedBand(curves: readonly Curve[], spread: Spread): SeedBand {
  const all = curves.reduce((sum, { x }) => sum + x.length, 0);
  const merged = new Float64Array(all);
  let filled = 0;
  for (const { x } of curves) {
    merged.set(x, filled);
    filled += x.length;
  }
  merged.sort();
  const halfOf = halfWidth(spread);
  const columns = { x: [], mean: [], low: [], high: [], n: [] } as Record<keyof SeedBand, number[]>;
  for (let i = 0; i < merged.length; i++) {
    const at = merged[i] as number;
    if (i > 0 && at === merged[i - 1]) continue;
    const values = curves.flatMap((curve) => valueOn(curve, at) ?? []);
    const finite = values.filter((value) => Number.isFinite(value));
    if (finite.length < MIN_SEEDS) continue;
    const centre = mean(finite);
    const half = halfOf(finite);
    columns.x.push(at);
    columns.mean.push(centre);
    columns.low.push(half === null ? Math.min(...finite) : centre - half);
    columns.high.push(half === null ? Math.max(...finite) : centre + half);
    columns.n.push(finite.length);
  }
  return {
    x: Float64Array.from(columns.x),
    mean: Float64Array.from(columns.mean),
    low: Float64Array.from(columns.low),
    high: Float64Array.from(columns.high),
    n: Uint32Array.from(columns.n),
  };
}

/** Half the width of the band as in `summariseGroup`; null where it reaches from the least to the greatest value. */
function halfWidth(spread: Spread): (values: readonly number[]) => number | null {
  // Finding a quantile takes far longer than everything else, and there are few sizes of groups.
  const quantiles = new Map<number, number>();
  return (values) => {
    if (spread === "min-max") return null;
    const sd = standardDeviation(values);
    if (spread === "sd") return sd;
    const se = sd / Math.sqrt(values.length);
    if (spread === "se") return se;
    const freedom = values.length - 1;
    const quantile = quantiles.get(freedom) ?? studentQuantile(0.05, freedom);
    quantiles.set(freedom, quantile);
    return se * quantile;
  };
}

/** Null outside the measured range. */
function valueOn({ x, value }: Curve, at: number): number | null {
  const index = lastIndexUpTo(x, at);
  if (index < 0) return null;
  const from = x[index] as number;
  const own = value[index] as number;
  if (from === at) return own;
  if (index === x.length - 1) return null;
  const next = value[index + 1] as number;
  const share = (at - from) / ((x[index + 1] as number) - from);
  return own === next ? own : own + share * (next - own);
}
