/** Thresholds that method M1 derives from the series itself or from chance. All of them are strict. */

import type { Direction } from "../model/metric.js";
import type { Series } from "../model/series.js";
import { knownPoints } from "./findOnset.js";
import { evidentNoise, noiseAutocorrelation } from "./noiseOfSeries.js";
import {
  createNormal,
  createRandom,
  MAD_TO_SD,
  median,
  medianAbsoluteDeviation,
} from "./statistics.js";

/** A threshold, or why there is none. `parameters` go into the record. */
export type Threshold =
  | {
      readonly ok: true;
      readonly at: (index: number) => number;
      readonly parameters: Readonly<Record<string, number | string>>;
    }
  | { readonly ok: false; readonly reason: string };

/** Share of a series' range, measured from its first value to its best one. */
export function fractionOfRange(series: Series, direction: Direction, fraction: number): Threshold {
  const { value } = knownPoints(series);
  const finite = value.filter((v) => Number.isFinite(v));
  if (finite.length < 2) return none("fewer than two finite evaluations");
  const first = finite[0] as number;
  const best = bestOf(finite, direction);
  return fractionBetween(first, best, fraction, evidentNoise(finite));
}

/** Share of the way from `first` to `best`, where that is at least five times the noise: else there is no range. */
export function fractionBetween(
  first: number,
  best: number,
  fraction: number,
  noise: number,
): Threshold {
  const range = Math.abs(best - first);
  if (range === 0) return none("it has no range: the first value is the best one");
  if (!(range >= 5 * noise)) {
    return none(`its range ${format(range)} is below five times its noise ${format(noise)}`);
  }
  const threshold = first + fraction * (best - first);
  return { ok: true, at: () => threshold, parameters: { threshold, fraction, first, best } };
}

export function bestOf(values: ArrayLike<number>, direction: Direction): number {
  let best = NaN;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    if (Number.isNaN(best) || (direction === "higher" ? value > best : value < best)) best = value;
  }
  return best;
}

const BASELINE_SHARE = 0.1;
const BASELINE_POINTS = 20;

/**
 * Above the baseline: `median ± k·1.4826·MAD` of the first 10 % of the evaluations, at least 20. `k` is such that AR(1)
 * noise of the same length, window and autocorrelation exceeds it with this persistence in 1 % of simulated series. The
 * autocorrelation is that of the whole series by its differences, which no onset hides, and higher by the `1/√n` that it
 * may well be wrong by: the window alone says too little of it. Noise that grows over the run, or with heavy tails, exceeds
 * the threshold more often; see docs/truth.md.
 */
export function aboveBaseline(
  series: Series,
  direction: Direction,
  persistence: number,
): Threshold {
  const { value } = knownPoints(series);
  const window = Math.ceil(value.length * BASELINE_SHARE);
  if (window < BASELINE_POINTS) {
    return none(
      `its baseline is the first ${window} of ${value.length} evaluations, fewer than ${BASELINE_POINTS}`,
    );
  }
  const baseline = value.subarray(0, window);
  const centre = median(baseline);
  const spread = MAD_TO_SD * medianAbsoluteDeviation(baseline);
  if (!Number.isFinite(centre) || !(spread > 0)) return none("its baseline does not vary");
  const rho = Math.min(0.95, noiseAutocorrelation(value) + 1 / Math.sqrt(value.length));
  const k = baselineFactor(value.length, window, rho, persistence);
  const threshold = centre + (direction === "higher" ? k : -k) * spread;
  return {
    ok: true,
    at: () => threshold,
    parameters: { threshold, k, window, rho, falseAlarmShare: FALSE_ALARMS, seed: SEED },
  };
}

const FALSE_ALARMS = 0.01;
const SIMULATIONS = 1000;
const MAX_SIMULATED = 2000;
const SEED = 20260606;
const factors = new Map<string, number>();

/**
 * The factor `k`, simulated once per rounded arguments: n and window to two digits, ρ to 0.05. Series longer than 2,000
 * points are simulated at that length, and the factor is raised by the growth of a normal maximum with n,
 * `√(2 ln n)`.
 */
export function baselineFactor(
  n: number,
  window: number,
  rho: number,
  persistence: number,
): number {
  const length = Math.min(roundDigits(n), MAX_SIMULATED);
  const size = Math.min(roundDigits(window), Math.floor(length / 2));
  const correlation = Math.round(rho * 20) / 20;
  const key = `${length} ${size} ${correlation} ${persistence}`;
  let factor = factors.get(key);
  if (factor === undefined) {
    factor = simulateFactor(length, size, correlation, persistence);
    factors.set(key, factor);
  }
  return n <= MAX_SIMULATED
    ? factor
    : (factor * Math.sqrt(Math.log(n))) / Math.sqrt(Math.log(MAX_SIMULATED));
}

function roundDigits(value: number): number {
  return Number(value.toPrecision(2));
}

function simulateFactor(n: number, window: number, rho: number, persistence: number): number {
  const normal = createNormal(createRandom(SEED));
  const scale = Math.sqrt(1 - rho * rho);
  const exceeded = new Float64Array(SIMULATIONS);
  const series = new Float64Array(n);
  for (let s = 0; s < SIMULATIONS; s++) {
    let last = normal();
    for (let i = 0; i < n; i++) {
      series[i] = last;
      last = rho * last + scale * normal();
    }
    const baseline = series.subarray(0, window);
    const centre = median(baseline);
    const spread = MAD_TO_SD * medianAbsoluteDeviation(baseline);
    // The largest k that the series still exceeds: the best minimum over `persistence` neighbours.
    let largest = -Infinity;
    for (let i = 0; i < n; i++) {
      const end = Math.min(i + persistence, n);
      let lowest = Infinity;
      for (let j = i; j < end; j++) lowest = Math.min(lowest, series[j] as number);
      largest = Math.max(largest, lowest);
    }
    exceeded[s] = (largest - centre) / spread;
  }
  exceeded.sort();
  return exceeded[Math.ceil(SIMULATIONS * (1 - FALSE_ALARMS)) - 1] as number;
}

/** How an accuracy's chance level is known. */
export interface Chance {
  readonly rate: number;
  /** Items that were evaluated, where known. */
  readonly items: number | null;
}

const Z = 3;

/**
 * Above chance: `c + 3·stderr` where the evaluation reports a standard error, else `c + 3·√(c(1−c)/N)` where the number
 * of items is known.
 */
export function aboveChance(series: Series, chance: Chance): Threshold {
  const { rate, items } = chance;
  const errors = series.stderr;
  if (errors && errors.some((error) => error > 0)) {
    const known = errors.filter((_, i) => !Number.isNaN(series.value[i]));
    return {
      ok: true,
      at: (index) =>
        rate + Z * (Number.isNaN(known[index]) ? bound(rate, items) : (known[index] as number)),
      parameters: { chance: rate, z: Z, stderr: "as reported" },
    };
  }
  if (items === null) return none("neither a standard error nor the number of items is known");
  const threshold = rate + Z * bound(rate, items);
  return { ok: true, at: () => threshold, parameters: { chance: rate, z: Z, items, threshold } };
}

/** Standard error of a proportion; infinite where the number of items is not known, so that nothing is above it. */
function bound(rate: number, items: number | null): number {
  return items === null ? Infinity : Math.sqrt((rate * (1 - rate)) / items);
}

function none(reason: string): Threshold {
  return { ok: false, reason };
}

function format(value: number): string {
  return String(Number(value.toPrecision(3)));
}
