/** Axes that runs can be drawn on: what a step of each is worth there, and who says so. */

import { lastIndexUpTo } from "../analysis/findOnset.js";
import type { LoadedRun } from "../catalog/catalog.js";
import { axesOf } from "../model/axes.js";
import type { MetricTable } from "../tables/metricTable.js";

export const NAMED_AXES = [
  "step",
  "tokens",
  "examples",
  "epochs",
  "wall time",
  "relative step",
  "FLOPs",
] as const;
export type NamedAxis = (typeof NAMED_AXES)[number];

/** One of the named axes, or `metric:` with the name of a metric that only grows. */
export type AxisChoice = string;
const METRIC = "metric:";

/** How one run's steps lie on an axis. Both ways ascend; NaN outside of what is known. */
export interface RunAxis {
  at(step: number): number;
  stepAt(position: number): number;
  /** Where the numbers come from, with their factors. */
  readonly from: string;
  /** True where every step has a value, and a later one a greater value. */
  readonly isTotal: boolean;
}

/** Names under which runs log how far they have come, in the order in which they are believed. */
const LOGGED: Partial<Record<NamedAxis, RegExp>> = {
  tokens:
    /(^|[/_. ])(tokens|token_count|n_tokens|num_input_tokens_seen)(_(seen|total|processed))?$/i,
  examples: /(^|[/_. ])(consumed_(train_)?samples|(examples|samples)(_seen)?)$/i,
  epochs: /^(train\/|trainer\/)?epoch$/i,
  FLOPs: /(^|[/_. ])(total_)?flo(p)?s$/i,
};

export interface KnownAxis {
  readonly axis: AxisChoice;
  /** Compared runs that have it. */
  readonly runs: number;
}

/** Axes that at least one of the runs has. */
export function axesKnown(loaded: readonly LoadedRun[], starts: readonly number[]): KnownAxis[] {
  const count = (axis: AxisChoice): number =>
    loaded.filter((run, index) => runAxis(run, axis, starts[index] ?? 0) !== null).length;
  const growing = new Map<string, number>();
  for (const { table } of loaded) {
    for (const metric of growingIn(table)) growing.set(metric, (growing.get(metric) ?? 0) + 1);
  }
  return [
    ...NAMED_AXES.map((axis) => ({ axis, runs: count(axis) })),
    ...[...growing].sort().map(([metric, runs]) => ({ axis: METRIC + metric, runs })),
  ].filter(({ runs }) => runs > 0);
}

/** Null where the run does not have the axis. `start` is where it began: the step that it branched from, or its first. */
export function runAxis(run: LoadedRun, axis: AxisChoice, start: number): RunAxis | null {
  if (axis === "step") return scaled(1, 0, "as logged");
  if (axis === "relative step") return scaled(1, start, "step − the step that the run began at");
  if (axis === "wall time") return wallTime(run.table);
  if (axis.startsWith(METRIC)) return measured(run, axis.slice(METRIC.length));
  const factor = axesOf(run.config, run.run).find((one) => one.axis === axis.toLowerCase());
  if (factor) return scaled(factor.perStep, 0, `step × ${factor.perStep} (${factor.from})`);
  const name = LOGGED[axis as NamedAxis];
  const metric = name && growingIn(run.table).find((one) => name.test(one));
  return metric === undefined ? null : measured(run, metric);
}

function scaled(factor: number, origin: number, from: string): RunAxis {
  return {
    at: (step) => (step - origin) * factor,
    stepAt: (position) => position / factor + origin,
    from,
    isTotal: factor > 0,
  };
}

function measured({ table }: LoadedRun, metric: string): RunAxis | null {
  const series = growingIn(table).includes(metric) ? table.series(metric) : null;
  return (
    series && between(series.step, series.value, `logged as ${metric}, on lines between its points`)
  );
}

/** Straight lines between points, nothing beyond them. */
function between(step: Float64Array, position: Float64Array, from: string): RunAxis {
  const follow = (x: Float64Array, y: Float64Array, at: number): number => {
    const index = lastIndexUpTo(x, at);
    if (index < 0) return NaN;
    const start = x[index] as number;
    if (start === at) return y[index] as number;
    if (index === x.length - 1) return NaN;
    const share = (at - start) / ((x[index + 1] as number) - start);
    return (y[index] as number) + share * ((y[index + 1] as number) - (y[index] as number));
  };
  return {
    at: (one) => follow(step, position, one),
    stepAt: (one) => follow(position, step, one),
    from,
    isTotal: false,
  };
}

const growingMetrics = new WeakMap<MetricTable, readonly string[]>();
const clocks = new WeakMap<MetricTable, RunAxis | null>();

/** Metrics of at least two values that never fall and are not the same at the end. O(points), once per table. */
function growingIn(table: MetricTable): readonly string[] {
  let names = growingMetrics.get(table);
  if (!names) {
    names = table.metricNames().filter((name) => {
      const value = table.series(name)?.value;
      if (!value || value.length < 2 || !((value.at(-1) ?? NaN) > (value[0] ?? NaN))) return false;
      return value.every(
        (one, i) => Number.isFinite(one) && (i === 0 || one >= (value[i - 1] ?? 0)),
      );
    });
    growingMetrics.set(table, names);
  }
  return names;
}

/** Clocks of several processes differ by less; what goes back further is no clock. */
const CLOCK_SKEW_SECONDS = 60;

/** Hours since the run's first point with a time, by the training metric that has most; pauses count. */
function wallTime(table: MetricTable): RunAxis | null {
  let axis = clocks.get(table);
  if (axis === undefined) clocks.set(table, (axis = readClock(table)));
  return axis;
}

function readClock(table: MetricTable): RunAxis | null {
  let best: { metric: string; step: number[]; time: number[] } | null = null;
  const names = table.metricNames();
  const training = names.filter((name) => table.kindOf(name) === "training");
  for (const metric of training.length > 0 ? training : names) {
    const points = table.points(metric);
    if (!points || points.step.length <= (best?.step.length ?? 1)) continue;
    const timed: (readonly [number, number])[] = [];
    for (let i = 0; i < points.step.length; i++) {
      const time = points.wallTime[i] as number;
      if (points.superseded[i] === 0 && Number.isFinite(time)) {
        timed.push([points.step[i] as number, time]);
      }
    }
    timed.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const step: number[] = [];
    const time: number[] = [];
    let isClock = true;
    for (const [at, seconds] of timed) {
      if (at === step.at(-1)) continue;
      const last = time.at(-1) ?? -Infinity;
      if (seconds < last - CLOCK_SKEW_SECONDS) isClock = false;
      step.push(at);
      time.push(Math.max(last, seconds));
    }
    if (isClock && step.length > (best?.step.length ?? 1)) best = { metric, step, time };
  }
  if (!best || (best.time.at(-1) ?? 0) <= (best.time[0] ?? 0)) return null;
  const start = best.time[0] ?? 0;
  return between(
    Float64Array.from(best.step),
    Float64Array.from(best.time, (seconds) => (seconds - start) / 3600),
    `hours since the first point of ${best.metric}, pauses included, on lines between its points`,
  );
}
