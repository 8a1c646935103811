/** Method M25, backtest: how well forecasts from earlier and earlier beginnings would have met the end. */

import type { Series } from "../model/series.js";
import { knownPoints } from "./findOnset.js";
import { forecast } from "./forecast.js";
import { parameterCount, type Breaks } from "./law.js";
import type { BootstrapOptions } from "./lawBootstrap.js";

export interface BacktestPoint {
  /** The forecast saw the evaluations at steps ≤ k. */
  readonly k: number;
  readonly predicted: number;
  /** predicted − actual, in the metric's unit. */
  readonly error: number;
  readonly band80: readonly [low: number, high: number];
  readonly band95: readonly [low: number, high: number];
  readonly in80: boolean;
  readonly in95: boolean;
}

export interface Backtest {
  readonly ok: true;
  /** The last evaluation: what was to be predicted. */
  readonly step: number;
  readonly actual: number;
  /** By k, ascending. */
  readonly points: readonly BacktestPoint[];
  /** Shares of the beginnings whose band held the end. They overlap: these are not independent trials. */
  readonly coverage80: number;
  readonly coverage95: number;
}

export type BacktestResult = Backtest | { readonly ok: false; readonly reason: string };

export interface BacktestOptions extends BootstrapOptions {
  /** At most so many beginnings, evenly chosen in log-step. */
  readonly beginnings?: number;
}

const BEGINNINGS = 12;
const REPETITIONS = 100;

/**
 * Forecasts the last finite evaluation from the evaluations up to k, for k from the least that a fit needs to the last
 * but one. No result where no beginning can be fitted. Seeded; the cost is that of `beginnings` forecasts of one step.
 */
export function backtest(
  series: Series,
  breaks: Breaks,
  { beginnings = BEGINNINGS, repetitions = REPETITIONS, ...options }: BacktestOptions = {},
): BacktestResult {
  const { step, value } = knownPoints(series);
  const usable = [...step.keys()].filter(
    (i) => Number.isFinite(value[i]) && (step[i] as number) > 0,
  );
  const least = 2 * parameterCount(breaks);
  const end = usable.at(-1);
  if (end === undefined || usable.length <= least) {
    return {
      ok: false,
      reason: `${usable.length} finite evaluations at steps above 0, fewer than ${least + 1}`,
    };
  }
  const actual = value[end] as number;
  const at = step[end] as number;
  const points: BacktestPoint[] = [];
  let reason = "";
  for (const k of evenlyInLog(
    usable.slice(least - 1, -1).map((i) => step[i] as number),
    beginnings,
  )) {
    const made = forecast(series, k, breaks, { ...options, repetitions, at: [at] });
    if (!made.ok) {
      reason = made.reason;
      continue;
    }
    const { band80, band95 } = made;
    const ends = ({ low, high }: typeof band80): [number, number] => [
      low[0] as number,
      high[0] as number,
    ];
    const within = ([low, high]: [number, number]): boolean => low <= actual && actual <= high;
    const predicted = made.value[0] as number;
    points.push({
      k,
      predicted,
      error: predicted - actual,
      band80: ends(band80),
      band95: ends(band95),
      in80: within(ends(band80)),
      in95: within(ends(band95)),
    });
  }
  if (points.length === 0) return { ok: false, reason };
  const share = (key: "in80" | "in95"): number =>
    points.filter((point) => point[key]).length / points.length;
  return {
    ok: true,
    step: at,
    actual,
    points,
    coverage80: share("in80"),
    coverage95: share("in95"),
  };
}

/** At most `count` of the ascending steps, the nearest ones to an even division in log-step, first and last included. */
function evenlyInLog(steps: readonly number[], count: number): number[] {
  if (steps.length <= count) return [...steps];
  const chosen = new Set<number>();
  const first = Math.log(steps[0] as number);
  const last = Math.log(steps.at(-1) as number);
  let i = 0;
  for (let c = 0; c < count; c++) {
    const target = count === 1 ? last : first + ((last - first) * c) / (count - 1);
    const distance = (j: number): number => Math.abs(Math.log(steps[j] as number) - target);
    while (i + 1 < steps.length && distance(i + 1) <= distance(i)) i++;
    chosen.add(steps[i] as number);
  }
  return [...chosen];
}
