/** Two Gaussians of equal variance against one, by the Bayesian information criterion: one half of method M14. */

import { mean } from "./statistics.js";

export interface TwoGaussians {
  /**
   * `BIC₁ − BIC₂` with `BIC = k·ln n − 2·ln L`: above 0 two Gaussians (k = 4) tell more than one (k = 2). Infinite where
   * there are but two distinct values, which two Gaussians without width hold exactly.
   */
  readonly deltaBic: number;
  readonly lower: Component;
  readonly upper: Component;
  /** Standard deviation within both. */
  readonly sd: number;
}

export interface Component {
  readonly mean: number;
  /** Between 0 and 1; those of both add up to 1. */
  readonly share: number;
}

/** Splits of the sorted sample to start from: all of them where there are not more. */
const MAX_STARTS = 32;
/** Rounds of three steps that every start gets, and those that the best starts get on top. */
const FIRST_ROUNDS = 8;
const FINALISTS = 4;
const LAST_ROUNDS = 1000;
/** Of parameters in units of the sample's standard deviation. */
const TOLERANCE = 1e-9;

/**
 * The greatest likelihood by expectation–maximisation (Dempster, Laird & Rubin 1977) from splits of the sorted sample into
 * a lower and an upper part, hastened by squared extrapolation (Varadhan & Roland 2008); the best one counts. Null below
 * three finite values and where all are equal. NaN and infinities are left out. O(n · starts · rounds).
 */
export function fitTwoGaussians(values: ArrayLike<number>): TwoGaussians | null {
  const sorted = Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();
  const n = sorted.length;
  const first = sorted[0] as number;
  const last = sorted[n - 1] as number;
  if (n < 3 || first === last) return null;
  const atLast = sorted.indexOf(last);
  if (sorted[atLast - 1] === first) {
    return {
      deltaBic: Infinity,
      lower: { mean: first, share: atLast / n },
      upper: { mean: last, share: (n - atLast) / n },
      sd: 0,
    };
  }
  // From 0 to 1, so that squares of very large and very small values stay within numbers.
  const range = last / 2 - first / 2;
  const x = sorted.map((value) => (value / 2 - first / 2) / range);
  const centre = mean(x);
  const variance = meanSquare(x, centre);
  const z = x.map((value) => (value - centre) / Math.sqrt(variance));
  const best = bestFit(z);
  const { share, lower, upper } = best.mixture;
  const components = [
    { share, mean: lower },
    { share: 1 - share, mean: upper },
  ].map((one) => ({
    share: one.share,
    mean: 2 * (first / 2 + (centre + one.mean * Math.sqrt(variance)) * range),
  }));
  components.sort((a, b) => a.mean - b.mean);
  return {
    deltaBic: 2 * best.logLikelihood + n * (Math.log(2 * Math.PI) + 1) - 2 * Math.log(n),
    lower: components[0] as Component,
    upper: components[1] as Component,
    sd: range * (2 * Math.sqrt(variance * Math.exp(best.mixture.logVariance))),
  };
}

/** A step can swap the two, so that `lower` need not be below `upper` before the end. */
interface Mixture {
  /** Of the lower component. */
  readonly share: number;
  readonly lower: number;
  readonly upper: number;
  readonly logVariance: number;
}

interface Fit {
  readonly mixture: Mixture;
  readonly logLikelihood: number;
}

function bestFit(z: Float64Array): Fit {
  const n = z.length;
  const starts = Math.min(n - 1, MAX_STARTS);
  const fits = Array.from({ length: starts }, (_, s) =>
    maximise(z, splitAt(z, 1 + Math.round((s * (n - 2)) / Math.max(1, starts - 1))), FIRST_ROUNDS),
  );
  return fits
    .sort((a, b) => b.logLikelihood - a.logLikelihood)
    .slice(0, FINALISTS)
    .map(({ mixture }) => maximise(z, mixture, LAST_ROUNDS))
    .reduce((best, fit) => (fit.logLikelihood > best.logLikelihood ? fit : best));
}

