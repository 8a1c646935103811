/** What a chart marks at a step: restarts, branches, spikes, the first non-finite value, words of people. */

import { indexOfStep } from "../analysis/findOnset.js";
import { findSpikes, type Spike } from "../analysis/lossSpikes.js";
import type { LoadedRun } from "../catalog/catalog.js";
import { formatStep } from "../model/interval.js";
import { isLoss } from "../model/metric.js";
import type { Attempt } from "../model/run.js";
import type { Series } from "../model/series.js";
import type { MetricTable } from "../tables/metricTable.js";

export type MarkKind = "resumed" | "branched" | "non-finite" | "spike" | "annotation";

export interface Mark {
  readonly kind: MarkKind;
  /** Index of the run; −1 for a mark of all runs. */
  readonly run: number;
  readonly step: number;
  /** Metric whose chart shows it; null for all charts. */
  readonly metric: string | null;
  readonly text: string;
}

export function marksOf(
  { table, view }: LoadedRun,
  run: number,
  metrics: readonly string[],
  parent: { readonly step: number | null } | null | undefined,
): Mark[] {
  const marks: Mark[] = [];
  if (parent && parent.step !== null) {
    marks.push({
      kind: "branched",
      run,
      step: parent.step,
      metric: null,
      text: `branched at ${formatStep(parent.step)}`,
    });
  }
  for (const { first } of restarts(table.attempts)) {
    marks.push({
      kind: "resumed",
      run,
      step: first,
      metric: null,
      text: `resumed at ${formatStep(first)}`,
    });
  }
  const norm = view.series("grad_norm");
  for (const metric of metrics) {
    const series = view.series(metric);
    if (!series) continue;
    const index = series.value.findIndex((value) => !Number.isFinite(value));
    if (index >= 0) {
      const step = series.step[index] as number;
      const text = `first non-finite at ${formatStep(step)}: ${series.value[index]}`;
      marks.push({ kind: "non-finite", run, step, metric, text });
    }
    if (!isLoss(metric)) continue;
    for (const { by, z } of spikesOf(table, metric, series, norm)) {
      const text = `loss spike at ${formatStep(by)}, z ${z.toFixed(0)}`;
      if (indexOfStep(series.step, by) >= 0)
        marks.push({ kind: "spike", run, step: by, metric, text });
    }
  }
  return marks;
}

/** Looking for spikes takes longest of all, and a run that has not grown has the same ones. */
const known = new WeakMap<MetricTable, Map<string, readonly Spike[]>>();

function spikesOf(
  table: MetricTable,
  metric: string,
  series: Series,
  norm: Series | null,
): readonly Spike[] {
  let ofTable = known.get(table);
  if (!ofTable) known.set(table, (ofTable = new Map<string, readonly Spike[]>()));
  let spikes = ofTable.get(metric);
  if (!spikes) ofTable.set(metric, (spikes = findSpikes(series, norm)));
  return spikes;
}

function restarts(attempts: readonly Attempt[]): Attempt[] {
  return attempts.filter((attempt, index) => index > 0 && Number.isFinite(attempt.first));
}
