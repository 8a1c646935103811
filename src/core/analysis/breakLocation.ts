/** What one break costs at each place between two others: a jump between two fits, or a kink where two lines meet. */

import { lineCost } from "./segmentCosts.js";
import { fitSegment, fittedAt, MIN_SEGMENT, type Points, type SegmentKind } from "./segmentFits.js";
import { mean, median } from "./statistics.js";

/** A jump lies between two evaluations; at a kink the lines meet, so that only the slope changes. */
export type BreakShape = "jump" | "kink";

/** What a gap between two lines must save in squares over lines that meet: this times `ln n` times the variance. */
const GAP_PENALTY = 4;
/** And this share of all squares: less may be rounding. */
const ROUNDING = 1e-11;

/**
 * The shape and the first index of the right segment of the one break between two others, near `guess` for L1. A break of
 * slopes is a jump where the lines need a gap: where that saves enough squares of what is new at each point of AR(1) noise
 * with `rho`, in which a jump shows at once and a drift of the noise does not. `n` is the length of the whole series. O(n).
 */
export function locateBreak(
  kind: SegmentKind,
  points: Points,
  guess: number,
  rho: number,
  n: number,
): { readonly index: number; readonly shape: BreakShape } {
  const jump = cheapest(jumpCosts(kind, points, guess));
  const kink = kind === "slope" ? cheapest(kinkCosts(points)) : -1;
  if (kink < 0) return { index: jump, shape: "jump" };
  const withGap = shockSquares(points.y, fitJump(kind, points, jump), rho);
  const without = shockSquares(points.y, fitKink(points, kink).values, rho);
  const variance = withGap / Math.max(1, points.y.length - 5);
  const level = mean(points.y);
  const squares = points.y.reduce((sum, value) => sum + (value - level) ** 2, 0);
  return without - withGap > Math.max(GAP_PENALTY * Math.log(n) * variance, ROUNDING * squares)
    ? { index: jump, shape: "jump" }
    : { index: kink, shape: "kink" };
}

function shockSquares(y: Float64Array, fitted: Float64Array, rho: number): number {
  let squares = 0;
  let before = 0;
  for (let i = 0; i < y.length; i++) {
    const left = (y[i] as number) - (fitted[i] as number);
    if (i > 0) squares += (left - rho * before) ** 2;
    before = left;
  }
  return squares;
}

/** The values of two fits, one before and one from `at` on. */
export function fitJump(kind: SegmentKind, window: Points, at: number): Float64Array {
  const left = fitSegment(kind, window, 0, at);
  const right = fitSegment(kind, window, at, window.y.length);
  return window.x.map((x, i) => fittedAt(i < at ? left : right, x));
}

/**
 * The least cost of two segments by the first index of the right one: Infinity where one of them would be too short.
 * What is the same at all places may be left out. For L1 the levels are the medians on both sides of `guess`. O(n).
 */
export function jumpCosts(kind: SegmentKind, points: Points, guess: number): Float64Array {
  const n = points.y.length;
  const costs = new Float64Array(n).fill(Infinity);
  const shortest = MIN_SEGMENT[kind];
  if (kind === "l1") {
    const left = median(points.y.subarray(0, guess));
    const right = median(points.y.subarray(guess));
    let more = 0;
    for (let at = 1; at <= n - shortest; at++) {
      const value = points.y[at - 1] as number;
      more += Math.abs(value - left) - Math.abs(value - right);
      if (at >= shortest) costs[at] = more;
    }
    return costs;
  }
  if (kind === "mean") {
    const centre = mean(points.y);
    let before = 0;
    for (let at = 1; at <= n - shortest; at++) {
      before += (points.y[at - 1] as number) - centre;
      // The sums on both sides are opposite.
      if (at >= shortest) costs[at] = -before * before * (1 / at + 1 / (n - at));
    }
    return costs;
  }
  const cost = lineCost(points.x, points.y);
  for (let at = shortest; at <= n - shortest; at++) costs[at] = cost(0, at) + cost(at, n);
  return costs;
}

/**
 * The least squares of two lines that meet between two evaluations or at one of them, by the index of the right one:
 * where the lines fitted to each side cross between the two, else at one of both (Hudson 1966). Both sides keep three
 * points. O(n).
 */
export function kinkCosts(points: Points): Float64Array {
  const sums = new KinkSums(points);
  return Float64Array.from(points.x, (_, index) => sums.squares(index, sums.placeAt(index)));
}

/** Index of the least cost, the first one where there are several; −1 where none is finite. */
export function cheapest(costs: Float64Array): number {
  let least = Infinity;
  let best = -1;
  for (let at = 0; at < costs.length; at++) {
    const cost = costs[at] as number;
    if (cost < least) {
      least = cost;
      best = at;
    }
  }
  return best;
}

