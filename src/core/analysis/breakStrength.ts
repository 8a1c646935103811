/** How far each break stands out from the noise of its own two segments. */

import type { Points, SegmentFit } from "./segmentFits.js";

/** A symmetric matrix of two rows: the variances and the covariance of a level and a slope. */
interface Variance {
  readonly level: number;
  readonly both: number;
  readonly slope: number;
}

/** Level and slope of a segment once more, weighted for autocorrelated noise, and how sure they are. */
interface WeightedFit {
  readonly centre: number;
  readonly level: number;
  readonly slope: number;
  /** From each point's own residual: holds where the noise is uneven or has outliers. */
  readonly robust: Variance;
  /** In units of the noise's variance. */
  readonly unit: Variance;
  readonly squares: number;
  readonly freedom: number;
}

/**
 * How strong each break between `fits` is, where the noise is AR(1) with `rho`: the Wald statistic that both segments are
 * one, χ² with as many degrees of freedom as a segment has numbers. Both segments are fitted by generalised
 * least squares, each on its own (Prais and Winsten 1954); the variance of what they differ by is the larger one of that
 * with the noise of both segments pooled, and the heteroscedasticity-consistent HC3 (MacKinnon and White 1985). So neither
 * one outlier in a short segment nor a noisier stretch passes for a break. Infinite where nothing is left over. O(n).
 */
export function measureBreaks(
  points: Points,
  residuals: Float64Array,
  fits: readonly SegmentFit[],
  hasSlopes: boolean,
  rho: number,
): number[] {
  const weighted = fits.map((fit) => weightedFit(points, residuals, fit, hasSlopes, rho));
  return weighted.slice(1).map((right, k) => {
    const left = weighted[k] as WeightedFit;
    const noise = (left.squares + right.squares) / Math.max(1, left.freedom + right.freedom);
    const at = (fits[k + 1] as SegmentFit).from;
    return strengthAt(left, right, noise, points.x[at] as number, hasSlopes);
  });
}

function weightedFit(
  { x }: Points,
  residuals: Float64Array,
  fit: SegmentFit,
  hasSlopes: boolean,
  rho: number,
): WeightedFit {
  const { from, to, centre } = fit;
  const first = Math.sqrt(1 - rho * rho);
  /** Each row: the noise made white, with what a level and a slope add to it. */
  const row = (i: number): [value: number, one: number, over: number] => {
    const value = residuals[i] as number;
    const over = hasSlopes ? (x[i] as number) - centre : 0;
    if (i === from) return [first * value, first, first * over];
    const overBefore = hasSlopes ? (x[i - 1] as number) - centre : 0;
    return [value - rho * (residuals[i - 1] as number), 1 - rho, over - rho * overBefore];
  };
  let a = 0;
  let b = 0;
  let c = 0;
  let u = 0;
  let v = 0;
  for (let i = from; i < to; i++) {
    const [value, one, over] = row(i);
    a += one * one;
    b += one * over;
    c += over * over;
    u += one * value;
    v += over * value;
  }
  const unit = inverse({ level: a, both: b, slope: c });
  const level = unit.level * u + unit.both * v;
  const slope = unit.both * u + unit.slope * v;
  let squares = 0;
  let levels = 0;
  let boths = 0;
  let slopes = 0;
  for (let i = from; i < to; i++) {
    const [value, one, over] = row(i);
    const left = value - level * one - slope * over;
    squares += left * left;
    const towardsLevel = unit.level * one + unit.both * over;
    const towardsSlope = unit.both * one + unit.slope * over;
    const leverage = one * towardsLevel + over * towardsSlope;
    // A point that has the fit to itself says nothing of the noise.
    if (1 - leverage < 1e-9) continue;
    const weight = (left / (1 - leverage)) ** 2;
    levels += weight * towardsLevel * towardsLevel;
    boths += weight * towardsLevel * towardsSlope;
    slopes += weight * towardsSlope * towardsSlope;
  }
  return {
    centre,
    level: fit.level + level,
    slope: fit.slope + slope,
    robust: { level: levels, both: boths, slope: slopes },
    unit,
    squares,
    freedom: to - from - (unit.slope > 0 ? 2 : 1),
  };
}

/** Without a spread over `x` only the level is known. */
function inverse({ level, both, slope }: Variance): Variance {
  const determinant = level * slope - both * both;
  if (!(determinant > 1e-12 * level * slope)) return { level: 1 / level, both: 0, slope: 0 };
  return { level: slope / determinant, both: -both / determinant, slope: level / determinant };
}

function strengthAt(
  left: WeightedFit,
  right: WeightedFit,
  noise: number,
  x: number,
  hasSlopes: boolean,
): number {
  const leftBy = x - left.centre;
  const rightBy = x - right.centre;
  const gap = right.level + right.slope * rightBy - (left.level + left.slope * leftBy);
  const turn = right.slope - left.slope;
  const robust = add(moved(left.robust, leftBy, 1), moved(right.robust, rightBy, 1));
  const pooled = add(moved(left.unit, leftBy, noise), moved(right.unit, rightBy, noise));
  return Math.min(waldOf(gap, turn, robust, hasSlopes), waldOf(gap, turn, pooled, hasSlopes));
}

/** Variances of the value `by` off the centre and of the slope. */
function moved({ level, both, slope }: Variance, by: number, factor: number): Variance {
  return {
    level: factor * (level + 2 * by * both + by * by * slope),
    both: factor * (both + by * slope),
    slope: factor * slope,
  };
}

function add(a: Variance, b: Variance): Variance {
  return { level: a.level + b.level, both: a.both + b.both, slope: a.slope + b.slope };
}

function waldOf(gap: number, turn: number, variance: Variance, hasSlopes: boolean): number {
  const { level, both, slope } = variance;
  const determinant = level * slope - both * both;
  if (!hasSlopes || !(determinant > 0)) return ratio(gap * gap, level);
  return ratio(gap * gap * slope - 2 * gap * turn * both + turn * turn * level, determinant);
}

function ratio(value: number, by: number): number {
  return value > 0 ? (by > 0 ? value / by : Infinity) : 0;
}
