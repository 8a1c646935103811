/** Bootstrap intervals of breaks: how far a break moves when the noise around the same fit is drawn anew. */

import {
  kinkAt,
  locateJump,
  locateKink,
  type BreakShape,
  type KinkFit,
} from "./breakLocation.js";
import {
  fitSegment,
  fittedAt,
  MIN_SEGMENT,
  type Points,
  type SegmentKind,
} from "./segmentFits.js";
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
const REACH = 5000;
/** Points of a segment from which on its own noise is drawn for it, and not that of the whole series. */
const OWN_NOISE = 30;

/**
 * The first index of the right segment, at least and at most, by the percentiles of `draws` bootstrap draws. The noise is
 * drawn in blocks of `⌈n^(1/3)⌉` (Künsch 1989) from the residuals made white with `rho`, and coloured again (Davison and
 * Hinkley 1997, 8.2.3): blocks of that length alone lose the autocorrelation that reaches beyond them. Each draw is fitted
 * as the data were, between the same neighbouring breaks (Hušková and Kirch 2008). O(draws · points between them).
 */
export function bootstrapBreak(
  points: Points,
  residuals: Float64Array,
  { from, index, to, shape }: LocatedBreak,
  { kind, rho, draws, coverage, seed }: BootstrapOptions,
): { readonly low: number; readonly high: number } {
  const low = Math.max(from, index - REACH);
  const high = Math.min(to, index + REACH);
  const window: Points = { x: points.x.subarray(low, high), y: points.y.subarray(low, high) };
  const fitted = fittedBeside(kind, window, index - low, shape);
  const block = Math.ceil(Math.cbrt(residuals.length));
  const shocks = shocksOf(residuals, 0, residuals.length, rho);
  const left = index - from < OWN_NOISE ? shocks : shocksOf(residuals, from, index, rho);
  const right = to - index < OWN_NOISE ? shocks : shocksOf(residuals, index, to, rho);
  const random = createRandom(seed);
  const drawn: Points = { x: window.x, y: new Float64Array(high - low) };
  const found = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    let noise = residuals[Math.floor(random() * residuals.length)] as number;
    let pool = left;
    let next = 0;
    for (let i = 0; i < drawn.y.length; i++) {
      if (i === index - low) pool = right;
      if (i % block === 0 || i === index - low) next = Math.floor(random() * pool.length);
      noise = rho * noise + (pool[next++ % pool.length] as number);
      drawn.y[i] = (fitted[i] as number) + noise;
    }
    found[draw] =
      shape === "jump"
        ? locateJump(kind, drawn, index - low)
        : (locateKink(drawn)?.index ?? index - low);
  }
  found.sort();
  const outside = Math.floor((draws * (1 - coverage)) / 2);
  return {
    low: low + Math.min(index - low, found[Math.max(0, outside - 1)] as number),
    high: low + Math.max(index - low, found[Math.min(draws - 1, draws - outside)] as number),
  };
}

function fittedBeside(
  kind: SegmentKind,
  window: Points,
  index: number,
  shape: BreakShape,
): Float64Array {
  const kink: KinkFit | null = shape === "kink" ? locateKink(window) : null;
  if (kink) return window.x.map((x) => kinkAt(kink, x));
  const left = fitSegment(kind, window, 0, index);
  const right = fitSegment(kind, window, index, window.y.length);
  return window.x.map((x, i) => fittedAt(i < index ? left : right, x));
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
