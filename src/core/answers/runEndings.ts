/** How far runs have come, and whether they are at their end: for the badges of the side panel. */

import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import { formatStep } from "../model/interval.js";
import { isLoss } from "../model/metric.js";
import { plannedSteps } from "../model/plannedSteps.js";

/**
 * `failed`: the last value of a training loss is NaN or infinite. `finished`: the steps that the config plans were taken.
 * `partial`: they were not. Whether a run still goes on is not in its files.
 */
export type Ending = "failed" | "finished" | "partial";

export interface RunEnding {
  /** Key of the run. */
  readonly run: string;
  /** Last optimiser step of a metric or a checkpoint; null where the run has none. */
  readonly lastStep: number | null;
  /** Null where the files do not tell. */
  readonly ending: Ending | null;
  /** What tells it, in one line; null where nothing does. */
  readonly reason: string | null;
}

/** Reads the runs. */
export async function answerRunEndings(
  catalog: Catalog,
  keys: readonly string[],
  signal?: AbortSignal,
  onRead: (done: number) => void = () => undefined,
): Promise<RunEnding[]> {
  const endings: RunEnding[] = [];
  for await (const loaded of catalog.loadAll(keys, signal)) {
    signal?.throwIfAborted();
    endings.push(endingOf(loaded));
    onRead(endings.length);
  }
  onRead(keys.length);
  return endings;
}

function endingOf(loaded: LoadedRun): RunEnding {
  const { run, config } = loaded;
  const { lastStep, interval } = progressOf(loaded);
  const failure = failureOf(loaded);
  if (failure !== null) return { run: run.key, lastStep, ending: "failed", reason: failure };
  const planned = plannedSteps(config);
  if (planned === null || lastStep === null || loaded.axis !== null) {
    return { run: run.key, lastStep, ending: null, reason: null };
  }
  const isAtEnd = planned.steps - lastStep <= tolerance(planned.steps, interval);
  return {
    ...{ run: run.key, lastStep, ending: isAtEnd ? "finished" : "partial" },
    reason: `at ${formatStep(lastStep)} of ${formatStep(planned.steps)} steps (${planned.key})`,
  };
}

/** Loops count from 0, or log every n-th step: the last record may lie that far before the end, within two per cent. */
function tolerance(planned: number, interval: number): number {
  return Number.isFinite(interval) ? Math.max(1, Math.min(interval, planned / 50)) : 1;
}

/** The last step, and the least number of steps between the last two records of a training metric; infinite without any. */
function progressOf({ run, table }: LoadedRun): { lastStep: number | null; interval: number } {
  let lastStep = -Infinity;
  let interval = Infinity;
  for (const metric of table.metricNames()) {
    if (table.axisOf(metric) !== null) continue;
    const step = table.series(metric)?.step;
    const last = step?.at(-1) ?? -Infinity;
    lastStep = Math.max(lastStep, last);
    if (table.kindOf(metric) === "training") {
      interval = Math.min(interval, last - (step?.at(-2) ?? -Infinity));
    }
  }
  for (const { step, counts } of run.checkpoints) {
    if (counts === undefined) lastStep = Math.max(lastStep, step);
  }
  return {
    lastStep: lastStep === -Infinity ? null : lastStep,
    interval,
  };
}

function failureOf({ table, view }: LoadedRun): string | null {
  for (const metric of table.metricNames()) {
    if (!isLoss(metric) || table.kindOf(metric) !== "training") continue;
    const series = view.series(metric);
    const value = series?.value.at(-1);
    if (!series || value === undefined || Number.isFinite(value)) continue;
    let first = series.value.length - 1;
    while (first > 0 && !Number.isFinite(series.value[first - 1])) first -= 1;
    return `${metric} is ${value} since step ${formatStep(series.step[first] as number)}`;
  }
  return null;
}
