/** What a chart marks at a step: restarts, branches, spikes, the first non-finite value, words of people. */

import { hasStep } from "../analysis/downsample.js";
import { rateDrops } from "../analysis/rateDrops.js";
import { findSpikes, type Spike } from "../analysis/lossSpikes.js";
import type { LoadedRun } from "../catalog/catalog.js";
import { formatStep } from "../model/interval.js";
import { isLoss } from "../model/metric.js";
import type { Attempt } from "../model/run.js";
import type { MetricTable } from "../tables/metricTable.js";

export type MarkKind = "resumed" | "branched" | "non-finite" | "spike" | "lr drop" | "annotation";

export interface Mark {
  readonly kind: MarkKind;
  /** Index of the run; −1 for a mark of all runs. */
  readonly run: number;
  readonly step: number;
  /** Metric whose chart shows it; null for all charts. */
  readonly metric: string | null;
  readonly text: string;
}

const LEARNING_RATE =
  /(^|[/_. -])(lr|learning[_ -]?rate)(-adam\w*|\/pg\d*|[/_.]?\d+|[/_]group\d+)?$/i;

export function marksOf(
  { table }: LoadedRun,
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
  for (const { by, from, to } of rateDropsOf(table)) {
    const text = `lr drop at ${formatStep(by)}: ${from} → ${to}`;
    marks.push({ kind: "lr drop", run, step: by, metric: null, text });
  }
  for (const metric of metrics) {
    const curve = table.curve(metric);
    if (!curve) continue;
    const { nan, infinite } = curve.extremes(0, curve.length);
    const index = Math.min(...[nan, infinite].filter((i) => i >= 0));
    if (Number.isFinite(index)) {
      const step = curve.stepAt(index);
      const text = `first non-finite at ${formatStep(step)}: ${curve.valueAt(index)}`;
      marks.push({ kind: "non-finite", run, step, metric, text });
    }
    if (!isLoss(metric)) continue;
    for (const { by, z } of spikesOf(table, metric)) {
      const text = `loss spike at ${formatStep(by)}, z ${z.toFixed(0)}`;
      if (hasStep(curve, by)) marks.push({ kind: "spike", run, step: by, metric, text });
    }
  }
  return marks;
}

/** Looking for spikes takes longest of all, and a run that has not grown has the same ones. */
const known = new WeakMap<MetricTable, Map<string, readonly Spike[]>>();

function spikesOf(table: MetricTable, metric: string): readonly Spike[] {
  let ofTable = known.get(table);
  if (!ofTable) known.set(table, (ofTable = new Map<string, readonly Spike[]>()));
  let spikes = ofTable.get(metric);
  if (!spikes) {
    const series = table.series(metric);
    spikes = series ? findSpikes(series, table.series("grad_norm")) : [];
    ofTable.set(metric, spikes);
  }
  return spikes;
}

const knownDrops = new WeakMap<MetricTable, ReturnType<typeof rateDrops>>();

function rateDropsOf(table: MetricTable): ReturnType<typeof rateDrops> {
  let drops = knownDrops.get(table);
  if (!drops) {
    const rate = table.metricNames().find((name) => LEARNING_RATE.test(name));
    const series = rate === undefined ? null : table.series(rate);
    knownDrops.set(table, (drops = series ? rateDrops(series) : []));
  }
  return drops;
}

function restarts(attempts: readonly Attempt[]): Attempt[] {
  return attempts.filter((attempt, index) => index > 0 && Number.isFinite(attempt.first));
}
