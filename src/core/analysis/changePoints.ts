/** Method M6: the change points of a whole series, each with an interval. */

import type { Interval } from "../model/interval.js";
import type { Series } from "../model/series.js";
import { BreakBootstrap } from "./breakIntervals.js";
import type { BreakShape } from "./breakLocation.js";
import { BreakSearch, PENALTY, STRENGTH, type LocatedBreak } from "./breakSearch.js";
import { measureBreaks } from "./breakStrength.js";
import { evidentNoise } from "./noiseOfSeries.js";
import {
  fitSegments,
  fittedAt,
  MIN_SEGMENT,
  residualsOf,
  type Points,
  type SegmentFit,
  type SegmentKind,
} from "./segmentFits.js";

export { MIN_SEGMENT, type SegmentKind } from "./segmentFits.js";
import { mean } from "./statistics.js";

export interface ChangePointOptions {
  readonly kind: SegmentKind;
  /** What slopes are over: `log10(max(1, step))`, or the step itself. */
  readonly axis?: "log-step" | "step";
  /** Breaks of least cost that are kept: those that stand out from the noise beside them, or all. */
  readonly keep?: "strong" | "all";
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
  /** Wald statistic against the noise of its own two segments; null where they have none. */
  readonly strength: number | null;
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
  /** Noise scale `σ̂` in the metric's unit, lag-1 autocorrelation `ρ` of the noise, and sd of what the fit leaves over. */
  readonly noise: {
    readonly scale: number;
    readonly autocorrelation: number;
    readonly residual: number;
  };
  readonly parameters: Readonly<Record<string, number | string>>;
}

const DRAWS = 200;
const COVERAGE = 0.9;
const SEED = 20260606;

/**
 * M6: where the series changes its level (`mean`, or `l1` by medians) or its line (`slope`).
 *
 * 1. The exact partition of least cost, as optimal partitioning finds it: squared deviations from each segment's mean or
 *    least-squares line, or absolute ones from its median, and a penalty for each break that grows with `ln n` and with the
 *    long-run variance of the noise (Lavielle and Moulines 2000), since autocorrelated noise otherwise breaks everywhere.
 * 2. Of its breaks those that stand out from the noise of their own two segments, which may be uneven or have outliers.
 * 3. For each its best place between its neighbours, and around that the interval by block bootstrap. A break of slopes is
 *    a kink unless the lines need a gap.
 *
 * Planted onsets (docs/truth.md): of steps of five standard deviations of the noise or more the intervals hold 95 to 100 %;
 * of hinges 90 % over all noises, but at five 82 to 87 % and with an autocorrelation of 0.8 72 %. Flat series have a break
 * in 0 to 1.3 %, with slopes and outliers in 3 %.
 *
 * Sees finite evaluations; the others are counted. Without two segments' worth of them there are no breaks. About
 * O(n log n), and O(200 · reach) per break for its interval; a long smooth curve, in which every start of a segment is
 * nearly as good as the next, would take O(n²): beyond a budget starts are then tried at every few evaluations only, and
 * `parameters.spacing` says so.
 */
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
  const strong = options.keep === "all" ? candidates : search.standingOut(candidates);
  const located = search.locate(strong);

  const breaks = located.map(({ index }) => index);
  const fits = n === 0 ? [] : fitSegments(kind, points, breaks);
  const residuals = residualsOf(points, fits);
  const rho = search.autocorrelationOf(residuals, fits.length);
  const strengths = measureBreaks(points, residuals, fits, kind === "slope", rho);
  const bootstrap = new BreakBootstrap(kind, points, residuals, rho, {
    draws: DRAWS,
    coverage: COVERAGE,
    seed,
  });
  const atIndices = (low: number, high: number): Interval => ({
    after: step[low - 1] as number,
    by: step[high] as number,
  });
  return {
    kind,
    breaks: located.map((found, k): ChangePoint => {
      const { low, high } = bootstrap.interval(found, reachOf(found, strengths[k] as number));
      const size = sizeOf(fits[k] as SegmentFit, fits[k + 1] as SegmentFit, found, points);
      return {
        ...atIndices(low, high),
        estimate: atIndices(found.index, found.index),
        shape: found.shape,
        direction: size < 0 ? "down" : "up",
        size: size * unit,
        sizeInNoise: scale > 0 ? size / scale : null,
        strength: Number.isFinite(strengths[k]) ? (strengths[k] as number) : null,
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
    noise: {
      scale: scale * unit,
      autocorrelation: rho,
      residual: unit * Math.sqrt(mean(residuals.map((left) => left * left))),
    },
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
 * Standard deviation of the noise about its level, in the metric's unit: `σ̂/√(1 − ρ)`, but no more than the fit leaves
 * over, since what a smooth curve goes up and down by itself is in `σ̂` too.
 */
export function noiseSdOf({ noise }: ChangePoints): number {
  return Math.min(noise.scale / Math.sqrt(1 - noise.autocorrelation), noise.residual);
}

function finitePoints({ step, value, notRecorded }: Series): {
  step: Float64Array;
  value: Float64Array;
  infinite: number;
  unknown: number;
} {
  const finite = { step: new Float64Array(step.length), value: new Float64Array(step.length) };
  let n = 0;
  let nan = 0;
  for (let i = 0; i < value.length; i++) {
    const y = value[i] as number;
    if (Number.isFinite(y)) {
      finite.step[n] = step[i] as number;
      finite.value[n++] = y;
    } else if (Number.isNaN(y)) nan++;
  }
  return {
    step: finite.step.subarray(0, n),
    value: finite.value.subarray(0, n),
    infinite: value.length - n - nan,
    unknown: nan + notRecorded,
  };
}

/** Points around a kink that its interval rests on, on either side; around a jump those that it may move over, and more. */
const KINK_REACH = 5000;
const JUMP_REACH = 100;

/** A jump of `δ` standard deviations of the noise is located to within a few times `1/δ²` points (Hinkley 1970). */
function reachOf({ from, index, to, shape }: LocatedBreak, strength: number): number {
  if (shape === "kink") return KINK_REACH;
  const squaredJump = strength * (1 / (index - from) + 1 / (to - index));
  return Math.min(KINK_REACH, JUMP_REACH + Math.ceil(50 / squaredJump));
}

/** Change of the level between the two evaluations, or of the slope at a kink. */
function sizeOf(left: SegmentFit, right: SegmentFit, found: LocatedBreak, { x }: Points): number {
  if (found.shape === "kink") return right.slope - left.slope;
  const at = ((x[found.index - 1] as number) + (x[found.index] as number)) / 2;
  return fittedAt(right, at) - fittedAt(left, at);
}
