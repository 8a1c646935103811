/** Residual bootstrap of a fitted law: how its parameters (M23) and its predictions (M25) would vary with the noise. */

import { refitPoints, type LawFit } from "./fitLaw.js";
import {
  namedParameters,
  packLaw,
  PackedLaw,
  parameterCount,
  type Breaks,
  type Law,
} from "./law.js";
import { logPointsOf, thinned, type Curve, type LogPoints } from "./logPoints.js";
import { createRandom, quantile } from "./statistics.js";

export interface BootstrapOptions {
  readonly repetitions?: number;
  readonly seed?: number;
}

const REPETITIONS = 200;
const SEED = 20260606;
/** Refits take at most so many points, evenly chosen: that makes intervals of long curves wider, never narrower. */
const MOST = 400;

export interface Bootstrap {
  readonly laws: readonly Law[];
  /** Draws of what an evaluation's log y may differ from its law by. */
  readonly noise: Float64Array;
}

/**
 * The fitted curve with new noise, and the law fitted to it again from where it was. The noise of a training curve is
 * correlated: it is taken for AR(1), with the residuals' lag-1 autocorrelation and with innovations drawn from theirs.
 * O(repetitions · min(n, 400)).
 */
export function bootstrapLaw(
  all: LogPoints,
  { law }: LawFit,
  { repetitions = REPETITIONS, seed = SEED }: BootstrapOptions = {},
): Bootstrap {
  const points = thinned(all, MOST);
  const n = points.u.length;
  const residuals = residualsOf(points, law);
  const fitted = points.v.map((v, i) => v - (residuals[i] as number));
  const isFirst = firstOfCurves(points);
  const rho = residualAutocorrelation(points, residuals);
  const innovations = unexplained(
    residuals.map((r, i) => r - rho * (isFirst[i] ? 0 : (residuals[i - 1] as number))),
    parameterCount(law.breaks.length as Breaks),
  );
  const random = createRandom(seed);
  const draw = (): number => innovations[Math.floor(random() * innovations.length)] as number;
  const laws: Law[] = [];
  const noise = new Float64Array(n * repetitions);
  for (let b = 0; b < repetitions; b++) {
    const drawn = noise.subarray(b * n, (b + 1) * n);
    for (let i = 0; i < n; i++) {
      drawn[i] = isFirst[i]
        ? draw() / Math.sqrt(1 - rho * rho)
        : rho * (drawn[i - 1] as number) + draw();
    }
    laws.push(refitPoints({ ...points, v: fitted.map((v, i) => v + (drawn[i] as number)) }, law));
  }
  return { laws, noise };
}

/** How far log y lies above the law, by point. */
export function residualsOf({ u, v }: LogPoints, law: Law): Float64Array {
  const packed = new PackedLaw(packLaw(law, 0));
  return v.map((y, i) => y - packed.logAt(u[i] as number, null));
}

/**
 * At lag 1 inside the curves, raised by its bias of (1 + 4ρ)/n (Kendall 1954), clipped to [0, 0.95]. 0 where no curve has
 * two points.
 */
export function residualAutocorrelation(points: LogPoints, residuals: Float64Array): number {
  const isFirst = firstOfCurves(points);
  let pairs = 0;
  let variance = 0;
  let covariance = 0;
  for (const [i, r] of residuals.entries()) {
    variance += r * r;
    if (isFirst[i]) continue;
    pairs += 1;
    covariance += r * (residuals[i - 1] as number);
  }
  if (pairs === 0 || !(variance > 0)) return 0;
  const rho = covariance / variance;
  return Math.min(0.95, Math.max(0, rho + (1 + 4 * rho) / pairs));
}

function firstOfCurves({ u, bounds }: LogPoints): Uint8Array {
  const isFirst = new Uint8Array(u.length);
  for (const bound of bounds) if (bound < u.length) isFirst[bound] = 1;
  return isFirst;
}

/**
 * The values without the p smallest: a robust fit goes through about as many points as it has parameters, and what is 0 by
 * that is not noise. The others raised by `√(n/(n − p))` because the fit took them down.
 */
function unexplained(residuals: Float64Array, parameters: number): Float64Array {
  const n = residuals.length;
  const sorted = residuals.slice().sort((a, b) => Math.abs(a) - Math.abs(b));
  const scale = Math.sqrt(n / (n - parameters));
  return sorted.subarray(parameters).map((r) => r * scale);
}

export interface ParameterInterval {
  readonly value: number;
  /** 95 % percentile interval. */
  readonly low: number;
  readonly high: number;
}

/** Intervals of the parameters by their names (E, A, alpha, …). They trade off: none of them is read alone. */
export function parameterIntervals(
  curves: readonly Curve[],
  fit: LawFit,
  options: BootstrapOptions = {},
): Record<string, ParameterInterval> {
  const points = logPointsOf(curves);
  if (!points.ok) return {};
  const drawn = bootstrapLaw(points, fit, options).laws.map(namedParameters);
  const intervals: Record<string, ParameterInterval> = {};
  for (const [name, value] of Object.entries(namedParameters(fit.law))) {
    const values = Float64Array.from(drawn, (parameters) => parameters[name] as number).sort();
    intervals[name] = { value, low: quantile(values, 0.025), high: quantile(values, 0.975) };
  }
  return intervals;
}
