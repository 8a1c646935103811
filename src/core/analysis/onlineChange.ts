/** Method M7: a change seen while a run goes on, one value at a time. */

import type { Interval } from "../model/interval.js";
import type { Series } from "../model/series.js";
import { MAD_TO_SD, median, medianAbsoluteDeviation } from "./statistics.js";

/** Chance of a change at any evaluation. */
const HAZARD = 1 / 250;
/** Values that the others are standardised by. */
const BASELINE = 20;
/** Run lengths less likely than this are forgotten. */
const PRUNED = 1e-4;
/** An alarm: the run is at most this long with more than this probability. */
const RECENT = 10;
const ALARM = 0.9;
/** Share of the run lengths' probability between the ends of an alarm's interval. */
const CREDIBLE = 0.9;

export interface ChangeAlarm extends Interval {
  /** The evaluation at which the alarm was raised. `(after, by]` holds the change with a probability of 90 %. */
  readonly seenAt: number;
  readonly direction: "up" | "down";
  /** That the last change lies at most ten evaluations back. */
  readonly probability: number;
}

/** What is kept of the values since a possible change: their number, and the posterior of their mean and variance. */
interface RunHypothesis {
  readonly length: number;
  /** Logarithm of the probability, up to what all have in common. */
  weight: number;
  mean: number;
  rate: number;
}

/**
 * Bayesian online change-point detection (Adams and MacKay 2007): `add` takes the next value and says whether a change has
 * just happened. The first 20 values are the baseline, whose median and scaled MAD all values are standardised by; then
 * values between two changes are independent and normal with unknown mean and variance, whose prior is
 * normal-inverse-gamma with `μ₀ = 0` and `κ₀ = α₀ = β₀ = 1`. A change comes with probability 1/250 at each evaluation.
 *
 * NaN and infinities are passed over. O(run lengths kept) per value: a few hundred at most. Autocorrelated noise looks
 * like changes to it; see the figures in docs/truth.md.
 */
export class OnlineChange {
  private readonly steps: number[] = [];
  private readonly baseline: number[] = [];
  private centre = 0;
  private scale = 1;
  private hypotheses: RunHypothesis[] = [{ length: 0, weight: 0, mean: 0, rate: 1 }];
  /** At the start all runs are short, and an alarm lasts while they are: neither is a change. */
  private isArmed = false;
  /** Mean of the likeliest run that is not a recent one, when there was no alarm. */
  private settled = 0;

  /** Probability that the run is at most ten evaluations long; 1 within the baseline. */
  recent = 1;

  /** Steps ascend. Null unless this value raises the alarm. */
  add(step: number, value: number): ChangeAlarm | null {
    if (!Number.isFinite(value)) return null;
    this.steps.push(step);
    if (this.baseline.length < BASELINE) {
      this.baseline.push(value);
      if (this.baseline.length === BASELINE) this.standardise();
      return null;
    }
    return this.observe((value - this.centre) / this.scale);
  }

  private standardise(): void {
    this.centre = median(this.baseline);
    const spread = MAD_TO_SD * medianAbsoluteDeviation(this.baseline);
    const largest = this.baseline.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // A baseline that rests has no scale: whatever differs from it then lies far off.
    this.scale = spread > 0 ? spread : 1e-9 * (largest || 1);
    for (const value of this.baseline) this.observe((value - this.centre) / this.scale);
  }

  private observe(value: number): ChangeAlarm | null {
    let change = -Infinity;
    const grown = this.hypotheses.map(({ length, weight, mean, rate }): RunHypothesis => {
      const evidence = weight + logPredictive(value, length, mean, rate);
      change = logSum(change, evidence + Math.log(HAZARD));
      const count = 1 + length;
      return {
        length: length + 1,
        weight: evidence + Math.log1p(-HAZARD),
        mean: (count * mean + value) / (count + 1),
        rate: rate + (count * (value - mean) ** 2) / (2 * (count + 1)),
      };
    });
    this.hypotheses = normalised([{ length: 0, weight: change, mean: 0, rate: 1 }, ...grown]);
    this.recent = 0;
    for (const { length, weight } of this.hypotheses) {
      if (length <= RECENT) this.recent += Math.exp(weight);
    }
    if (this.recent <= ALARM) {
      this.isArmed = true;
      this.settled = this.settledMean();
      return null;
    }
    if (!this.isArmed) return null;
    this.isArmed = false;
    return this.alarm();
  }

