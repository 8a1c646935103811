/** Everything that the Timeline draws, in one answer: lines thinned to the chart's width, onsets, marks, checkpoints. */

import { downsample, hasStep, type Drawn } from "../analysis/downsample.js";
import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import { nameOf } from "../discovery/identifyRuns.js";
import { compareNames } from "../io/path.js";
import type { Direction, MetricKind } from "../model/metric.js";
import type { Curve } from "../model/series.js";
import { behavioursOf } from "../query/onsetFile.js";
import { marksOf, type Mark } from "./marks.js";
import { Shading, summarise, type Band, type BandSummary } from "./onsetBands.js";
import { recipesOf } from "./recipes.js";
import { stepsOf } from "./runs.js";
import { suggestMetrics } from "./suggestMetrics.js";

export interface TimelineQuestion {
  /** Keys of the runs in the comparison. */
  readonly runs: readonly string[];
  /** Metrics to draw; empty for those that the runs suggest. */
  readonly metrics: readonly string[];
  /** Steps shown; null for all. */
  readonly range: readonly [first: number, last: number] | null;
  /** Pixels that a chart is wide. */
  readonly width: number;
  /** Behaviour whose onsets are shaded, by name or as a question; null for the one that fits each metric. */
  readonly behaviour: string | null;
}

export interface TimelineRun {
  readonly key: string;
  readonly id: string;
  readonly label: string;
  /** The seed group, or the run itself where it is the only one: runs of one group are drawn in one colour. */
  readonly group: string;
  /** Steps of its checkpoints, ascending, and which of them were evaluated. */
  readonly checkpoints: Float64Array;
  readonly evaluated: Uint8Array;
}

export interface Line extends Drawn {
  /** Index of the run. */
  readonly run: number;
  /** Points that a later attempt superseded, one line per attempt. */
  readonly superseded: readonly Drawn[];
}

export interface TimelineChart {
  readonly metric: string;
  readonly kind: MetricKind;
  readonly direction: Direction;
  /** Behaviour that is shaded here; null where none fits the metric. */
  readonly behaviour: string | null;
  readonly lines: readonly Line[];
  readonly bands: readonly Band[];
  readonly summaries: readonly BandSummary[];
}

export interface TimelineAnswer {
  readonly runs: readonly TimelineRun[];
  readonly charts: readonly TimelineChart[];
  readonly marks: readonly Mark[];
  /** All metrics of the compared runs, for the picker. */
  readonly metrics: readonly { readonly name: string; readonly kind: MetricKind }[];
  /** Behaviours that can be shaded. */
  readonly behaviours: readonly string[];
  /** Steps of what is drawn. */
  readonly extent: { readonly first: number; readonly last: number } | null;
  /** What steps count, where that is not plainly optimiser steps. */
  readonly axis: string | null;
  readonly problems: number;
}

export interface StepAnnotation {
  /** Id of the run; null for all. */
  readonly run: string | null;
  readonly step: number;
  readonly text: string;
}

