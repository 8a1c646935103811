/** Method M15: Turnbull's estimate of when runs begin to show a behaviour, from the intervals in which each did. */

import type { Interval } from "../model/interval.js";
import { onsetSample, toInterval, type OpenInterval } from "./onsetSample.js";

export interface Turnbull {
  /** Runs with data; those without are counted apart. */
  readonly runs: number;
  readonly noData: number;
  /**
   * The intervals that hold the probability, ascending. The distribution is known between them only: it is level from one's
   * `by` to the next one's `after`, and undefined inside.
   */
  readonly intervals: readonly TurnbullInterval[];
  /** The greatest breach of the Kuhn–Tucker conditions: 0 at the maximum of the likelihood. */
  readonly breach: number;
  /** Whether the breach is at most 1e-6. */
  readonly converged: boolean;
  readonly iterations: number;
}

/** `(after, by]`. `after` null: the behaviour was there at the first evaluations. `by` null: it never came. */
export interface TurnbullInterval extends Interval {
  readonly probability: number;
  /** Share of runs that show the behaviour by `by`: the probability up to and with this interval. */
  readonly share: number;
}

/** Intervals `(after, by]`, each with how many runs have it. */
export interface WeightedIntervals {
  readonly intervals: readonly OpenInterval[];
  readonly weights: Float64Array;
}

/** Greatest breach at which an estimate counts as found. */
export const TURNBULL_BREACH = 1e-6;
/** What a single estimate aims at, so that its probabilities are good to six digits and more. */
const AIM = 1e-10;
const MAX_ITERATIONS = 5000;

/**
 * Nonparametric maximum likelihood for interval-censored data (Turnbull 1976). The probability lies in the innermost
 * intervals: from a left end to a right end with no other end between, where `(1, 2]` and `(2, 3]` touch and do not overlap.
 * Each of them ends one run's interval and begins one's, which makes their probabilities unique. Found by expectation steps
 * in turn with steps of the iterative convex minorant (Groeneboom & Wellner 1992; Wellner & Zhan 1997) until the
 * Kuhn–Tucker conditions hold to 1e-6: with `d` the mean over the runs of [interval inside the run's]/P(the run's),
 * `d = 1` where there is probability and `d ≤ 1` where there is none. No intervals without a run. O(n log n), and O(n) per
 * iteration.
 */
export function turnbull(onsets: readonly Interval[]): Turnbull {
  const { intervals, noData } = onsetSample(onsets);
  const fit = fitTurnbull(distinctIntervals(intervals), AIM);
  let share = 0;
  const held: TurnbullInterval[] = [];
  for (const [j, { after, by }] of fit.cells.entries()) {
    const probability = fit.probability[j] as number;
    if (probability === 0) continue;
    share += probability;
    held.push({ ...toInterval([after, by]), probability, share: Math.min(1, share) });
  }
  return {
    runs: intervals.length,
    noData,
    intervals: held,
    breach: fit.breach,
    converged: fit.breach <= TURNBULL_BREACH,
    iterations: fit.iterations,
  };
}

/** Equal intervals count as one with a weight: runs that are evaluated at the same steps have few different ones. */
export function distinctIntervals(intervals: readonly OpenInterval[]): WeightedIntervals {
  const sorted = [...intervals].sort((a, b) => compare(a.after, b.after) || compare(a.by, b.by));
  const distinct: OpenInterval[] = [];
  const weights: number[] = [];
  for (const interval of sorted) {
    const last = distinct.at(-1);
    if (last !== undefined && last.after === interval.after && last.by === interval.by) {
      weights[weights.length - 1]! += 1;
    } else {
      distinct.push(interval);
      weights.push(1);
    }
  }
  return { intervals: distinct, weights: Float64Array.from(weights) };
}

/** Infinite ends have no difference. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface TurnbullFit {
  readonly cells: readonly OpenInterval[];
  readonly probability: Float64Array;
  readonly breach: number;
  readonly iterations: number;
}

/** Goes on until the breach is at most `aim`. Intervals of weight 0 take no part. */
export function fitTurnbull(sample: WeightedIntervals, aim = TURNBULL_BREACH): TurnbullFit {
  const cells = innermost(sample);
  if (cells.length === 0) {
    return { cells, probability: new Float64Array(0), breach: 0, iterations: 0 };
  }
  const covered = coverage(sample, cells);
  let probability: Float64Array = new Float64Array(cells.length).fill(1 / cells.length);
  let iterations = 0;
  let slope = slopes(covered, probability);
  while (breachOf(probability, slope) > aim && iterations < MAX_ITERATIONS) {
    const expected = probability.map((p, j) => p * (slope[j] as number));
    probability = minorantStep(covered, expected);
    slope = slopes(covered, probability);
    iterations++;
  }
  return { cells, probability, breach: breachOf(probability, slope), iterations };
}

/** From each left end to the next right end, where no other left end is between. Right ends come first of equal ends. */
function innermost({ intervals, weights }: WeightedIntervals): OpenInterval[] {
  const used = intervals.filter((_, i) => (weights[i] as number) > 0);
  const lefts = Float64Array.from(used, ({ after }) => after).sort();
  const rights = Float64Array.from(used, ({ by }) => by).sort();
  const cells: OpenInterval[] = [];
  let r = 0;
  for (let l = 0; l < lefts.length; l++) {
    const after = lefts[l] as number;
    while ((rights[r] as number) <= after) r++;
    const by = rights[r] as number;
    if (l + 1 < lefts.length && (lefts[l + 1] as number) < by) continue;
    cells.push({ after, by });
  }
  return cells;
}

