/** The search for the breaks of method M6: least cost, standing out from the noise beside them, best place. */

import { locateBreak, type BreakShape } from "./breakLocation.js";
import { measureBreaks } from "./breakStrength.js";
import { findMedianPartition } from "./medianPartition.js";
import { noiseAutocorrelation } from "./noiseOfSeries.js";
import { findOptimalPartition, type SegmentCost } from "./optimalPartition.js";
import { lineCost, meanCost } from "./segmentCosts.js";
import {
  fitSegments,
  FITTED_NUMBERS,
  MIN_SEGMENT,
  residualAutocorrelation,
  residualsOf,
  type Points,
  type SegmentKind,
} from "./segmentFits.js";
import { mean, median } from "./statistics.js";

/** A break by the first index of its right segment, with the segments it lies between. */
export interface LocatedBreak {
  readonly from: number;
  readonly index: number;
  readonly to: number;
  readonly shape: BreakShape;
}

/** Penalty of a break, and what its strength must be: this times `ln n`, in units of the noise's long-run variance. */
export const PENALTY: Readonly<Record<SegmentKind, number>> = { mean: 3, slope: 4, l1: 3 };
export const STRENGTH: Readonly<Record<SegmentKind, number>> = { mean: 4, slope: 5, l1: 4 };
/** What one unit of long-run variance is in absolute deviations: `√(2π)/4` for normal noise of variance 1. */
const ABSOLUTE_UNIT = Math.sqrt(2 * Math.PI) / 4;
/** Evaluations of a cost that an exact partition may take, and starts that are tried where it would take more. */
const BUDGET = 1e7;
const COARSE_STARTS = 5000;
/**
 * Autocorrelation that noise is taken to have at most. Nearer to 1 a curve that goes from one level to another within some
 * evaluations is explained as well by noise that wanders, and its change would be missed.
 */
const MAX_RHO = 0.9;
/** Share of the cost without breaks that a break must save at least: less may be rounding. */
const ROUNDING = 1e-11;

/** A partition, the least autocorrelation that its penalty began with, and how badly it explains the series. */
interface Tried {
  readonly breaks: number[];
  readonly leastRho: number;
  readonly penalty: number;
  readonly criterion: number;
}

/** One series, whose noise scale `σ̂` is `scale`; the three stages are called one after the other. */
export class BreakSearch {
  private readonly n: number;
  private readonly cost: SegmentCost | null;
  private readonly leastPenalty: number;
  /** Autocorrelation by the differences, below which no estimate goes. */
  private leastRho: number;
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
   * The exact partition of least cost, with the penalty for the autocorrelation of the noise. What the differences show of
   * that is too much where the curve itself goes up or down, and what is left over beside too many breaks is too little.
   * So there are partitions by the penalty that begins with none, and grows with what each partition leaves over, and by
   * the one that begins with what the differences show. Of all the one is taken that explains the series best: by the
   * variance of what is new at each point of AR(1) noise, and as much for each break as its penalty (as Chakar et al. 2017).
   */
  leastCost(): number[] {
    if (!(this.n >= 2 * MIN_SEGMENT[this.kind])) return [];
    const shown = this.leastRho;
    const tried = this.partitionsFrom(0);
    const grown = tried.at(-1)?.penalty ?? 0;
    if (this.penaltyOf(shown) > 1.02 * grown) tried.push(...this.partitionsFrom(shown));
    const best = tried.reduce((a, b) => (b.criterion < a.criterion ? b : a));
    this.leastRho = best.leastRho;
    return best.breaks;
  }

  private partitionsFrom(leastRho: number): Tried[] {
    const tried: Tried[] = [];
    this.leastRho = leastRho;
    for (let penalty = this.penaltyOf(leastRho); ;) {
      const breaks = this.partition(penalty);
      const residuals = residualsOf(this.points, fitSegments(this.kind, this.points, breaks));
      const rho = this.autocorrelationOf(residuals, breaks.length + 1);
      const criterion =
        this.n * Math.log(shockVariance(this.kind, residuals, rho)) +
        breaks.length * PENALTY[this.kind] * Math.log(this.n);
      tried.push({ breaks, leastRho, penalty, criterion });
      const next = this.penaltyOf(rho);
      if (breaks.length === 0 || !(next > 1.02 * penalty)) return tried;
      penalty = next;
    }
  }

  /** Without breaks that do not stand out: in rounds, in each of which the weakest eighth of those goes. */
  standingOut(candidates: readonly number[]): readonly number[] {
    const least = STRENGTH[this.kind] * Math.log(this.n);
    for (let breaks = candidates; ;) {
      const fits = fitSegments(this.kind, this.points, breaks);
      const residuals = residualsOf(this.points, fits);
      const rho = this.autocorrelationOf(residuals, fits.length);
      const strengths = measureBreaks(this.points, residuals, fits, this.kind === "slope", rho);
      const weak = [...strengths.keys()].filter((k) => (strengths[k] as number) < least);
      if (weak.length === 0) return breaks;
      weak.sort((a, b) => (strengths[a] as number) - (strengths[b] as number));
      const dropped = new Set(weak.slice(0, Math.ceil(weak.length / 8)));
      breaks = breaks.filter((_, k) => !dropped.has(k));
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
    return Math.min(MAX_RHO, Math.max(this.leastRho, rho));
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

/** Variance of what is new at each point of AR(1) noise; for absolute deviations the square of their mean. */
function shockVariance(kind: SegmentKind, residuals: Float64Array, rho: number): number {
  const power = kind === "l1" ? 1 : 2;
  let sum = Math.abs((residuals[0] as number) * Math.sqrt(1 - rho * rho)) ** power;
  for (let i = 1; i < residuals.length; i++) {
    sum += Math.abs((residuals[i] as number) - rho * (residuals[i - 1] as number)) ** power;
  }
  const deviation = sum / residuals.length;
  return kind === "l1" ? deviation * deviation : deviation;
}
