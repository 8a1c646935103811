/** Everything that the Timeline draws, in one answer: lines thinned to the chart's width, onsets, marks, checkpoints. */

import { hasStep } from "../analysis/downsample.js";
import type { Spread } from "../analysis/seedBand.js";
import type { Smoothing } from "../analysis/smooth.js";
import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import { nameOf } from "../discovery/identifyRuns.js";
import { compareNames } from "../io/path.js";
import type { Direction, MetricKind } from "../model/metric.js";
import type { Curve } from "../model/series.js";
import { behavioursOf } from "../query/onsetFile.js";
import { axesKnown, runAxis, type AxisChoice, type KnownAxis, type RunAxis } from "./axes.js";
import { marksOf, type Mark } from "./marks.js";
import { Shading, summarise, type Band, type BandSummary } from "./onsetBands.js";
import { recipesOf } from "./recipes.js";
import { stepsOf } from "./runs.js";
import { suggestMetrics } from "./suggestMetrics.js";
import {
  linesOf,
  place,
  thin,
  toPixel,
  type Canvas,
  type DrawnLine,
  type GroupBand,
  type LeftOut,
  type Line,
} from "./timelineLines.js";

export interface TimelineQuestion {
  /** Keys of the runs in the comparison. */
  readonly runs: readonly string[];
  /** Metrics to draw; empty for those that the runs suggest. */
  readonly metrics: readonly string[];
  readonly axis: AxisChoice;
  /** Values of the axis that are shown; null for all. */
  readonly range: readonly [first: number, last: number] | null;
  /** Pixels that a chart is wide. */
  readonly width: number;
  /** Behaviour whose onsets are shaded, by name or as a question; null for the one that fits each metric. */
  readonly behaviour: string | null;
  /** Drawn over the raw lines; no analysis sees it. */
  readonly smooth: Smoothing | null;
  /** What the band of a seed group shows; null draws every seed by itself. */
  readonly spread: Spread | null;
  /** Seed groups whose seeds are drawn by themselves beside their band. */
  readonly apart: readonly string[];
}

export interface TimelineRun {
  readonly key: string;
  readonly id: string;
  readonly label: string;
  /** The seed group, or the run itself where it is the only one: runs of one group are drawn in one colour. */
  readonly group: string;
  readonly checkpoints: CheckpointTrack;
}

/** A run's checkpoints, steps ascending. */
export interface CheckpointTrack {
  readonly step: Float64Array;
  /** Value of the axis, NaN where that is not known. */
  readonly x: Float64Array;
  /** 1 where evaluated. */
  readonly evaluated: Uint8Array;
  /** 1 where it is listed in a manifest, and not on this disk. */
  readonly remote: Uint8Array;
}

/** A band with its ends on the axis: null where they are open or their place is not known. */
export interface PlacedBand extends Band {
  readonly x: { readonly after: number | null; readonly by: number | null };
}

/** A mark with its place on the axis: null where that is not known. */
export interface PlacedMark extends Mark {
  readonly x: number | null;
}

export interface TimelineChart {
  readonly metric: string;
  readonly kind: MetricKind;
  readonly direction: Direction;
  /** Behaviour that is shaded here; null where none fits the metric. */
  readonly behaviour: string | null;
  readonly lines: readonly Line[];
  readonly groups: readonly GroupBand[];
  /** Points of the longest line before it was thinned out. */
  readonly points: number;
  readonly bands: readonly PlacedBand[];
  readonly summaries: readonly BandSummary[];
}

export interface TimelineAxis {
  readonly axis: AxisChoice;
  /** What it counts, where that is not what its name says: a column that the steps were taken from. */
  readonly counts: string | null;
  /** Where its numbers come from: each text once, with the labels of the runs that it is of. */
  readonly from: readonly { readonly text: string; readonly runs: readonly string[] }[];
  /** Labels of the runs that do not have it: they are not drawn. */
  readonly without: readonly string[];
}