/** Which cells lie inside each run's interval: those from `first` on and before `end`. */
interface Coverage {
  readonly first: Int32Array;
  readonly end: Int32Array;
  /** Runs with this interval, as a share of all. */
  readonly share: Float64Array;
}

function coverage({ intervals, weights }: WeightedIntervals, cells: OpenInterval[]): Coverage {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const used = [...intervals.keys()].filter((i) => (weights[i] as number) > 0);
  const countUntil = (isPast: (cell: OpenInterval) => boolean): number => {
    let low = 0;
    let high = cells.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isPast(cells[middle] as OpenInterval)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    first: Int32Array.from(used, (i) => countUntil(({ after }) => after >= intervals[i]!.after)),
    end: Int32Array.from(used, (i) => countUntil(({ by }) => by > intervals[i]!.by)),
    share: Float64Array.from(used, (i) => (weights[i] as number) / total),
  };
}

/** Distribution function before each cell and, last, at the end. */
function cumulate(probability: Float64Array): Float64Array {
  const before = new Float64Array(probability.length + 1);
  for (let j = 0; j < probability.length; j++) {
    before[j + 1] = (before[j] as number) + (probability[j] as number);
  }
  return before;
}

/** Derivative of the mean log-likelihood by the probability of each cell. */
function slopes({ first, end, share }: Coverage, probability: Float64Array): Float64Array {
  const before = cumulate(probability);
  const change = new Float64Array(probability.length + 1);
  for (let i = 0; i < share.length; i++) {
    const from = first[i] as number;
    const to = end[i] as number;
    const slope = (share[i] as number) / ((before[to] as number) - (before[from] as number));
    change[from]! += slope;
    change[to]! -= slope;
  }
  const slope = new Float64Array(probability.length);
  let sum = 0;
  for (let j = 0; j < slope.length; j++) slope[j] = sum += change[j] as number;
  return slope;
}

/** The greatest breach of the Kuhn–Tucker conditions. */
function breachOf(probability: Float64Array, slope: Float64Array): number {
  let breach = 0;
  for (let j = 0; j < slope.length; j++) {
    const excess = (slope[j] as number) - 1;
    breach = Math.max(breach, (probability[j] as number) > 0 ? Math.abs(excess) : excess);
  }
  return breach;
}

/**
 * One step of the iterative convex minorant: the Newton step of the distribution function with the diagonal of the second
 * derivatives, made to ascend by weighted isotonic regression, and halved until the likelihood gains.
 */
function minorantStep(covered: Coverage, probability: Float64Array): Float64Array {
  const { first, end, share } = covered;
  const m = probability.length;
  const before = cumulate(probability);
  const gradient = new Float64Array(m + 1);
  const curvature = new Float64Array(m + 1);
  for (let i = 0; i < share.length; i++) {
    const from = first[i] as number;
    const to = end[i] as number;
    const chance = (before[to] as number) - (before[from] as number);
    const slope = (share[i] as number) / chance;
    gradient[to]! += slope;
    gradient[from]! -= slope;
    curvature[to]! += slope / chance;
    curvature[from]! += slope / chance;
  }
  const target = new Float64Array(m + 1);
  for (let j = 1; j < m; j++) {
    target[j] = (before[j] as number) + (gradient[j] as number) / (curvature[j] as number);
  }
  const ascending = isotonic(target, curvature, 1, m);
  ascending[m] = 1;
  const start = meanLogLikelihood(covered, before);
  for (let length = 1; length > 1e-10; length /= 2) {
    const next = before.map((value, j) => value + length * ((ascending[j] as number) - value));
    if (meanLogLikelihood(covered, next) >= start) {
      return probability.map((_, j) => Math.max(0, (next[j + 1] as number) - (next[j] as number)));
    }
  }
  return probability;
}

function meanLogLikelihood({ first, end, share }: Coverage, before: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < share.length; i++) {
    const chance = (before[end[i] as number] as number) - (before[first[i] as number] as number);
    sum += (share[i] as number) * Math.log(Math.max(0, chance));
  }
  return sum;
}

/**
 * Weighted least squares under `0 ≤ y[from] ≤ … ≤ y[to − 1] ≤ 1` by pooling adjacent violators; 0 before `from`. O(n).
 */
function isotonic(y: Float64Array, weight: Float64Array, from: number, to: number): Float64Array {
  const level = new Float64Array(to);
  const mass = new Float64Array(to);
  const start = new Int32Array(to + 1);
  let blocks = 0;
  for (let j = from; j < to; j++) {
    level[blocks] = y[j] as number;
    mass[blocks] = weight[j] as number;
    start[blocks] = j;
    while (blocks > 0 && (level[blocks - 1] as number) >= (level[blocks] as number)) {
      const both = (mass[blocks - 1] as number) + (mass[blocks] as number);
      level[blocks - 1]! +=
        (((level[blocks] as number) - (level[blocks - 1] as number)) * (mass[blocks] as number)) /
        both;
      mass[--blocks] = both;
    }
    blocks++;
  }
  start[blocks] = to;
  const result = new Float64Array(y.length);
  for (let b = 0; b < blocks; b++) {
    const value = Math.min(1, Math.max(0, level[b] as number));
    result.fill(value, start[b], start[b + 1]);
  }
  return result;
}
