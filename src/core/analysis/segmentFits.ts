/** What is fitted to each segment between change points, and what is left over. */

import { mean, median } from "./statistics.js";

/** What a segment is fitted by: its mean, a line, or its median, which least absolute deviations (L1) give. */
export type SegmentKind = "mean" | "slope" | "l1";

/** Points of a series as fits take them: `x` is what slopes are over, and does not descend. */
export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The line `level + slope·(x − centre)` over the points `from` to `to − 1`. */
export interface SegmentFit {
  readonly from: number;
  readonly to: number;
  readonly centre: number;
  readonly level: number;
  readonly slope: number;
}

/** Shortest segment by kind: a value seen only once is no level, and two points lie on a line in any case. */
export const MIN_SEGMENT: Readonly<Record<SegmentKind, number>> = { mean: 2, slope: 3, l1: 2 };

/** Numbers that a fit of this kind has per segment. */
export const FITTED_NUMBERS: Readonly<Record<SegmentKind, number>> = { mean: 1, slope: 2, l1: 1 };

/** `breaks` are first indices of segments, ascending. O(n). */
export function fitSegments(
  kind: SegmentKind,
  points: Points,
  breaks: readonly number[],
): SegmentFit[] {
  const ends = [...breaks, points.y.length];
  return ends.map((to, k) => fitSegment(kind, points, k === 0 ? 0 : (ends[k - 1] as number), to));
}

export function fitSegment(
  kind: SegmentKind,
  points: Points,
  from: number,
  to: number,
): SegmentFit {
  const x = points.x.subarray(from, to);
  const y = points.y.subarray(from, to);
  const centre = mean(x);
  if (kind === "l1") return { from, to, centre, level: median(y), slope: 0 };
  const level = mean(y);
  let spread = 0;
  let product = 0;
  if (kind === "slope") {
    for (let i = 0; i < x.length; i++) {
      const dx = (x[i] as number) - centre;
      spread += dx * dx;
      product += dx * ((y[i] as number) - level);
    }
  }
  return { from, to, centre, level, slope: spread > 0 ? product / spread : 0 };
}

export function fittedAt({ centre, level, slope }: SegmentFit, x: number): number {
  return slope === 0 ? level : level + slope * (x - centre);
}

export function residualsOf({ x, y }: Points, fits: readonly SegmentFit[]): Float64Array {
  const residuals = new Float64Array(y.length);
  for (const fit of fits) {
    for (let i = fit.from; i < fit.to; i++) {
      residuals[i] = (y[i] as number) - fittedAt(fit, x[i] as number);
    }
  }
  return residuals;
}

/**
 * Lag-1 autocorrelation of residuals after `numbers` fitted ones, between −1 and 1. The fit takes part of the
 * correlation out: `numbers·(1 + 3ρ)/n` is added for it, as after a mean (Kendall 1954).
 */
export function residualAutocorrelation(residuals: Float64Array, numbers: number): number {
  const n = residuals.length;
  let squares = 0;
  let products = 0;
  for (let i = 0; i < n; i++) {
    const value = residuals[i] as number;
    squares += value * value;
    if (i > 0) products += value * (residuals[i - 1] as number);
  }
  if (!(squares > 0)) return 0;
  const raw = products / squares;
  return Math.min(1, raw + (numbers * (1 + 3 * Math.max(0, raw))) / n);
}
