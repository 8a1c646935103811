/** Method M10: how much a metric tells runs apart, against how much it wavers from checkpoint to checkpoint. */

import type { Series } from "../model/series.js";
import { mean, standardDeviation } from "./statistics.js";

/** Checkpoints at the end of a run whose spread is its noise. */
export const LAST_CHECKPOINTS = 5;

export interface SignalToNoise {
  /** Runs with a finite value. */
  readonly runs: number;
  /** `max |m_j − m_k| / |mean|` of the runs' last finite values; null below two runs. */
  readonly signal: number | null;
  /** Mean over the runs of sd/|mean| of the last checkpoints; null where no run has enough. */
  readonly noise: number | null;
  /** Runs with enough checkpoints for the noise. */
  readonly runsWithNoise: number;
  /** `signal/noise`; null where one of them is, or where there is no noise at all. */
  readonly ratio: number | null;
  readonly checkpoints: number;
}

/**
 * Signal and noise of Heineman et al. (2025), both relative; that the noise is averaged over runs is ours. Without a mean
 * that differs from 0 there is neither. NaN and infinities are left out. O(runs · checkpoints).
 */
export function signalToNoise(
  series: readonly Series[],
  checkpoints = LAST_CHECKPOINTS,
): SignalToNoise {
  const finite = series
    .map((one) => lastFinite(one, Math.max(2, checkpoints)))
    .filter(({ value }) => value.length > 0);
  const finals = finite.map(({ value }) => value.at(-1) as number);
  const noises = finite.flatMap(({ value }) => {
    if (value.length < Math.max(2, checkpoints)) return [];
    const last = value.slice(-checkpoints);
    return relative(standardDeviation(last), mean(last)) ?? [];
  });
  const spread = finals.length < 2 ? null : Math.max(...finals) - Math.min(...finals);
  const signal = spread === null ? null : relative(spread, mean(finals));
  const noise = noises.length === 0 ? null : mean(noises);
  return {
    runs: finals.length,
    signal,
    noise,
    runsWithNoise: noises.length,
    ratio: signal === null || noise === null || noise === 0 ? null : signal / noise,
    checkpoints,
  };
}

function relative(spread: number, centre: number): number | null {
  return centre === 0 || !Number.isFinite(spread / centre) ? null : spread / Math.abs(centre);
}

/** What is left of values when a straight line is taken out of them: the sum of squares, and its degrees of freedom. */
export interface Residuals {
  readonly squares: number;
  readonly freedom: number;
}

/** Relative size of residuals that are but rounding. */
const ROUNDING = 1e-12;

/**
 * The last checkpoints without the least-squares line over their steps, with n − 2 degrees of freedom. Null where there are
 * fewer finite ones, and where they lie on a line but for rounding: values that cannot waver, such as an accuracy that
 * stays at 1, show that the noise is not to be seen, not that there is none.
 */
export function detrendedLast(series: Series, checkpoints = LAST_CHECKPOINTS): Residuals | null {
  const { step, value } = lastFinite(series, Math.max(3, checkpoints));
  if (value.length < Math.max(3, checkpoints)) return null;
  const x = step.slice(-checkpoints);
  const y = value.slice(-checkpoints);
  const centreX = mean(x);
  const centreY = mean(y);
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < x.length; i++) {
    covariance += (x[i]! - centreX) * (y[i]! - centreY);
    variance += (x[i]! - centreX) ** 2;
  }
  const slope = covariance / variance;
  let squares = 0;
  let size = 0;
  for (let i = 0; i < x.length; i++) {
    squares += (y[i]! - centreY - slope * (x[i]! - centreX)) ** 2;
    size = Math.max(size, Math.abs(y[i]!));
  }
  return Math.sqrt(squares) > ROUNDING * size ? { squares, freedom: x.length - 2 } : null;
}

/** The last `count` of the finite points, or all where there are no more of them. O(count), with few others behind them. */
function lastFinite(
  { step, value }: Series,
  count: number,
): { step: Float64Array; value: Float64Array } {
  const last: number[] = [];
  for (let i = value.length - 1; i >= 0 && last.length < count; i--)
    if (Number.isFinite(value[i])) last.push(i);
  last.reverse();
  return {
    step: Float64Array.from(last, (i) => step[i]!),
    value: Float64Array.from(last, (i) => value[i]!),
  };
}