/** `toUnit` places a step on the axis, from 0 to 1 over its two arguments' range. */
export async function answerTimeline(
  catalog: Catalog,
  question: TimelineQuestion,
  toUnit: (step: number, range: readonly [number, number]) => number,
  annotations: readonly StepAnnotation[],
  signal?: AbortSignal,
): Promise<TimelineAnswer> {
  const loaded: LoadedRun[] = [];
  for (const key of question.runs) {
    if (catalog.run(key)) loaded.push(await catalog.load(key, signal));
  }
  const identities = await catalog.identify();
  const behaviours = behavioursOf(catalog.onsetFile(loaded[0]?.run.root));
  const metrics = allMetrics(loaded);
  const names = metrics.map(({ name }) => name);
  const wanted = question.metrics.filter((metric) => names.includes(metric));
  const shading = new Shading(catalog, question.behaviour, behaviours);
  const base = wanted.length > 0 ? wanted : suggestMetrics(names, behaviours, loaded);
  // What is asked about is shown, whatever else was chosen.
  const chosen = [...new Set([...shading.metrics(names), ...base])];
  const extent = extentOf(loaded, chosen);
  const range = question.range ?? (extent ? [extent.first, extent.last] : [0, 1]);
  const toX = (step: number): number => toUnit(step, range) * question.width;
  await catalog.readExperiments(question.runs, signal);
  const groups = await recipesOf(
    catalog,
    loaded.map(({ run }) => run),
  );
  const charts: TimelineChart[] = [];
  for (const metric of chosen) {
    signal?.throwIfAborted();
    const { behaviour, bands } = await shading.shade(metric, loaded);
    const annotated = new Set(
      bands.flatMap(({ after, by }) => [after, by].filter((step) => step !== null)),
    );
    const lines = loaded.flatMap((run, index): Line[] => {
      const line = lineOf(run, index, metric, toX, question.width, annotated);
      return line ? [line] : [];
    });
    const view = loaded.find((run) => run.table.metricNames().includes(metric))?.view;
    charts.push({
      metric,
      kind: metrics.find(({ name }) => name === metric)?.kind ?? "training",
      direction: view?.direction(metric) ?? "higher",
      behaviour,
      lines,
      bands,
      summaries: summarise(bands, groups),
    });
  }
  return {
    runs: loaded.map(({ run, table }, index) => {
      const steps = [...new Set(run.checkpoints.map(({ step }) => step))];
      const evaluated = evaluatedOf(steps, table.metricNames(), (metric) =>
        table.kindOf(metric) === "evaluation" ? table.curve(metric) : null,
      );
      return {
        key: run.key,
        id: catalog.idOf(run.key),
        label: identities.get(run.key)?.label ?? nameOf(run),
        group: groups[index] as string,
        checkpoints: Float64Array.from(steps),
        evaluated,
      };
    }),
    charts,
    marks: [
      ...loaded.flatMap((run, index) =>
        marksOf(run, index, chosen, identities.get(run.run.key)?.parent),
      ),
      ...annotations.flatMap((annotation): Mark[] => {
        const run = loaded.findIndex(({ run: { key } }) => catalog.idOf(key) === annotation.run);
        if (annotation.run !== null && run < 0) return [];
        return [
          { kind: "annotation", run, step: annotation.step, metric: null, text: annotation.text },
        ];
      }),
    ],
    metrics,
    behaviours: [...behaviours.keys()],
    extent,
    axis: loaded.find(({ axis }) => axis !== null)?.axis ?? null,
    problems: loaded.reduce((sum, { problems }) => sum + problems.length, 0),
  };
}

function allMetrics(loaded: readonly LoadedRun[]): { name: string; kind: MetricKind }[] {
  const kinds = new Map<string, MetricKind>();
  for (const { table } of loaded) {
    for (const name of table.metricNames()) {
      if (kinds.get(name) !== "evaluation") kinds.set(name, table.kindOf(name));
    }
  }
  return [...kinds]
    .map(([name, kind]) => ({ name, kind }))
    .sort((a, b) => compareNames(a.name, b.name));
}

/** Of the metrics drawn; of all that the runs have where nothing is drawn. */
function extentOf(
  loaded: readonly LoadedRun[],
  drawn: readonly string[],
): { first: number; last: number } | null {
  let first = Infinity;
  let last = -Infinity;
  for (const { table } of loaded) {
    for (const metric of drawn) {
      const curve = table.curve(metric);
      if (!curve || curve.length === 0) continue;
      first = Math.min(first, curve.stepAt(0));
      last = Math.max(last, curve.stepAt(curve.length - 1));
    }
  }
  if (first <= last) return { first, last };
  for (const run of loaded) {
    const steps = stepsOf(run);
    first = Math.min(first, steps.first ?? Infinity);
    last = Math.max(last, steps.last ?? -Infinity);
  }
  return first > last ? null : { first, last };
}

/** 1 for each of the steps at which any of the metrics was evaluated. O(metrics · steps · log evaluations). */
function evaluatedOf(
  steps: readonly number[],
  metrics: readonly string[],
  evaluations: (metric: string) => Curve | null,
): Uint8Array {
  const evaluated = new Uint8Array(steps.length);
  if (steps.length === 0) return evaluated;
  for (const metric of metrics) {
    const curve = evaluations(metric);
    if (!curve) continue;
    for (const [i, step] of steps.entries()) {
      if (evaluated[i] === 0 && hasStep(curve, step)) evaluated[i] = 1;
    }
  }
  return evaluated;
}

function lineOf(
  { table }: LoadedRun,
  run: number,
  metric: string,
  toX: (step: number) => number,
  width: number,
  annotated: ReadonlySet<number>,
): Line | null {
  const curve = table.curve(metric);
  if (!curve) return null;
  const superseded = table.supersededCurves(metric).map((one) => downsample(one, toX, width));
  return { run, ...downsample(curve, toX, width, annotated), superseded };
}
