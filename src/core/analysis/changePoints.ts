/** Method M6: the change points of a whole series, each with an interval. */

import type { Interval } from "../model/interval.js";
import type { Series } from "../model/series.js";
import { bootstrapBreak, type LocatedBreak } from "./breakIntervals.js";
import { locateBreak, type BreakShape } from "./breakLocation.js";
import { measureBreaks } from "./breakStrength.js";
import { findMedianPartition } from "./medianPartition.js";
import { evidentNoise, noiseAutocorrelation } from "./noiseOfSeries.js";
import { findOptimalPartition, type SegmentCost } from "./optimalPartition.js";
import { lineCost, meanCost } from "./segmentCosts.js";
import {
  fitSegments,
  fittedAt,
  FITTED_NUMBERS,
  MIN_SEGMENT,
  residualAutocorrelation,
  residualsOf,
  type Points,
  type SegmentFit,
  type SegmentKind,
} from "./segmentFits.js";
import { mean, median } from "./statistics.js";

export interface ChangePointOptions {
  readonly kind: SegmentKind;
  /** What slopes are over: `log10(max(1, step))`, or the step itself. */
  readonly axis?: "log-step" | "step";
  /** Seed of the bootstrap. */
  readonly seed?: number;
}

/** A break. `(after, by]` is the interval that holds 90 % of the bootstrap draws, on the grid of evaluations. */
export interface ChangePoint extends Interval {
  /** The two neighbouring evaluations between which the fit changes. */
  readonly estimate: Interval;
  /** A kink changes the slope alone. */
  readonly shape: BreakShape;
  /** The sign of `size`. */
  readonly direction: "up" | "down";
  /** Change of the level in the metric's unit; of a kink the change of the slope, per decade of steps or per step. */
  readonly size: number;
  /** In units of the noise scale `σ̂`; null where there is no noise. */
  readonly sizeInNoise: number | null;
  /** Wald statistic against the noise of its own two segments; Infinity where nothing is left over. */
  readonly strength: number;
}

/** A segment between two breaks, and the fit's values at its first and last evaluation. */
export interface Segment {
  readonly firstStep: number;
  readonly lastStep: number;
  readonly points: number;
  readonly firstValue: number;
  readonly lastValue: number;
  /** Per decade of steps or per step; 0 where the kind has no slopes. */
  readonly slope: number;
}

export interface ChangePoints {
  readonly kind: SegmentKind;
  /** Ascending. */
  readonly breaks: readonly ChangePoint[];
  /** One more than there are breaks; none without a finite evaluation. */
  readonly segments: readonly Segment[];
  /** Breaks of the least cost that do not stand out from the noise beside them, and were left out. */
  readonly dropped: number;
  /** Finite evaluations, on which all rests. */
  readonly evaluations: number;
  /** NaN or not recorded. */
  readonly unknown: number;
  readonly infinite: number;
  /** Noise scale `σ̂` in the metric's unit, and lag-1 autocorrelation `ρ` of the noise. */
  readonly noise: { readonly scale: number; readonly autocorrelation: number };
  readonly parameters: Readonly<Record<string, number | string>>;
}

const DRAWS = 200;
const COVERAGE = 0.9;
const SEED = 20260606;

/** Penalty of a break, and what its strength must be: this times `ln n`, in units of the noise's long-run variance. */
const PENALTY: Readonly<Record<SegmentKind, number>> = { mean: 3, slope: 4, l1: 3 };
const STRENGTH: Readonly<Record<SegmentKind, number>> = { mean: 4, slope: 5, l1: 4 };
/** What one unit of long-run variance is in absolute deviations: `√(2π)/4` for normal noise of variance 1. */
const ABSOLUTE_UNIT = Math.sqrt(2 * Math.PI) / 4;
/** Evaluations of a cost that an exact partition may take, and starts that are tried where it would take more. */
const BUDGET = 3e7;
const COARSE_STARTS = 10_000;
/** Share of the cost without breaks that a break must save at least: less may be rounding. */
const ROUNDING = 1e-11;

