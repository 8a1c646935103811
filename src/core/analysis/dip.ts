/** Hartigan's dip: how far a sample is from every distribution with a single mode. */

import { DIP_QUANTILES, DIP_SIZES, DIP_TAILS } from "./dipTable.js";

/**
 * The dip statistic (Hartigan & Hartigan 1985): the least, over all distribution functions that are convex up to a mode and
 * concave from it on, of the greatest distance to the sample's own. Between 1/(2n) and 1/4; null without finite values.
 * Infinities and NaN are left out.
 *
 * The paper's search for the interval that holds the mode: from the greatest convex minorant below the sample's
 * distribution function and the least concave majorant above it, the place where the two are farthest apart narrows the
 * interval, until what was left behind is worse than anything inside. O(n log n) for the sorting; the passes, a few in
 * practice, are O(n) each. Heights are counts, so that ties need no special care.
 */
export function dip(values: ArrayLike<number>): number | null {
  const sorted = Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();
  return sorted.length === 0 ? null : dipOfSorted(sorted);
}

/** The dip of at least one finite value, in ascending order. */
export function dipOfSorted(sorted: Float64Array): number {
  const { x, below, upTo } = stepFunction(sorted);
  let low = 0;
  let high = x.length - 1;
  // Twice the dip, in counts. A single value is a mode by itself.
  let distance = 1;
  while (low < high) {
    const minorant = convexHull(x, below, low, high, 1);
    const majorant = convexHull(x, upTo, low, high, -1);
    const widest = widestGap(below, upTo, minorant, majorant);
    if (widest.gap <= distance) break;
    for (let i = low; i < widest.low; i++) {
      distance = Math.max(distance, (upTo[i] as number) - (minorant.heights[i - low] as number));
    }
    for (let i = widest.high + 1; i <= high; i++) {
      distance = Math.max(distance, (majorant.heights[i - low] as number) - (below[i] as number));
    }
    if (widest.low === low && widest.high === high) break;
    ({ low, high } = widest);
  }
  return distance / (2 * sorted.length);
}

interface StepFunction {
  /** Distinct values. */
  readonly x: Float64Array;
  /** How many of the sample lie below each, and how many up to it. */
  readonly below: Float64Array;
  readonly upTo: Float64Array;
}

function stepFunction(sorted: Float64Array): StepFunction {
  const n = sorted.length;
  const half = (sorted[n - 1] as number) / 2 - (sorted[0] as number) / 2;
  // The dip does not depend on the scale, and in extreme ones slopes run out of digits.
  const isExtreme = half > 1e200 || (half > 0 && half < 1e-200);
  const values = isExtreme ? sorted.map((value) => value / half) : sorted;
  const x = new Float64Array(n);
  const below = new Float64Array(n);
  const upTo = new Float64Array(n);
  let distinct = 0;
  for (let i = 0; i < n; i++) {
    if (i === 0 || values[i] !== values[i - 1]) {
      x[distinct] = values[i] as number;
      below[distinct++] = i;
    }
    upTo[distinct - 1] = i + 1;
  }
  const cut = (all: Float64Array): Float64Array => all.subarray(0, distinct);
  return { x: cut(x), below: cut(below), upTo: cut(upTo) };
}

interface Hull {
  /** Indices at which the hull touches the points, ascending. */
  readonly knots: readonly number[];
  /** Height of the hull at each index from the first on. */
  readonly heights: Float64Array;
}

/** The greatest convex minorant (`sign` 1) or least concave majorant (−1) of the points from `low` to `high`. */
function convexHull(
  x: Float64Array,
  y: Float64Array,
  low: number,
  high: number,
  sign: 1 | -1,
): Hull {
  const slope = (from: number, to: number): number =>
    (sign * ((y[to] as number) - (y[from] as number))) / ((x[to] as number) - (x[from] as number));
  const knots: number[] = [low];
  for (let i = low + 1; i <= high; i++) {
    while (knots.length > 1 && slope(knots.at(-2)!, knots.at(-1)!) >= slope(knots.at(-1)!, i)) {
      knots.pop();
    }
    knots.push(i);
  }
  const heights = new Float64Array(high - low + 1);
  heights[0] = y[low] as number;
  for (let k = 1; k < knots.length; k++) {
    const from = knots[k - 1] as number;
    const to = knots[k] as number;
    const rise = sign * slope(from, to);
    for (let i = from + 1; i < to; i++) {
      heights[i - low] = (y[from] as number) + rise * ((x[i] as number) - (x[from] as number));
    }
    heights[to - low] = y[to] as number;
  }
  return { knots, heights };
}

/** Where the hulls are farthest apart: a knot of one, and the nearest knot of the other on the mode's side of it. */
function widestGap(
  below: Float64Array,
  upTo: Float64Array,
  minorant: Hull,
  majorant: Hull,
): { gap: number; low: number; high: number } {
  const first = minorant.knots[0] as number;
  let widest = { gap: -Infinity, low: 0, high: 0 };
  let k = 0;
  for (const knot of minorant.knots) {
    while ((majorant.knots[k] as number) < knot) k++;
    const gap = (majorant.heights[knot - first] as number) - (below[knot] as number);
    if (gap > widest.gap) widest = { gap, low: knot, high: majorant.knots[k] as number };
  }
  k = 0;
  for (const knot of majorant.knots) {
    while ((minorant.knots[k + 1] ?? Infinity) <= knot) k++;
    const gap = (upTo[knot] as number) - (minorant.heights[knot - first] as number);
    if (gap > widest.gap) widest = { gap, low: minorant.knots[k] as number, high: knot };
  }
  return widest;
}

/** Least sample that has a p-value here: with fewer, dots say more (M14). */
const FEWEST = DIP_SIZES[0] as number;

/**
 * Share of uniform samples of this size whose dip is at least `value`: the p-value of the dip test, uniform samples being the
 * hardest to tell from two modes. From our own simulated table, between its sizes linear in 1/√n of √n·dip and between its
 * shares in their logarithm; above 10,000 values as there. Good to 0.001 near 0.05; between 1 and 0.0001, which stands for
 * everything below. Null below ten values.
 */
export function dipTail(value: number, n: number): number | null {
  if (n < FEWEST) return null;
  const last = DIP_SIZES.length - 1;
  const above = DIP_SIZES.findIndex((size) => size >= n);
  const upper = above < 0 ? last : above;
  const lower = above < 0 ? last : Math.max(0, above - 1);
  const at = (size: number): number => 1 / Math.sqrt(size);
  const [from, to] = [at(DIP_SIZES[lower]!), at(DIP_SIZES[upper]!)];
  const weight = from === to ? 0 : (from - at(n)) / (from - to);
  const scaled = value * Math.sqrt(n);
  // No dip is below 1/(2n).
  let least = 0.5 / Math.sqrt(n);
  let share = 1;
  for (const [k, tail] of DIP_TAILS.entries()) {
    const quantile = (1 - weight) * DIP_QUANTILES[lower]![k]! + weight * DIP_QUANTILES[upper]![k]!;
    if (scaled < quantile) {
      const part = Math.max(0, (scaled - least) / (quantile - least));
      return share * (tail / share) ** part;
    }
    least = quantile;
    share = tail;
  }
  return share;
}