  private settledMean(): number {
    const old = this.hypotheses.filter(({ length }) => length > RECENT);
    return old.reduce((a, b) => (b.weight > a.weight ? b : a)).mean;
  }

  /** Ends of the interval by the run lengths' quantiles; a change behind this evaluation is not seen yet. */
  private alarm(): ChangeAlarm {
    const seen = this.hypotheses.filter(({ length }) => length > 0);
    const total = seen.reduce((sum, { weight }) => sum + Math.exp(weight), 0);
    const atShare = (share: number): RunHypothesis => {
      let sum = 0;
      for (const hypothesis of seen) {
        sum += Math.exp(hypothesis.weight) / total;
        if (sum >= share) return hypothesis;
      }
      return seen.at(-1) as RunHypothesis;
    };
    const last = this.steps.length - 1;
    const shortest = atShare((1 - CREDIBLE) / 2);
    const longest = atShare((1 + CREDIBLE) / 2);
    return {
      after: this.steps[last - longest.length] ?? null,
      by: this.steps[last - shortest.length + 1] as number,
      seenAt: this.steps[last] as number,
      direction: atShare(0.5).mean < this.settled ? "down" : "up",
      probability: this.recent,
    };
  }
}

/** M7 over a whole series: the alarms that would have been raised while it came in. O(n · run lengths kept). */
export function findOnlineChanges({ step, value }: Series): ChangeAlarm[] {
  const detector = new OnlineChange();
  const alarms: ChangeAlarm[] = [];
  for (let i = 0; i < step.length; i++) {
    const alarm = detector.add(step[i] as number, value[i] as number);
    if (alarm) alarms.push(alarm);
  }
  return alarms;
}

/** Logarithm of Student's density for the next value, after `length` values: `2α` degrees of freedom, `α = 1 + length/2`. */
function logPredictive(value: number, length: number, mean: number, rate: number): number {
  const count = 1 + length;
  const freedom = 2 + length;
  const squaredScale = (2 * rate * (count + 1)) / (freedom * count);
  const distance = (value - mean) ** 2 / (freedom * squaredScale);
  return (
    logGammaOfHalf(freedom + 1) -
    logGammaOfHalf(freedom) -
    Math.log(Math.PI * freedom * squaredScale) / 2 -
    ((freedom + 1) / 2) * Math.log1p(distance)
  );
}

const logGammas = [NaN, Math.log(Math.PI) / 2, 0];

/** `ln Γ(k/2)` for whole `k ≥ 1`, by `Γ(x + 1) = x·Γ(x)`. */
function logGammaOfHalf(k: number): number {
  for (let next = logGammas.length; next <= k; next++) {
    logGammas.push((logGammas[next - 2] as number) + Math.log((next - 2) / 2));
  }
  return logGammas[k] as number;
}

function logSum(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === -Infinity ? high : high + Math.log1p(Math.exp(Math.min(a, b) - high));
}

/** Weights that sum to 1, without the hypotheses that are too unlikely. */
function normalised(hypotheses: readonly RunHypothesis[]): RunHypothesis[] {
  const sumOf = (among: readonly RunHypothesis[]): number =>
    among.reduce((sum, { weight }) => logSum(sum, weight), -Infinity);
  const total = sumOf(hypotheses);
  const likely = hypotheses.filter(({ weight }) => weight - total >= Math.log(PRUNED));
  const left = sumOf(likely);
  return likely.map((hypothesis) => ({ ...hypothesis, weight: hypothesis.weight - left }));
}