/** The best place of a kink between the evaluation before `index` and the one at it, and the values of the fit. */
export function fitKink(points: Points, index: number): { place: number; values: Float64Array } {
  const sums = new KinkSums(points);
  const place = sums.placeAt(index);
  return { place, values: sums.values(index, place) };
}

/** The least squares of two lines that meet at `place`, between the evaluation before `index` and the one at it. */
export function kinkCostAt(points: Points, index: number, place: number): number {
  return new KinkSums(points).squares(index, place);
}

/** Running sums about the means, from which a line with a kink is fitted in constant time. */
class KinkSums {
  private readonly n: number;
  private readonly centreX: number;
  private readonly centreY: number;
  private readonly sumX: Float64Array;
  private readonly sumY: Float64Array;
  private readonly sumXX: Float64Array;
  private readonly sumXY: Float64Array;

  constructor(private readonly points: Points) {
    const { x, y } = points;
    const n = (this.n = x.length);
    this.centreX = mean(x);
    this.centreY = mean(y);
    this.sumX = new Float64Array(n + 1);
    this.sumY = new Float64Array(n + 1);
    this.sumXX = new Float64Array(n + 1);
    this.sumXY = new Float64Array(n + 1);
    for (let i = 0; i < n; i++) {
      const u = (x[i] as number) - this.centreX;
      const v = (y[i] as number) - this.centreY;
      this.sumX[i + 1] = (this.sumX[i] as number) + u;
      this.sumY[i + 1] = (this.sumY[i] as number) + v;
      this.sumXX[i + 1] = (this.sumXX[i] as number) + u * u;
      this.sumXY[i + 1] = (this.sumXY[i] as number) + u * v;
    }
  }

  /** Best place of a kink between the evaluation before `index` and the one at it. NaN where none is allowed. */
  placeAt(index: number): number {
    const { n, points } = this;
    const shortest = MIN_SEGMENT.slope;
    if (index < shortest || index > n - shortest) return NaN;
    const before = points.x[index - 1] as number;
    const here = points.x[index] as number;
    const crossing = this.crossing(index);
    if (crossing > before && crossing < here) return crossing;
    return this.squares(index, before) < this.squares(index, here) ? before : here;
  }

  /** Where the lines fitted before and from `index` on cross; not finite where they are parallel. */
  private crossing(index: number): number {
    const left = this.line(0, index);
    const right = this.line(index, this.n);
    return this.centreX + (left.level - right.level) / (right.slope - left.slope);
  }

  private line(from: number, to: number): { slope: number; level: number } {
    const points = to - from;
    const x = (this.sumX[to] as number) - (this.sumX[from] as number);
    const y = (this.sumY[to] as number) - (this.sumY[from] as number);
    const xx = (this.sumXX[to] as number) - (this.sumXX[from] as number) - (x * x) / points;
    const xy = (this.sumXY[to] as number) - (this.sumXY[from] as number) - (x * y) / points;
    const slope = xx > 0 ? xy / xx : 0;
    return { slope, level: (y - slope * x) / points };
  }

  /** As `lineCost`: squared deviations from the best fit with a kink at `place`, less those from the mean of all. */
  squares(index: number, place: number): number {
    const { slope, turn, squares } = this.fit(index, place);
    return Number.isNaN(slope) || Number.isNaN(turn) ? Infinity : squares;
  }

  values(index: number, place: number): Float64Array {
    const { slope, turn, meanRise } = this.fit(index, place);
    return this.points.x.map(
      (x) => this.centreY + slope * (x - this.centreX) + turn * (Math.max(0, x - place) - meanRise),
    );
  }

  /** Least squares on `x` and `z = max(0, x − place)`, which is not 0 from `index` on only. */
  private fit(
    index: number,
    place: number,
  ): { slope: number; turn: number; meanRise: number; squares: number } {
    const { n } = this;
    const points = n - index;
    const kink = place - this.centreX;
    const x = (this.sumX[n] as number) - (this.sumX[index] as number);
    const y = (this.sumY[n] as number) - (this.sumY[index] as number);
    const xx = (this.sumXX[n] as number) - (this.sumXX[index] as number);
    const xy = (this.sumXY[n] as number) - (this.sumXY[index] as number);
    const z = x - points * kink;
    const zz = xx - 2 * kink * x + points * kink * kink - (z * z) / n;
    const xz = xx - kink * x;
    const yz = xy - kink * y;
    const allXX = this.sumXX[n] as number;
    const allXY = this.sumXY[n] as number;
    const determinant = allXX * zz - xz * xz;
    const isKnown = determinant > 1e-12 * allXX * zz;
    const slope = isKnown ? (zz * allXY - xz * yz) / determinant : NaN;
    const turn = isKnown ? (allXX * yz - xz * allXY) / determinant : NaN;
    return { slope, turn, meanRise: z / n, squares: -slope * allXY - turn * yz };
  }
}
