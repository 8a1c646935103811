/**
 * Methods M23 and M24: the scaling law and the broken law, fitted to one curve or to several pooled.
 *
 * The objective is Hoffmann et al.'s (2022): the sum over the points of a Huber loss with δ = 1e-3 of the difference in
 * log y, with E, A (a, b) and the rest parametrised so that the prediction is a log-sum-exp; BFGS from a grid of starts.
 */

import { PackedLaw, packLaw, parameterCount, unpackLaw, type Breaks, type Law } from "./law.js";
import { startsOf } from "./lawStarts.js";
import { logPointsOf, thinned, type Curve, type LogPoints } from "./logPoints.js";
import { minimise, type Objective } from "./minimise.js";
import { createNormal, createRandom, mean, median } from "./statistics.js";

/** The Huber loss turns from a square to an absolute value here, in units of log y. */
export const DELTA = 1e-3;

export interface LawFit {
  readonly ok: true;
  readonly law: Law;
  /** Sum of the Huber losses over the points: fits are compared by it, not by parameters, which trade off. */
  readonly objective: number;
  /** Points that the objective is summed over. */
  readonly points: number;
  /** Evaluations left out: NaN or infinite ones, and those at x ≤ 0, where the law has no value. */
  readonly leftOut: number;
}

export type LawFitResult = LawFit | { readonly ok: false; readonly reason: string };

/** Points on which starts are compared, on which the best ones are refined, and which the last refinement takes. */
const COARSE = 150;
const FINE = 1000;
const MOST = 10_000;
/** How many starts descend, how many of these go on, and how many of those are refined on the fine points. */
const DESCENTS = 500;
const REFINED = 40;
const FINALISTS = 6;
/** Refinements from the best law with its parameters moved at random, for each break. */
const HOPS = 25;

interface Effort {
  readonly maxIterations: number;
  readonly tolerance: number;
  /** By what the Huber loss narrows from descent to descent. */
  readonly narrowing: number;
  /** Most descents with the wanted one. */
  readonly rounds: number;
}
const REFIT = { maxIterations: 60, tolerance: 1e-6 };
const SHORT = { maxIterations: 40, tolerance: 1e-5 };
const MEDIUM: Effort = { maxIterations: 80, tolerance: 1e-6, narrowing: 25, rounds: 2 };
const LONG: Effort = { maxIterations: 500, tolerance: 1e-12, narrowing: 5, rounds: 10 };
const SEED = 20260606;

/**
 * The law with 0, 1 or 2 breaks that fits the pooled points of all curves best: one curve over steps or tokens, or the
 * final values of runs over their parameters. Needs 2·(3m + 3) points, at as many different x as it has parameters.
 *
 * No result for values at or below 0, which have no logarithm, for a flat curve, and for too few points. Of more than
 * 10,000 points every k-th is fitted; the objective is that of all. A few hundred passes over at most 1,000 points and
 * some over 10,000, so bounded in n but for the logarithms.
 */
export function fitLaw(
  curves: readonly Curve[],
  breaks: Breaks,
  { delta = DELTA }: { readonly delta?: number } = {},
): LawFitResult {
  const points = logPointsOf(curves);
  return points.ok ? fitPoints(points, breaks, delta) : points;
}

export function fitPoints(all: LogPoints, breaks: Breaks, delta = DELTA): LawFitResult {
  const reason = whyNotFitted(all, breaks);
  if (reason !== null) return { ok: false, reason };
  const points = thinned(all, MOST);
  const centre = mean(points.u);
  const found = search(points, centre, breaks, delta);
  return {
    ok: true,
    law: unpackLaw(found, centre),
    objective: judgeOn(all, centre, delta)(found).value,
    points: all.u.length,
    leftOut: all.leftOut,
  };
}

/** The law near `start` that fits best: for points that differ little from those it was fitted to. */
export function refitPoints(points: LogPoints, start: Law): Law {
  const centre = mean(points.u);
  const objective = objectiveOf(points, centre, DELTA);
  return unpackLaw(minimise(objective, packLaw(start, centre), REFIT).parameters, centre);
}

function whyNotFitted({ u, v }: LogPoints, breaks: Breaks): string | null {
  const parameters = parameterCount(breaks);
  if (u.length < 2 * parameters) return `${u.length} points, fewer than ${2 * parameters}`;
  const different = new Set<number>();
  for (let i = 0; i < u.length && different.size < parameters; i++) different.add(u[i] as number);
  if (different.size < parameters) {
    return `${different.size} different x, fewer than ${parameters} parameters`;
  }
  return v.every((y) => y === v[0]) ? "the values do not vary" : null;
}

interface Candidate {
  readonly parameters: Float64Array;
  readonly value: number;
}

/**
 * The best of what a search on few points found, refined on more and more points. The best law with a break less takes
 * part, with another break that changes nothing yet.
 */
