/** The noise of one series by its differences: scale and autocorrelation, as method M6 defines them. */

import { MAD_TO_SD, mean, medianAbsoluteDeviation } from "./statistics.js";

/**
 * `σ̂ = 1.4826·MAD(Δy)/√2`, robust against the few large steps of a behaviour that begins. Where it is 0 the smallest
 * non-zero `|Δy|/√2`. Infinite values are left out. 0 for a constant series, NaN below two points.
 */
export function noiseScale(values: ArrayLike<number>): number {
  const steps = differences(values);
  if (steps.length === 0) return NaN;
  const scale = (MAD_TO_SD * medianAbsoluteDeviation(steps)) / Math.SQRT2;
  if (scale > 0) return scale;
  let smallest = Infinity;
  for (const step of steps) {
    if (step !== 0) smallest = Math.min(smallest, Math.abs(step));
  }
  return smallest === Infinity ? 0 : smallest / Math.SQRT2;
}

/** Evaluations that a level lasts at least where a series that rests on levels is free of noise. */
const LASTING = 5;

/**
 * The noise that a range must stand out from: `noiseScale`, but 0 for a series that mostly rests and otherwise only rises
 * or only falls, or whose every level lasts five evaluations or more. Where the MAD is 0 the smallest step is all that is
 * left to go by, and the only steps between clean levels are no noise.
 */
export function evidentNoise(values: ArrayLike<number>): number {
  const steps = differences(values);
  if (medianAbsoluteDeviation(steps) > 0) return noiseScale(values);
  const isMonotone = !steps.some((step) => step > 0) || !steps.some((step) => step < 0);
  return isMonotone || shortestLevel(steps) >= LASTING ? 0 : noiseScale(values);
}

/** The fewest evaluations in a row that have the same value. */
function shortestLevel(steps: Float64Array): number {
  let shortest = Infinity;
  let begin = 0;
  for (let i = 0; i <= steps.length; i++) {
    if (steps[i] === 0) continue;
    shortest = Math.min(shortest, i + 1 - begin);
    begin = i + 1;
  }
  return shortest;
}

/**
 * Autocorrelation of the noise, `ρ = 1 + 2·r₁(Δy)` clipped to [0, 0.95], with `r₁` the lag-1 autocorrelation of the
 * differences. 0 below four points.
 */
export function noiseAutocorrelation(values: ArrayLike<number>): number {
  const steps = differences(values);
  if (steps.length < 3) return 0;
  const centre = mean(steps);
  let variance = 0;
  let covariance = 0;
  for (let i = 0; i < steps.length; i++) {
    const deviation = (steps[i] as number) - centre;
    variance += deviation * deviation;
    if (i > 0) covariance += deviation * ((steps[i - 1] as number) - centre);
  }
  if (variance === 0) return 0;
  return Math.min(0.95, Math.max(0, 1 + (2 * covariance) / variance));
}

function differences(values: ArrayLike<number>): Float64Array {
  const steps = new Float64Array(Math.max(0, values.length - 1));
  let count = 0;
  let before = NaN;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    if (!Number.isNaN(before)) steps[count++] = value - before;
    before = value;
  }
  return steps.subarray(0, count);
}
