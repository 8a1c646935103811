/** Bootstrap intervals of breaks: how far a break moves when the noise around the same fit is drawn anew. */

import { cheapest, fitJump, fitKink, jumpCosts, kinkCostAt, kinkCosts } from "./breakLocation.js";
import type { LocatedBreak } from "./breakSearch.js";
import { MIN_SEGMENT, type Points, type SegmentKind } from "./segmentFits.js";
import { createRandom, mean } from "./statistics.js";

export interface BootstrapOptions {
  readonly draws: number;
  /** Share of the draws that the interval holds. */
  readonly coverage: number;
  readonly seed: number;
}

/** Points of a segment from which on its own noise is drawn for it, and not that of the whole series. */
const OWN_NOISE = 30;

/**
 * Bootstrap of the breaks of one series. The noise is drawn in blocks of `⌈n^(1/3)⌉` (Künsch 1989) from the residuals made
 * white with `rho`, the lag-1 autocorrelation, and coloured again (Davison and Hinkley 1997, 8.2.3): blocks of that length
 * alone lose the autocorrelation that reaches beyond them.
 */
export class BreakBootstrap {
  private readonly block: number;
  private readonly shocks: Float64Array;

  constructor(
    private readonly kind: SegmentKind,
    private readonly points: Points,
    residuals: Float64Array,
    private readonly rho: number,
    private readonly options: BootstrapOptions,
  ) {
    this.block = Math.ceil(Math.cbrt(residuals.length));
    this.shocks = shocksOf(residuals, rho);
  }

  /**
   * The first index of the right segment, at least and at most. Each draw has the same fit with noise drawn anew, and
   * tells how much more than the least a break costs there at the place where the fit has it; the interval holds all
   * places that cost no more than that in the given share of the draws. So the likelihood ratio is inverted (Hinkley 1971;
   * Siegmund 1988), with its quantile by the bootstrap. Only points up to `reach` off the break are drawn and fitted:
   * O(draws · reach).
   */
  interval({ from, index, to, shape }: LocatedBreak, reach: number): { low: number; high: number } {
    const { kind, points, options } = this;
    const low = Math.max(from, index - reach);
    const high = Math.min(to, index + reach);
    const window: Points = { x: points.x.subarray(low, high), y: points.y.subarray(low, high) };
    const at = index - low;
    const kink = shape === "kink" ? fitKink(window, at) : null;
    const fitted = kink?.values ?? fitJump(kind, window, at);
    const costsOf = (among: Points): Float64Array =>
      kink ? kinkCosts(among) : jumpCosts(kind, among, at);
    const drawn: Points = { x: window.x, y: new Float64Array(high - low) };
    const excess = new Float64Array(options.draws);
    const draw = this.drawing(window.y, fitted, at);
    for (let k = 0; k < options.draws; k++) {
      draw(drawn.y);
      const costs = costsOf(drawn);
      const own = kink ? kinkCostAt(drawn, at, kink.place) : (costs[at] as number);
      excess[k] = own - (costs[cheapest(costs)] as number);
    }
    excess.sort();
    const allowed = excess[Math.ceil(options.draws * options.coverage) - 1] as number;
    const costs = costsOf(window);
    const limit = (costs[at] as number) + allowed;
    let first = at;
    let last = at;
    for (let i = 0; i < costs.length; i++) {
      if (!((costs[i] as number) <= limit)) continue;
      first = Math.min(first, i);
      last = Math.max(last, i);
    }
    return { low: low + first, high: low + last };
  }

  /** What fills an array with the fit and noise as it is on either side of the break. */
  private drawing(y: Float64Array, fitted: Float64Array, at: number): (into: Float64Array) => void {
    const { rho, block } = this;
    const n = y.length;
    const residuals = y.map((value, i) => value - (fitted[i] as number));
    const before = at < OWN_NOISE ? this.shocks : shocksOf(residuals.subarray(0, at), rho);
    const behind = n - at < OWN_NOISE ? this.shocks : shocksOf(residuals.subarray(at), rho);
    const random = createRandom(this.options.seed);
    return (into) => {
      let noise = residuals[Math.floor(random() * n)] as number;
      let next = 0;
      for (let i = 0; i < n; i++) {
        const pool = i < at ? before : behind;
        if (i % block === 0 || i === at) next = Math.floor(random() * pool.length);
        if (next === pool.length) next = 0;
        noise = rho * noise + (pool[next++] as number);
        into[i] = (fitted[i] as number) + noise;
      }
    };
  }
}

/** What is new at each point of AR(1) noise, about 0, and as large as it was before the fit took its part. */
function shocksOf(residuals: Float64Array, rho: number): Float64Array {
  const n = Math.max(1, residuals.length - 1);
  const shocks = new Float64Array(n);
  for (let i = 1; i < residuals.length; i++) {
    shocks[i - 1] = (residuals[i] as number) - rho * (residuals[i - 1] as number);
  }
  const centre = mean(shocks);
  const growth = Math.sqrt(n / Math.max(1, n - MIN_SEGMENT.slope));
  for (let i = 0; i < n; i++) shocks[i] = growth * ((shocks[i] as number) - centre);
  return shocks;
}