export function findChangePoints(series: Series, options: ChangePointOptions): ChangePoints {
  const { kind, axis = "log-step", seed = SEED } = options;
  const { step, value, infinite, unknown } = finitePoints(series);
  const n = value.length;
  // Squares of huge values are finite then.
  const unit = value.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
  const points: Points = {
    x: axis === "step" ? step : step.map((s) => Math.log10(Math.max(1, s))),
    y: value.map((v) => v / unit),
  };
  const scale = n < 2 ? 0 : evidentNoise(points.y);
  const search = new BreakSearch(kind, points, scale);
  const candidates = search.leastCost();
  const strong = search.standingOut(candidates);
  const located = search.locate(strong);

  const breaks = located.map(({ index }) => index);
  const fits = n === 0 ? [] : fitSegments(kind, points, breaks);
  const residuals = residualsOf(points, fits);
  const rho = search.autocorrelationOf(residuals, fits.length);
  const strengths = measureBreaks(points, residuals, fits, kind === "slope", rho);
  const atIndices = (low: number, high: number): Interval => ({
    after: step[low - 1] as number,
    by: step[high] as number,
  });
  return {
    kind,
    breaks: located.map((found, k): ChangePoint => {
      const bootstrap = { kind, rho, draws: DRAWS, coverage: COVERAGE, seed: seed + k };
      const { low, high } = bootstrapBreak(points, residuals, found, bootstrap);
      const size = sizeOf(fits[k] as SegmentFit, fits[k + 1] as SegmentFit, found, points);
      return {
        ...atIndices(low, high),
        estimate: atIndices(found.index, found.index),
        shape: found.shape,
        direction: size < 0 ? "down" : "up",
        size: size * unit,
        sizeInNoise: scale > 0 ? size / scale : null,
        strength: strengths[k] as number,
      };
    }),
    segments: fits.map((fit) => ({
      firstStep: step[fit.from] as number,
      lastStep: step[fit.to - 1] as number,
      points: fit.to - fit.from,
      firstValue: unit * fittedAt(fit, points.x[fit.from] as number),
      lastValue: unit * fittedAt(fit, points.x[fit.to - 1] as number),
      slope: unit * fit.slope,
    })),
    dropped: candidates.length - strong.length,
    evaluations: n,
    unknown,
    infinite,
    noise: { scale: scale * unit, autocorrelation: rho },
    parameters: {
      kind,
      ...(kind === "slope" ? { axis } : {}),
      minSegment: MIN_SEGMENT[kind],
      ...(search.spacing > 1 ? { spacing: search.spacing } : {}),
      penalty: PENALTY[kind],
      strength: STRENGTH[kind],
      draws: DRAWS,
      coverage: COVERAGE,
      seed,
    },
  };
}

/**
 * The onset of a change: the interval of the first break, or of the first in one direction. Without one it is censored at
 * the last finite evaluation; without enough evaluations for a break both ends are null.
 */
export function onsetOfChange(
  { kind, breaks, segments, evaluations }: ChangePoints,
  direction: "up" | "down" | null,
): Interval {
  const first = breaks.find((found) => direction === null || found.direction === direction);
  if (first) return { after: first.after, by: first.by };
  const last = segments.at(-1)?.lastStep ?? null;
  return { after: evaluations < 2 * MIN_SEGMENT[kind] ? null : last, by: null };
}

/** Standard deviation of the noise about its level, in the metric's unit: `σ̂/√(1 − ρ)`. */
export function noiseSdOf({ noise }: ChangePoints): number {
  return noise.scale / Math.sqrt(1 - noise.autocorrelation);
}

function finitePoints({ step, value, notRecorded }: Series): {
  step: Float64Array;
  value: Float64Array;
  infinite: number;
  unknown: number;
} {
  const isFinite = (_: number, i: number): boolean => Number.isFinite(value[i]);
  const finite = value.filter(isFinite);
  const nan = value.reduce((count, v) => count + (Number.isNaN(v) ? 1 : 0), 0);
  return {
    step: finite.length === value.length ? step : step.filter(isFinite),
    value: finite,
    infinite: value.length - finite.length - nan,
    unknown: nan + notRecorded,
  };
}

/** Change of the level between the two evaluations, or of the slope at a kink. */
function sizeOf(left: SegmentFit, right: SegmentFit, found: LocatedBreak, { x }: Points): number {
  if (found.shape === "kink") return right.slope - left.slope;
  const at = ((x[found.index - 1] as number) + (x[found.index] as number)) / 2;
  return fittedAt(right, at) - fittedAt(left, at);
}

/** The three stages of finding breaks: least cost, standing out from the noise beside them, best place. */
class BreakSearch {
  private readonly n: number;
  private readonly cost: SegmentCost | null;
  private readonly leastPenalty: number;
  /** Autocorrelation by the differences, below which no estimate goes. */
  private readonly leastRho: number;
  /** Points between two starts that are tried for a segment; above 1 the partition is not exact. */
  spacing = 1;