export interface TimelineAnswer {
  readonly runs: readonly TimelineRun[];
  readonly charts: readonly TimelineChart[];
  readonly marks: readonly PlacedMark[];
  /** All metrics of the compared runs, for the picker. */
  readonly metrics: readonly { readonly name: string; readonly kind: MetricKind }[];
  /** Behaviours that can be shaded. */
  readonly behaviours: readonly string[];
  /** Sets of metrics that are pinned in `onset.json`, as their patterns. */
  readonly pinned: readonly { readonly name: string; readonly patterns: readonly string[] }[];
  readonly axis: TimelineAxis;
  readonly axes: readonly KnownAxis[];
  /** Values of the axis of what could be drawn, whatever range is shown. */
  readonly extent: { readonly first: number; readonly last: number } | null;
  readonly leftOut: Readonly<LeftOut>;
  /** Wanted metrics beyond those that are drawn at once. */
  readonly metricsLeftOut: number;
  /** The first chart over the whole axis, for finding one's way in a part of it. */
  readonly overview: readonly (DrawnLine & { readonly run: number })[];
  readonly problems: number;
}

/** More charts than this are no comparison any more. */
const MAX_CHARTS = 100;
/** Pixels that the overview is wide. */
const OVERVIEW = 400;

export interface StepAnnotation {
  /** Id of the run; null for all. */
  readonly run: string | null;
  readonly step: number;
  readonly text: string;
}

/** `position` places a value of the axis in the unit in which the page draws it; not finite for what has no place there. */
export async function answerTimeline(
  catalog: Catalog,
  question: TimelineQuestion,
  position: (x: number) => number,
  annotations: readonly StepAnnotation[],
  signal?: AbortSignal,
): Promise<TimelineAnswer> {
  const loaded: LoadedRun[] = [];
  for await (const one of catalog.loadAll(question.runs, signal)) loaded.push(one);
  const identities = await catalog.identify();
  const file = catalog.onsetFile(loaded[0]?.run.root);
  const behaviours = behavioursOf(file);
  const metrics = allMetrics(loaded);
  const names = metrics.map(({ name }) => name);
  const known = new Set(names);
  const wanted = question.metrics.filter((metric) => known.has(metric));
  const shading = new Shading(catalog, question.behaviour, behaviours);
  const base = wanted.length > 0 ? wanted : suggestMetrics(names, behaviours, loaded);
  // What is asked about is shown, whatever else was chosen.
  const all = [...new Set([...shading.metrics(names), ...base])];
  const chosen = all.slice(0, MAX_CHARTS);
  const labels = loaded.map(({ run }) => identities.get(run.key)?.label ?? nameOf(run));
  const starts = loaded.map((run) => startOf(run, identities.get(run.run.key)?.parent?.step));
  const axes = loaded.map((run, index) => runAxis(run, question.axis, starts[index] ?? 0));
  const extent = extentOf(loaded, chosen, axes, position);
  const ends: readonly [number, number] = extent ? [extent.first, extent.last] : [0, 1];
  const leftOut: LeftOut = { unknown: 0, notPositive: 0 };
  const canvas: Canvas = {
    axes,
    position,
    range: question.range ?? ends,
    width: question.width,
    length: position(ends[1]) - position(ends[0]),
    leftOut,
  };
  await catalog.readExperiments(question.runs, signal);
  const groups = await recipesOf(
    catalog,
    loaded.map(({ run }) => run),
  );
  const toAxis = (run: number, step: number | null): number | null => {
    const x = step === null ? NaN : (axes[run]?.at(step) ?? NaN);
    return Number.isFinite(position(x)) ? x : null;
  };
  const charts: TimelineChart[] = [];
  for (const metric of chosen) {
    signal?.throwIfAborted();
    const { behaviour, bands } = await shading.shade(metric, loaded);
    const annotated = loaded.map(
      (_, index) =>
        new Set(
          bands
            .filter(({ run }) => run === index)
            .flatMap(({ after, by }) => [after, by].filter((step) => step !== null)),
        ),
    );
    const view = loaded.find((run) => run.table.metricNames().includes(metric))?.view;
    charts.push({
      metric,
      kind: metrics.find(({ name }) => name === metric)?.kind ?? "training",
      direction: view?.direction(metric) ?? "higher",
      behaviour,
      ...linesOf(loaded, groups, metric, canvas, question, annotated),
      bands: bands.map((band) => ({
        ...band,
        x: { after: toAxis(band.run, band.after), by: toAxis(band.run, band.by) },
      })),
      summaries: summarise(bands, groups),
    });
  }
  const marks = [
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
  ];
  return {
    runs: loaded.map((run, index) => ({
      key: run.run.key,
      id: catalog.idOf(run.run.key),
      label: labels[index] as string,
      group: groups[index] as string,
      checkpoints: checkpointsOf(run, axes[index] ?? null, canvas),
    })),
    charts,
    marks: marks.map((mark) => ({
      ...mark,
      // A mark of all runs lies where the first of them that knows has its step.
      x:
        mark.run >= 0
          ? toAxis(mark.run, mark.step)
          : (loaded.map((_, run) => toAxis(run, mark.step)).find((x) => x !== null) ?? null),
    })),
    metrics,
    behaviours: [...behaviours.keys()],
    pinned: [...file.pinned].map(([name, patterns]) => ({ name, patterns })),
    axis: {
      axis: question.axis,
      counts: loaded.find(({ axis }) => axis !== null)?.axis ?? null,
      from: provenance(axes, labels),
      without: labels.filter((_, index) => !axes[index]),
    },
    axes: axesKnown(loaded, starts),
    extent,
    leftOut,
    metricsLeftOut: all.length - chosen.length,
    overview: overviewOf(loaded, chosen[0], { ...canvas, range: ends, width: OVERVIEW }),
    problems: loaded.reduce((sum, { problems }) => sum + problems.length, 0),
  };
}