function search(points: LogPoints, centre: number, breaks: Breaks, delta: number): Float64Array {
  const coarse = thinned(points, COARSE);
  const fine = thinned(points, FINE);
  const refined = (
    from: readonly Float64Array[],
    on: LogPoints,
    effort: Effort,
    count: number,
  ): Float64Array[] => {
    const judge = judgeOn(on, centre, delta);
    const candidates = from.map((start) => judge(refine(on, centre, start, delta, effort)));
    return bestOf(candidates, count).map(({ parameters }) => parameters);
  };
  const simpler = breaks > 0 ? search(points, centre, (breaks - 1) as Breaks, delta) : null;
  const nested = simpler
    ? Array.from(thinned(coarse, 9).u, (u) =>
        Float64Array.of(...simpler, 0, u - centre, Math.log(0.3)),
      )
    : [];
  const finalists = [...explore(coarse, centre, breaks, delta), ...nested];
  const best = refined(refined(finalists, fine, MEDIUM, 3), fine, LONG, 1);
  if (fine === points) return best[0] as Float64Array;
  return refined([...best, ...nested.slice(0, 1)], points, LONG, 1)[0] as Float64Array;
}

/** Short descents from the best starts, longer ones from the best of them, and some from where these are moved to. */
function explore(coarse: LogPoints, centre: number, breaks: Breaks, delta: number): Float64Array[] {
  const judge = judgeOn(coarse, centre, delta);
  const refined = (parameters: Float64Array): Candidate =>
    judge(refine(coarse, centre, parameters, delta, MEDIUM));
  const starts = bestOf(startsOf(coarse, centre, breaks).map(judge), DESCENTS);
  const descended = starts.map(({ parameters }) => {
    const width = Math.max(delta, typicalResidual(coarse, centre, parameters));
    return judge(minimise(objectiveOf(coarse, centre, width), parameters, SHORT).parameters);
  });
  const found = bestOf(descended, REFINED).map(({ parameters }) => refined(parameters));
  const random = createRandom(SEED);
  const normal = createNormal(random);
  for (let hop = 0; hop < breaks * HOPS && found.length > 0; hop++) {
    const moved = (bestOf(found, 1)[0] as Candidate).parameters.map((x) => x + 0.3 * normal());
    if (hop % 2 === 0) {
      const i = 3 + 3 * Math.floor(random() * breaks);
      moved[i] = normal() * Math.exp(normal());
      moved[i + 1] = (coarse.u[Math.floor(random() * coarse.u.length)] as number) - centre;
      moved[i + 2] = 1.5 * normal() - 1;
    }
    found.push(refined(moved));
  }
  return bestOf(found, FINALISTS).map(({ parameters }) => parameters);
}

function judgeOn(
  points: LogPoints,
  centre: number,
  delta: number,
): (parameters: Float64Array) => Candidate {
  const objective = objectiveOf(points, centre, delta);
  return (parameters) => ({
    parameters,
    value: objective(parameters, new Float64Array(parameters.length)),
  });
}

/** The candidates with the lowest values, those left out that nearly equal a better one. */
function bestOf(candidates: readonly Candidate[], count: number): Candidate[] {
  const sorted = candidates
    .filter(({ value }) => Number.isFinite(value))
    .sort((one, other) => one.value - other.value);
  const best: Candidate[] = [];
  for (const candidate of sorted) {
    if (best.length === count) break;
    const last = best.at(-1);
    if (!last || candidate.value > last.value * (1 + 1e-6)) best.push(candidate);
  }
  return best;
}

/** Descents with a Huber loss that narrows to the wanted one, so that its corners do not catch the first of them. */
function refine(
  points: LogPoints,
  centre: number,
  start: Float64Array,
  delta: number,
  effort: Effort,
): Float64Array {
  let best = start;
  let lowest = Infinity;
  const judge = judgeOn(points, centre, delta);
  /** How much of the lowest value a candidate takes off. */
  const gainOf = (parameters: Float64Array): number => {
    const { value } = judge(parameters);
    const gain = (lowest - value) / value;
    if (value < lowest) [best, lowest] = [parameters, value];
    return gain;
  };
  gainOf(start);
  let at = start;
  let width = typicalResidual(points, centre, start);
  for (; width > delta; width /= effort.narrowing) {
    at = minimise(objectiveOf(points, centre, width), at, effort).parameters;
  }
  gainOf(at);
  for (let round = 0; round < effort.rounds; round++) {
    const next = minimise(objectiveOf(points, centre, delta), best, effort);
    if (!(gainOf(next.parameters) > effort.tolerance)) break;
  }
  return best;
}

/** `Σ Huber_δ(log ŷ − log y)` */
function objectiveOf({ u, v }: LogPoints, centre: number, delta: number): Objective {
  return (parameters, gradient) => {
    const law = new PackedLaw(parameters);
    const one = new Float64Array(parameters.length);
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < u.length; i++) {
      const r = law.logAt((u[i] as number) - centre, one) - (v[i] as number);
      const isInside = Math.abs(r) <= delta;
      sum += isInside ? (r * r) / 2 : delta * (Math.abs(r) - delta / 2);
      const slope = isInside ? r : delta * Math.sign(r);
      for (let j = 0; j < gradient.length; j++) {
        gradient[j] = (gradient[j] as number) + slope * (one[j] as number);
      }
    }
    return sum;
  };
}

/** Median distance from the law in log y. */
function typicalResidual({ u, v }: LogPoints, centre: number, parameters: Float64Array): number {
  const law = new PackedLaw(parameters);
  return median(u.map((x, i) => Math.abs(law.logAt(x - centre, null) - (v[i] as number))));
}
