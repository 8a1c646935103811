/** Axes that runs can be drawn on: what a step of each is worth there, and who says so. */

import { lastIndexUpTo } from "../analysis/findOnset.js";
import type { LoadedRun } from "../catalog/catalog.js";
import { axesOf } from "../model/axes.js";
import type { Curve } from "../model/series.js";
import type { MetricTable, PointTimes } from "../tables/metricTable.js";

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

/**
 * Metrics of at least two values that never fall and are not the same at the end. O(points of those whose first value is the
 * lowest and the last one the highest), once per table.
 */
function growingIn(table: MetricTable): readonly string[] {
  let names = growingMetrics.get(table);
  if (!names) {
    names = table.metricNames().filter((name) => {
      const curve = table.curve(name);
      return curve !== null && mayGrow(curve) && neverFalls(table.series(name)?.value ?? []);
    });
    growingMetrics.set(table, names);
  }
  return names;
}

function mayGrow(curve: Curve): boolean {
  const { length } = curve;
  if (length < 2) return false;
  const [first, last] = [curve.valueAt(0), curve.valueAt(length - 1)];
  const { lowest, highest, nan, infinite } = curve.extremes(0, length);
  if (nan >= 0 || infinite >= 0 || !(last > first)) return false;
  return curve.valueAt(lowest) === first && curve.valueAt(highest) === last;
}

function neverFalls(value: ArrayLike<number>): boolean {
  for (let i = 1; i < value.length; i++) {
    if ((value[i] as number) < (value[i - 1] as number)) return false;
  }
  return true;
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
  let best: (Clock & { metric: string }) | null = null;
  const names = table.metricNames();
  const training = names.filter((name) => table.kindOf(name) === "training");
  for (const metric of training.length > 0 ? training : names) {
    const most = best?.step.length ?? 1;
    if (table.rowCount(metric) <= most) continue;
    const clock = clockIn(table.times(metric));
    if (clock && clock.step.length > most) best = { metric, ...clock };
  }
  const first = best?.seconds[0] ?? 0;
  if (!best || (best.seconds.at(-1) ?? 0) <= first) return null;
  const { step, seconds: hours } = best;
  for (let i = 0; i < hours.length; i++) hours[i] = ((hours[i] as number) - first) / 3600;
  return between(
    step,
    hours,
    `hours since the first point of ${best.metric}, pauses included, on lines between its points`,
  );
}

/** Steps that ascend, and times that do not go back. */
interface Clock {
  readonly step: Float64Array;
  readonly seconds: Float64Array;
}

/** The first time of each step; null where time goes back. */
function clockIn({ step, wallTime }: PointTimes): Clock | null {
  const clock = {
    step: new Float64Array(step.length),
    seconds: new Float64Array(step.length),
  };
  let count = 0;
  let last = -Infinity;
  for (let i = 0; i < step.length; i++) {
    const at = step[i] as number;
    const time = wallTime[i] as number;
    if (!Number.isFinite(time) || (count > 0 && at === clock.step[count - 1])) continue;
    if (time < last - CLOCK_SKEW_SECONDS) return null;
    last = Math.max(last, time);
    clock.step[count] = at;
    clock.seconds[count++] = last;
  }
  return { step: clock.step.subarray(0, count), seconds: clock.seconds.subarray(0, count) };
}
