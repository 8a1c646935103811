/** Bootstrap intervals of breaks: how far a break moves when the noise around the same fit is drawn anew. */

import {
  cheapest,
  fitJump,
  fitKink,
  jumpCosts,
  kinkCostAt,
  kinkCosts,
  type BreakShape,
} from "./breakLocation.js";
import { MIN_SEGMENT, type Points, type SegmentKind } from "./segmentFits.js";
import { createRandom, mean } from "./statistics.js";

/** A break by the first index of its right segment, with the segments it lies between. */
export interface LocatedBreak {
  readonly from: number;
  readonly index: number;
  readonly to: number;
  readonly shape: BreakShape;
}

export interface BootstrapOptions {
  readonly kind: SegmentKind;
  /** Lag-1 autocorrelation of the noise. */
  readonly rho: number;
  readonly draws: number;
  /** Share of the draws that the interval holds. */
  readonly coverage: number;
  readonly seed: number;
}

/** Points on either side of a break that are drawn anew at most: those further off hardly bear on it. */
const REACH: Readonly<Record<BreakShape, number>> = { jump: 1000, kink: 5000 };
/** Points of a segment from which on its own noise is drawn for it, and not that of the whole series. */
const OWN_NOISE = 30;

/**
 * The first index of the right segment, at least and at most. Each draw has the same fit with noise drawn anew, and tells
 * how much more than the least its own break costs at the place where the fit has it; the interval holds all places that
 * cost no more than that in `coverage` of the draws. So the likelihood ratio is inverted (Hinkley 1971; Siegmund 1988),
 * with its quantile by the bootstrap.
 *
 * The noise is drawn in blocks of `⌈n^(1/3)⌉` (Künsch 1989) from the residuals made white with `rho`, and coloured again
 * (Davison and Hinkley 1997, 8.2.3): blocks of that length alone lose the autocorrelation that reaches beyond them.
 * O(draws · points between the neighbouring breaks).
 */
export function bootstrapBreak(
  points: Points,
  residuals: Float64Array,
  { from, index, to, shape }: LocatedBreak,
  { kind, rho, draws, coverage, seed }: BootstrapOptions,
): { readonly low: number; readonly high: number } {
  const low = Math.max(from, index - REACH[shape]);
  const high = Math.min(to, index + REACH[shape]);
  const window: Points = { x: points.x.subarray(low, high), y: points.y.subarray(low, high) };
  const at = index - low;
  const costsOf = (among: Points): Float64Array =>
    shape === "kink" ? kinkCosts(among) : jumpCosts(kind, among, at);
  const kink = shape === "kink" ? fitKink(window, at) : null;
  const fitted = kink?.values ?? fitJump(kind, window, at);
  const leftOver = residuals.slice();
  for (let i = low; i < high; i++) {
    leftOver[i] = (points.y[i] as number) - (fitted[i - low] as number);
  }
  const shocks = shocksOf(leftOver, 0, leftOver.length, rho);
  const before = at < OWN_NOISE ? shocks : shocksOf(leftOver, low, index, rho);
  const behind = high - index < OWN_NOISE ? shocks : shocksOf(leftOver, index, high, rho);
  const block = Math.ceil(Math.cbrt(residuals.length));
  const random = createRandom(seed);
  const drawn: Points = { x: window.x, y: new Float64Array(high - low) };
  const excess = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    let noise = leftOver[Math.floor(random() * leftOver.length)] as number;
    let pool = before;
    let next = 0;
    for (let i = 0; i < drawn.y.length; i++) {
      if (i === at) pool = behind;
      if (i % block === 0 || i === at) next = Math.floor(random() * pool.length);
      noise = rho * noise + (pool[next++ % pool.length] as number);
      drawn.y[i] = (fitted[i] as number) + noise;
    }
    const costs = costsOf(drawn);
    const own = kink ? kinkCostAt(drawn, at, kink.place) : (costs[at] as number);
    excess[draw] = own - (costs[cheapest(costs)] as number);
  }
  excess.sort();
  const costs = costsOf(window);
  const limit = (costs[at] as number) + (excess[Math.ceil(draws * coverage) - 1] as number);
  let [first, last] = [at, at];
  for (let i = 0; i < costs.length; i++) {
    if (!((costs[i] as number) <= limit)) continue;
    first = Math.min(first, i);
    last = Math.max(last, i);
  }
  return { low: low + first, high: low + last };
}

/** What is new at each point of AR(1) noise, about 0, and as large as it was before the fit took its part. */
function shocksOf(residuals: Float64Array, from: number, to: number, rho: number): Float64Array {
  const shocks = new Float64Array(Math.max(1, to - from - 1));
  for (let i = from + 1; i < to; i++) {
    shocks[i - from - 1] = (residuals[i] as number) - rho * (residuals[i - 1] as number);
  }
  const centre = mean(shocks);
  const n = shocks.length;
  const growth = Math.sqrt(n / Math.max(1, n - MIN_SEGMENT.slope));
  return shocks.map((shock) => growth * (shock - centre));
}