/** Where a run began: at the step that it branched from, else at its first one. */
function startOf(run: LoadedRun, branchedAt: number | null | undefined): number {
  return branchedAt ?? stepsOf(run).first ?? 0;
}

function provenance(
  axes: readonly (RunAxis | null)[],
  labels: readonly string[],
): TimelineAxis["from"] {
  const runs = new Map<string, string[]>();
  for (const [index, axis] of axes.entries()) {
    if (axis) runs.set(axis.from, [...(runs.get(axis.from) ?? []), labels[index] as string]);
  }
  return [...runs].map(([text, of]) => ({ text, runs: of }));
}

function overviewOf(
  loaded: readonly LoadedRun[],
  metric: string | undefined,
  canvas: Canvas,
): TimelineAnswer["overview"] {
  if (metric === undefined) return [];
  const silent = { ...canvas, leftOut: { unknown: 0, notPositive: 0 } };
  return loaded.flatMap(({ table }, run) => {
    const curve = table.curve(metric);
    return curve ? [{ run, ...thin(place(silent, run, curve), canvas) }] : [];
  });
}

/** Of each kind at most one per pixel: there can be a million of them. */
function checkpointsOf(
  { run, table }: LoadedRun,
  axis: RunAxis | null,
  canvas: Canvas,
): CheckpointTrack {
  const remote = new Map<number, boolean>();
  for (const { step, container } of run.checkpoints) {
    remote.set(step, container === "remote" && remote.get(step) !== false);
  }
  const all = [...remote.keys()];
  const evaluated = evaluatedOf(all, table.metricNames(), (metric) =>
    table.kindOf(metric) === "evaluation" ? table.curve(metric) : null,
  );
  const x = all.map((step) => axis?.at(step) ?? NaN);
  const pixel = toPixel(canvas);
  const seen = new Set<string>();
  const kept = all.flatMap((step, i) => {
    const at = Math.floor(pixel(x[i] as number));
    if (!(at >= 0 && at <= canvas.width)) return [];
    const kind = `${at} ${evaluated[i]} ${String(remote.get(step))}`;
    return seen.has(kind) ? [] : (seen.add(kind), [i]);
  });
  return {
    step: Float64Array.from(kept, (i) => all[i] as number),
    x: Float64Array.from(kept, (i) => x[i] as number),
    evaluated: Uint8Array.from(kept, (i) => evaluated[i] as number),
    remote: Uint8Array.from(kept, (i) => (remote.get(all[i] as number) === true ? 1 : 0)),
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
  axes: readonly (RunAxis | null)[],
  position: (x: number) => number,
): { first: number; last: number } | null {
  let first = Infinity;
  let last = -Infinity;
  const add = (run: number, step: number | null | undefined): boolean => {
    const x = typeof step === "number" ? (axes[run]?.at(step) ?? NaN) : NaN;
    if (!Number.isFinite(position(x))) return false;
    first = Math.min(first, x);
    last = Math.max(last, x);
    return true;
  };
  for (const [run, { table }] of loaded.entries()) {
    for (const metric of drawn) {
      const curve = table.curve(metric);
      if (!curve) continue;
      // The ends of what has a place: points without one lie at the ends of a run.
      for (let i = 0; i < curve.length && !add(run, curve.stepAt(i)); i++);
      for (let i = curve.length - 1; i >= 0 && !add(run, curve.stepAt(i)); i--);
    }
  }
  if (first <= last) return { first, last };
  for (const [index, run] of loaded.entries()) {
    const steps = stepsOf(run);
    add(index, steps.first);
    add(index, steps.last);
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
