/** Method M15: the Kaplan–Meier estimate of how many runs do not show a behaviour yet, on the right ends of onsets. */

import type { Interval } from "../model/interval.js";
import { Z95 } from "./distributions.js";
import { onsetSample } from "./onsetSample.js";

export interface KaplanMeier {
  /** Runs with data; those without are counted apart. */
  readonly runs: number;
  readonly noData: number;
  /** Runs that show the behaviour, and those that were never seen to. */
  readonly events: number;
  readonly censored: number;
  /** Events of which only the right end is known: present at the first evaluation. */
  readonly leftCensored: number;
  /** Where runs showed the behaviour or went out of sight, ascending. The curve is 1 before, and level between them. */
  readonly points: readonly SurvivalPoint[];
}

export interface SurvivalPoint {
  readonly step: number;
  /** Runs not showing the behaviour just before the step and still watched at it. */
  readonly atRisk: number;
  /** Runs first seen to show it at the step. */
  readonly events: number;
  /** Runs watched up to the step, and never seen to show it. */
  readonly censored: number;
  /** Estimated share of runs that do not show it by the step. */
  readonly survival: number;
  /** 95 % interval of the survival at this step alone; null where it is 1 or 0, which has no such interval. */
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * Product-limit estimate (Kaplan & Meier 1958) with Greenwood's variance and an interval on the scale of `ln(−ln S)`, which
 * stays within 0 and 1 (Kalbfleisch & Prentice 2002; `conf.type = "log-log"` in R's survival). An event is at `by`, a run
 * that never showed the behaviour is censored at `after`, and behind the events of the same step. No points without a run.
 * O(n log n).
 */
export function kaplanMeier(onsets: readonly Interval[]): KaplanMeier {
  const { intervals, noData } = onsetSample(onsets);
  const steps = new Map<number, { events: number; censored: number }>();
  let events = 0;
  for (const { after, by } of intervals) {
    const isEvent = by < Infinity;
    const step = isEvent ? by : after;
    const at = steps.get(step) ?? { events: 0, censored: 0 };
    if (isEvent) at.events++;
    else at.censored++;
    if (isEvent) events++;
    steps.set(step, at);
  }
  const points: SurvivalPoint[] = [];
  let atRisk = intervals.length;
  let survival = 1;
  let greenwood = 0;
  for (const [step, at] of [...steps].sort(([a], [b]) => a - b)) {
    survival *= (atRisk - at.events) / atRisk;
    greenwood += at.events / (atRisk * (atRisk - at.events));
    points.push({ step, atRisk, ...at, survival, interval: logLogInterval(survival, greenwood) });
    atRisk -= at.events + at.censored;
  }
  return {
    runs: intervals.length,
    noData,
    events,
    censored: intervals.length - events,
    leftCensored: intervals.filter(({ after }) => after === -Infinity).length,
    points,
  };
}

/** `S^exp(±z·√greenwood / ln S)`. */
function logLogInterval(survival: number, greenwood: number): [low: number, high: number] | null {
  if (survival <= 0 || survival >= 1) return null;
  const logSurvival = Math.log(survival);
  const half = (Z95 * Math.sqrt(greenwood)) / logSurvival;
  return [Math.exp(logSurvival * Math.exp(-half)), Math.exp(logSurvival * Math.exp(half))];
}