function splitAt(z: Float64Array, split: number): Mixture {
  const below = z.subarray(0, split);
  const above = z.subarray(split);
  const [lower, upper] = [mean(below), mean(above)];
  const share = split / z.length;
  const variance = share * meanSquare(below, lower) + (1 - share) * meanSquare(above, upper);
  return { share, lower, upper, logVariance: Math.log(variance) };
}

function maximise(z: Float64Array, start: Mixture, rounds: number): Fit {
  let mixture = start;
  let { logLikelihood } = improve(z, start);
  for (let round = 0; round < rounds; round++) {
    const once = improve(z, mixture);
    const twice = improve(z, once.next);
    const leap = improve(z, extrapolate(mixture, once.next, twice.next));
    const better = leap.logLikelihood > twice.logLikelihood ? leap : twice;
    // Where a component has lost all its values there is nothing left to improve.
    if (!(better.logLikelihood >= logLikelihood)) break;
    const moved = distance(mixture, once.next);
    mixture = better.next;
    ({ logLikelihood } = better);
    if (moved < TOLERANCE) break;
  }
  return { mixture, logLikelihood };
}

/** The log-likelihood of a mixture, and the mixture after one step of expectation and maximisation. */
function improve(z: Float64Array, mixture: Mixture): { logLikelihood: number; next: Mixture } {
  const { share, lower, upper, logVariance } = mixture;
  const n = z.length;
  const precision = 0.5 * Math.exp(-logVariance);
  const logOdds = Math.log(share) - Math.log(1 - share);
  let logLikelihood = n * (Math.log(1 - share) - 0.5 * (Math.log(2 * Math.PI) + logVariance));
  const weights = new Float64Array(n);
  let weight = 0;
  let weighted = 0;
  let all = 0;
  for (let i = 0; i < n; i++) {
    const value = z[i] as number;
    const toUpper = precision * (value - upper) ** 2;
    const odds = logOdds + toUpper - precision * (value - lower) ** 2;
    const small = Math.exp(-Math.abs(odds));
    logLikelihood += Math.max(odds, 0) + Math.log1p(small) - toUpper;
    const toLower = (odds > 0 ? 1 : small) / (1 + small);
    weights[i] = toLower;
    weight += toLower;
    weighted += toLower * value;
    all += value;
  }
  const nextLower = weighted / weight;
  const nextUpper = (all - weighted) / (n - weight);
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const value = z[i] as number;
    const toLower = weights[i] as number;
    squares += toLower * (value - nextLower) ** 2 + (1 - toLower) * (value - nextUpper) ** 2;
  }
  const next = {
    share: weight / n,
    lower: nextLower,
    upper: nextUpper,
    logVariance: Math.log(squares / n),
  };
  return { logLikelihood, next };
}

/** Where the steps from `a` to `b` to `c` lead if each goes on shrinking as the last did; `c` where that is no mixture. */
function extrapolate(a: Mixture, b: Mixture, c: Mixture): Mixture {
  const first = distance(a, b);
  const turn = Math.hypot(...PARAMETERS.map((key) => c[key] - 2 * b[key] + a[key]));
  const length = first / turn;
  if (!(length > 1 && length < Infinity)) return c;
  const at = (key: keyof Mixture): number =>
    a[key] + 2 * length * (b[key] - a[key]) + length * length * (c[key] - 2 * b[key] + a[key]);
  const share = at("share");
  if (!(share > 0 && share < 1)) return c;
  return { share, lower: at("lower"), upper: at("upper"), logVariance: at("logVariance") };
}

const PARAMETERS = ["share", "lower", "upper", "logVariance"] as const;

function distance(a: Mixture, b: Mixture): number {
  return Math.hypot(...PARAMETERS.map((key) => b[key] - a[key]));
}

function meanSquare(values: Float64Array, centre: number): number {
  return mean(values.map((value) => (value - centre) ** 2));
}
