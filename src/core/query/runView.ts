/** What a question needs of a run, and a record of what it took. */

import { lastIndexUpTo } from "../analysis/findOnset.js";
import type { Chance } from "../analysis/thresholds.js";
import type { Direction } from "../model/metric.js";
import type { Series } from "../model/series.js";
import { formatExpression } from "./formatQuery.js";
import type { AxisName, AxisValue, ExampleShare } from "./query.js";

export interface RunView {
  metricNames(): readonly string[];
  series(metric: string): Series | null;
  direction(metric: string): Direction;
  /** Whether one way is better at all: set by the user, declared by the file, or plain from the name. */
  isJudged(metric: string): boolean;
  /** Chance rate and items, from the user or from the table of tasks; null where not known. */
  chance(metric: string): Chance | null;
  /** Best finite value of a metric over the compared runs: those of the run's experiment. NaN where none has it. */
  best(metric: string): number;
  /** Share of a task's examples by checkpoint; null where the run has no such examples. */
  exampleShare(share: ExampleShare, task: string): ShareOfExamples | null;
  /**
   * The step of a point of training, a fraction where it lies between two; infinity where the run has not got there yet.
   * Null where it is not known what a step is worth on that axis.
   */
  toStep(point: AxisValue): number | null;
  /** What one step is worth on an axis; null where that is not known, or not the same for all steps. */
  perStep(axis: AxisName): number | null;
}

export interface ShareOfExamples {
  readonly series: Series;
  /** Examples that were judged: the fewest over the steps. */
  readonly items: number;
}

/** What a question took of a run besides series: enough to ask it again of the series alone. */
export interface Context {
  readonly directions: Readonly<Record<string, Direction>>;
  readonly chances: Readonly<Record<string, Chance | null>>;
  readonly bests: Readonly<Record<string, number>>;
  readonly items: Readonly<Record<string, number>>;
  readonly steps: Readonly<Record<string, number | null>>;
}

/** A view that notes what is taken of it. */
export class ObservedView implements RunView {
  readonly inputs = new Map<string, Series>();
  readonly examples = new Map<string, Series>();
  private readonly directions = new Map<string, Direction>();
  private readonly chances = new Map<string, Chance | null>();
  private readonly bests = new Map<string, number>();
  private readonly items = new Map<string, number>();
  private readonly steps = new Map<string, number | null>();

  constructor(private readonly view: RunView) {}

  context(): Context {
    return {
      directions: Object.fromEntries(this.directions),
      chances: Object.fromEntries(this.chances),
      bests: Object.fromEntries(this.bests),
      items: Object.fromEntries(this.items),
      steps: Object.fromEntries(this.steps),
    };
  }

  metricNames(): readonly string[] {
    return this.view.metricNames();
  }

  series(metric: string): Series | null {
    const series = this.view.series(metric);
    if (series) this.inputs.set(metric, series);
    return series;
  }

  direction(metric: string): Direction {
    return noted(this.directions, metric, this.view.direction(metric));
  }

  isJudged(metric: string): boolean {
    return this.view.isJudged(metric);
  }

  chance(metric: string): Chance | null {
    return noted(this.chances, metric, this.view.chance(metric));
  }

  best(metric: string): number {
    return noted(this.bests, metric, this.view.best(metric));
  }

  exampleShare(share: ExampleShare, task: string): ShareOfExamples | null {
    const found = this.view.exampleShare(share, task);
    if (found) {
      const name = formatExpression({ kind: "examples", share, task });
      this.examples.set(name, found.series);
      this.items.set(name, found.items);
    }
    return found;
  }

  perStep(axis: AxisName): number | null {
    return this.view.perStep(axis);
  }

  toStep(point: AxisValue): number | null {
    return noted(this.steps, `${point.value} ${point.axis}`, this.view.toStep(point));
  }
}

function noted<T>(notes: Map<string, T>, key: string, value: T): T {
  notes.set(key, value);
  return value;
}

/** The view of a run as its points and the context of an earlier question tell it. */
export function recordedView(
  inputs: ReadonlyMap<string, Series>,
  examples: ReadonlyMap<string, Series>,
  context: Context,
): RunView {
  const own = <T>(notes: Readonly<Record<string, T>>, name: string): T | undefined =>
    Object.hasOwn(notes, name) ? notes[name] : undefined;
  return {
    metricNames: () => [...inputs.keys()],
    series: (metric) => inputs.get(metric) ?? null,
    direction: (metric) => own(context.directions, metric) ?? "higher",
    isJudged: (metric) => Object.hasOwn(context.directions, metric),
    chance: (metric) => own(context.chances, metric) ?? null,
    best: (metric) => own(context.bests, metric) ?? NaN,
    exampleShare(share, task) {
      const name = formatExpression({ kind: "examples", share, task });
      const series = examples.get(name);
      return series ? { series, items: own(context.items, name) ?? 0 } : null;
    },
    toStep: ({ value, axis }) =>
      axis === "step" ? value : (context.steps[`${value} ${axis}`] ?? null),
    perStep: (axis) => (axis === "step" ? 1 : null),
  };
}

/** The run as somebody judges it who says which way is better. */
export function directed(view: RunView, direction: Direction | null): RunView {
  return direction === null ? view : { ...methodsOf(view), direction: () => direction };
}

/** The run as it was behind a step: what was evaluated up to there is left out. */
export function behind(view: RunView, step: number): RunView {
  const cut = (series: Series): Series => {
    const start = lastIndexUpTo(series.step, step) + 1;
    return {
      ...series,
      step: series.step.subarray(start),
      value: series.value.subarray(start),
      stderr: series.stderr?.subarray(start) ?? null,
    };
  };
  return {
    ...methodsOf(view),
    series(metric) {
      const series = view.series(metric);
      return series && cut(series);
    },
    exampleShare(share, task) {
      const found = view.exampleShare(share, task);
      return found && { ...found, series: cut(found.series) };
    },
  };
}

/** The same view as an object of plain functions. */
function methodsOf(view: RunView): RunView {
  return {
    metricNames: () => view.metricNames(),
    series: (metric) => view.series(metric),
    direction: (metric) => view.direction(metric),
    isJudged: (metric) => view.isJudged(metric),
    chance: (metric) => view.chance(metric),
    best: (metric) => view.best(metric),
    exampleShare: (share, task) => view.exampleShare(share, task),
    toStep: (point) => view.toStep(point),
    perStep: (axis) => view.perStep(axis),
  };
}
