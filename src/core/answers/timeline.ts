/** Everything that the Timeline draws, in one answer: lines thinned to the chart's width, onsets, marks, checkpoints. */

import { downsample, type Drawn } from "../analysis/downsample.js";
import { indexOfStep } from "../analysis/findOnset.js";
import { findSpikes } from "../analysis/lossSpikes.js";
import { adviseBracket } from "../analysis/bracketAdvice.js";
import { medianOnset } from "../analysis/seedShare.js";
import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import { nameOf } from "../discovery/identifyRuns.js";
import { formatInterval, formatStep, type OnsetStatus } from "../model/interval.js";
import { isAccuracy, isLoss, type Direction, type MetricKind } from "../model/metric.js";
import type { Attempt, RunIdentity } from "../model/run.js";
import { behavioursOf } from "../query/onsetFile.js";
import { runQuery, type Answer } from "../query/runQuery.js";
import type { Query } from "../query/query.js";
import { cutoffsOf } from "../tables/attempts.js";
import { stepsOf } from "./runs.js";
import { understand } from "./when.js";

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
  /** The seed group, or the run itself where it has none: runs of one group are drawn in one colour. */
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

export interface Band {
  readonly run: number;
  readonly behaviour: string;
  readonly status: OnsetStatus;
  readonly after: number | null;
  readonly by: number | null;
  readonly confirmed: boolean;
  readonly text: string;
  /** Step of the checkpoint to evaluate next, and what that is worth (M9). */
  readonly advice: string | null;
}