  constructor(
    private readonly kind: SegmentKind,
    private readonly points: Points,
    private readonly scale: number,
  ) {
    const { x, y } = points;
    this.n = y.length;
    this.cost = kind === "l1" ? null : kind === "slope" ? lineCost(x, y) : meanCost(y);
    const centre = kind === "l1" ? median(y) : mean(y);
    const power = kind === "l1" ? 1 : 2;
    this.leastPenalty = ROUNDING * y.reduce((sum, v) => sum + Math.abs(v - centre) ** power, 0);
    this.leastRho = scale > 0 ? noiseAutocorrelation(y) : 0;
  }

  /**
   * The exact partition of least cost, with the penalty for the autocorrelation of what is left over. That is estimated
   * anew after each partition, and only grows: it begins too low, where breaks have followed the noise.
   */
  leastCost(): number[] {
    if (!(this.n >= 2 * MIN_SEGMENT[this.kind])) return [];
    let penalty = this.penaltyOf(this.leastRho);
    for (;;) {
      const breaks = this.partition(penalty);
      if (breaks.length === 0) return breaks;
      const fits = fitSegments(this.kind, this.points, breaks);
      const rho = this.autocorrelationOf(residualsOf(this.points, fits), fits.length);
      const next = this.penaltyOf(rho);
      if (!(next > 1.02 * penalty)) return breaks;
      penalty = next;
    }
  }

  /** Without breaks that do not stand out: in rounds, in each of which those go that are also weaker than their neighbours. */
  standingOut(candidates: readonly number[]): readonly number[] {
    const least = STRENGTH[this.kind] * Math.log(this.n);
    for (let breaks = candidates; ;) {
      const fits = fitSegments(this.kind, this.points, breaks);
      const residuals = residualsOf(this.points, fits);
      const rho = this.autocorrelationOf(residuals, fits.length);
      const strengths = measureBreaks(this.points, residuals, fits, this.kind === "slope", rho);
      const kept = breaks.filter((_, k) => {
        const strength = strengths[k] as number;
        const before = strengths[k - 1] ?? Infinity;
        const after = strengths[k + 1] ?? Infinity;
        return strength >= least || strength >= before || strength > after;
      });
      if (kept.length === breaks.length) return breaks;
      breaks = kept;
    }
  }

  /** Each break as a jump or a kink, where it is best between its neighbours, from left to right. */
  locate(breaks: readonly number[]): LocatedBreak[] {
    const { kind, points, n } = this;
    const residuals = residualsOf(points, fitSegments(kind, points, breaks));
    const rho = this.autocorrelationOf(residuals, breaks.length + 1);
    let from = 0;
    return breaks.map((found, k) => {
      const to = breaks[k + 1] ?? n;
      const window: Points = { x: points.x.subarray(from, to), y: points.y.subarray(from, to) };
      const { index, shape } = locateBreak(kind, window, found - from, rho, n);
      const located: LocatedBreak = { from, index: from + index, to, shape };
      from = located.index;
      return located;
    });
  }

  autocorrelationOf(residuals: Float64Array, segments: number): number {
    if (this.scale === 0) return 0;
    const rho = residualAutocorrelation(residuals, segments * FITTED_NUMBERS[this.kind]);
    return Math.min(0.95, Math.max(this.leastRho, rho));
  }

  /** Long smooth curves, in which every start is nearly as good as the next, are partitioned at every few points only. */
  private partition(penalty: number): number[] {
    const { n, cost, points } = this;
    if (!cost) return findMedianPartition(points.y, penalty);
    const shortest = MIN_SEGMENT[this.kind];
    if (this.spacing === 1) {
      const exact = findOptimalPartition(n, cost, penalty, shortest, BUDGET);
      if (exact) return exact;
      this.spacing = Math.ceil(n / COARSE_STARTS);
    }
    const { spacing } = this;
    const coarse = findOptimalPartition(
      Math.ceil(n / spacing),
      (from, to) => cost(from * spacing, Math.min(n, to * spacing)),
      penalty,
      Math.ceil(shortest / spacing),
    );
    return (coarse ?? []).map((index) => index * spacing).filter((at) => at <= n - shortest);
  }

  /** The long-run variance of AR(1) noise is `σ²·(1 + ρ)/(1 − ρ)`, and `σ̂² = σ²·(1 − ρ)` what its differences show. */
  private penaltyOf(rho: number): number {
    const factor = PENALTY[this.kind] * Math.log(this.n) * ((1 + rho) / (1 - rho));
    const sd = this.scale / Math.sqrt(1 - rho);
    const noise = this.kind === "l1" ? ABSOLUTE_UNIT * sd : sd * sd;
    return Math.max(this.leastPenalty, factor * noise);
  }
}