/** What the shaded onsets of one group say together. */
export interface BandSummary {
  readonly group: string;
  readonly text: string;
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

export interface TimelineAnswer {
  readonly runs: readonly TimelineRun[];
  readonly charts: readonly TimelineChart[];
  readonly marks: readonly Mark[];
  /** All metrics of the compared runs, for the picker. */
  readonly metrics: readonly { readonly name: string; readonly kind: MetricKind }[];
  /** Behaviours that can be shaded. */
  readonly behaviours: readonly string[];
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

const MAX_SUGGESTED = 4;

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
  const asker = new Asker(catalog, question, behaviours);
  const isKnown = (metric: string): boolean =>
    loaded.some(({ view }) => view.chance(metric) !== null);
  const base =
    wanted.length > 0 ? wanted : suggestMetrics(byCoverage(names, loaded), behaviours, isKnown);
  // What is asked about is shown, whatever else was chosen.
  const chosen = [...new Set([...asker.metrics(names), ...base])];
  const extent = extentOf(loaded);
  const range = question.range ?? (extent ? [extent.first, extent.last] : [0, 1]);
  const toX = (step: number): number => toUnit(step, range) * question.width;
  await catalog.readExperiments(question.runs, signal);
  const groups = groupNames(catalog, loaded, identities);
  const charts: TimelineChart[] = [];
  for (const metric of chosen) {
    signal?.throwIfAborted();
    const { behaviour, bands } = await asker.shade(metric, loaded);
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
    runs: loaded.map(({ run, table, view }, index) => {
      const evaluated = evaluatedSteps(table.metricNames(), (metric) =>
        table.kindOf(metric) === "evaluation" ? view.series(metric)?.step : undefined,
      );
      const steps = [...new Set(run.checkpoints.map(({ step }) => step))];
      return {
        key: run.key,
        id: catalog.idOf(run.key),
        label: identities.get(run.key)?.label ?? nameOf(run),
        group: groups[index] as string,
        checkpoints: Float64Array.from(steps),
        evaluated: Uint8Array.from(steps, (step) => (evaluated.has(step) ? 1 : 0)),
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

/** The seed group of each run, or the run itself; the experiment's name is left out where it is the same for all. */
function groupNames(
  catalog: Catalog,
  loaded: readonly LoadedRun[],
  identities: ReadonlyMap<string, RunIdentity>,
): string[] {
  const experiments = new Set(loaded.map(({ run }) => identities.get(run.key)?.experiment));
  const [experiment] = experiments;
  const prefix = experiments.size === 1 && experiment ? `${experiment}/` : "";
  const labels = loaded.map(({ run }) => identities.get(run.key)?.label ?? nameOf(run));
  return loaded.map(({ run }, index) => {
    const label = labels[index] as string;
    const isUnique = labels.indexOf(label) === labels.lastIndexOf(label);
    const name = identities.get(run.key)?.seedGroup ?? (isUnique ? label : catalog.idOf(run.key));
    return name.startsWith(prefix) ? name.slice(prefix.length) : name;
  });
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
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Metrics that most runs have first. */
function byCoverage(names: readonly string[], loaded: readonly LoadedRun[]): string[] {
  const counts = new Map<string, number>();
  for (const { table } of loaded) {
    for (const name of table.metricNames()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...names].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
}

/**
 * Metrics of the saved behaviours, then accuracies whose chance rate is known, other accuracies and losses. Of a family of
 * tasks (`hendrycksTest-…`) the first is enough.
 */
function suggestMetrics(
  names: readonly string[],
  behaviours: ReadonlyMap<string, Query>,
  hasChance: (metric: string) => boolean,
): string[] {
  const asked = [...behaviours.values()].flatMap(metricsOf);
  const plain = (metric: string): boolean =>
    !metric.includes("@") && metric.split("/").length <= 2 && !metric.endsWith("_norm");
  const families = new Set<string>();
  const accuracies = names.filter((name) => {
    const family = name.includes("/") ? name.replace(/[-_/].*$/, "") : name;
    if (!isAccuracy(name) || !plain(name) || families.has(family)) return false;
    families.add(family);
    return true;
  });
  const ranked = [
    ...asked,
    ...accuracies.filter(hasChance),
    ...accuracies,
    ...names.filter((name) => isLoss(name) && plain(name)),
    ...names,
  ];
  return [...new Set(ranked)].filter((metric) => names.includes(metric)).slice(0, MAX_SUGGESTED);
}

/** Metrics that a question names. */
function metricsOf(query: Query): string[] {
  if ("metric" in query) return query.metric === null ? [] : [query.metric];
  if (query.kind !== "grokking") return [];
  return [query.train, query.heldOut].filter((metric) => metric !== null);
}

function extentOf(loaded: readonly LoadedRun[]): { first: number; last: number } | null {
  let first = Infinity;
  let last = -Infinity;
  for (const run of loaded) {
    const steps = stepsOf(run);
    if (steps.first !== null) first = Math.min(first, steps.first);
    if (steps.last !== null) last = Math.max(last, steps.last);
  }
  return first > last ? null : { first, last };
}

function evaluatedSteps(
  metrics: readonly string[],
  stepsOfEvaluation: (metric: string) => Float64Array | undefined,
): Set<number> {
  const steps = new Set<number>();
  for (const metric of metrics) {
    for (const step of stepsOfEvaluation(metric) ?? []) steps.add(step);
  }
  return steps;
}

function lineOf(
  { table, view }: LoadedRun,
  run: number,
  metric: string,
  toX: (step: number) => number,
  width: number,
  annotated: ReadonlySet<number>,
): Line | null {
  const series = view.series(metric);
  const points = table.points(metric);
  if (!series || !points) return null;
  const cutoffs = cutoffsOf(table.attempts);
  const superseded: Drawn[] = [];
  for (const [attempt, { superseded: isSuperseded }] of table.attempts.entries()) {
    if (!isSuperseded) continue;
    const cutoff = cutoffs[attempt] as number;
    const indices: number[] = [];
    for (let i = 0; i < points.step.length; i++) {
      if (points.attempt[i] === attempt && (points.step[i] as number) >= cutoff) indices.push(i);
    }
    const step = Float64Array.from(indices, (i) => points.step[i] as number);
    const value = Float64Array.from(indices, (i) => points.value[i] as number);
    if (step.length > 0) superseded.push(downsample(step, value, toX, width));
  }
  return { run, ...downsample(series.step, series.value, toX, width, annotated), superseded };
}

/** Asks the behaviour that is shaded of each run and metric. */
class Asker {
  private readonly asked: { readonly name: string; readonly query: Query } | null;

  constructor(
    private readonly catalog: Catalog,
    { behaviour }: TimelineQuestion,
    private readonly behaviours: ReadonlyMap<string, Query>,
  ) {
    const question = behaviour === null || behaviour === "" ? null : understand(catalog, behaviour);
    this.asked = question?.ok === true ? question : null;
    this.isOff = behaviour === "";
  }

  private readonly isOff: boolean;

  /** Metrics that the behaviour asked for names, as far as they exist. */
  metrics(names: readonly string[]): string[] {
    return this.asked ? metricsOf(this.asked.query).filter((name) => names.includes(name)) : [];
  }

  /** Bands of the behaviour asked for, where it is about the metric; else of the first one that has an answer. */
  async shade(
    metric: string,
    loaded: readonly LoadedRun[],
  ): Promise<{ behaviour: string | null; bands: readonly Band[] }> {
    for (const behaviour of this.candidates(metric)) {
      const bands = await this.bands(behaviour, metric, loaded);
      if (bands.length > 0) return { behaviour: behaviour.name, bands };
    }
    return { behaviour: null, bands: [] };
  }

  private candidates(metric: string): { name: string; query: Query }[] {
    if (this.isOff) return [];
    if (this.asked) return isAbout(this.asked.query, metric) ? [this.asked] : [];
    // Spikes and non-finite values are marks on every chart: they are shaded only where they are asked for.
    return [...this.behaviours]
      .filter(
        ([, query]) =>
          isAbout(query, metric) && query.kind !== "first-nan" && query.kind !== "spike",
      )
      .map(([name, query]) => ({ name, query }));
  }

  private async bands(
    behaviour: { readonly name: string; readonly query: Query },
    metric: string,
    loaded: readonly LoadedRun[],
  ): Promise<Band[]> {
    const bands: Band[] = [];
    for (const [run, { view, run: found }] of loaded.entries()) {
      for (const answer of await runQuery(behaviour.query, view)) {
        if (answer.metric !== metric || answer.status === "no-data") continue;
        const checkpoints = found.checkpoints.map(({ step }) => step);
        const evaluated = new Set(answer.record.points.step);
        bands.push({
          run,
          behaviour: behaviour.name,
          status: answer.status,
          after: answer.after,
          by: answer.by,
          confirmed: answer.confirmed,
          text: describe(answer),
          advice: describeAdvice(adviseBracket(answer, checkpoints, evaluated)),
        });
      }
    }
    return bands;
  }
}

/** Grokking is about its held-out metric: which metrics those are, the answers tell. */
function isAbout(query: Query, metric: string): boolean {
  switch (query.kind) {
    case "grokking":
      return query.heldOut === null
        ? isAccuracy(metric) || isLoss(metric)
        : query.heldOut === metric;
    case "any-above-chance":
      return isAccuracy(metric);
    case "first-nan":
    case "spike":
      return query.metric === null || query.metric === metric;
    default:
      return query.metric === metric;
  }
}

function describe(answer: Answer): string {
  const unconfirmed = answer.by !== null && !answer.confirmed ? ", unconfirmed" : "";
  return `${formatInterval(answer)}${unconfirmed}`;
}

function describeAdvice(advice: { step: number; evaluationsLeft: number } | null): string | null {
  if (!advice) return null;
  const { step, evaluationsLeft: left } = advice;
  return `next to evaluate: ${formatStep(step)} (${left} ${left === 1 ? "evaluation" : "evaluations"} to one checkpoint)`;
}

function summarise(bands: readonly Band[], groups: readonly string[]): BandSummary[] {
  const byGroup = new Map<string, Band[]>();
  for (const band of bands) {
    const group = groups[band.run] ?? "";
    byGroup.set(group, [...(byGroup.get(group) ?? []), band]);
  }
  return [...byGroup].map(([group, members]) => {
    const present = members.filter(({ by }) => by !== null).length;
    const median = medianOnset(members);
    const count = members.length === 1 ? "" : `, ${present} of ${members.length}`;
    const prefix = members.length > 1 && median?.by !== null ? "median " : "";
    return { group, text: median ? `${prefix}${formatInterval(median)}${count}` : "no data" };
  });
}

function marksOf(
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
    for (const { by, z } of findSpikes(series, norm)) {
      const text = `loss spike at ${formatStep(by)}, z ${z.toFixed(0)}`;
      if (indexOfStep(series.step, by) >= 0)
        marks.push({ kind: "spike", run, step: by, metric, text });
    }
  }
  return marks;
}

function restarts(attempts: readonly Attempt[]): Attempt[] {
  return attempts.filter((attempt, index) => index > 0 && Number.isFinite(attempt.first));
}
