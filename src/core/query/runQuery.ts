/** Asks one run a question. The answer carries its record, from which it can be computed again (rule 4). */

import { findOnset, type Onset, type PresenceInterval } from "../analysis/findOnset.js";
import { findGrokking, type Grokking } from "../analysis/grokking.js";
import { findSpikes, spikeScore } from "../analysis/lossSpikes.js";
import { countNonFinite, findNonFinite } from "../analysis/nonFinite.js";
import {
  compare,
  sensitivityOf,
  type Comparison,
  type Sensitivity,
} from "../analysis/sensitivity.js";
import { measureSharpness, type Sharpness } from "../analysis/sharpness.js";
import {
  aboveBaseline,
  aboveChance,
  fractionOfRange,
  type Chance,
  type Threshold,
} from "../analysis/thresholds.js";
import { formatStep, statusOf, type Interval } from "../model/interval.js";
import { findPairs, isAccuracy, isLoss, type Direction, type MetricPair } from "../model/metric.js";
import type { Series } from "../model/series.js";
import { sha256 } from "../model/sha256.js";
import { VERSION } from "../version.js";
import { formatQuery, type MetricQuery, type Query } from "./query.js";

/** What a question needs of a run. */
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
}

export type Parameters = Readonly<Record<string, number | string>>;

export interface AnswerRecord {
  readonly method: string;
  readonly parameters: Parameters;
  /** The points used, steps ascending. */
  readonly points: Series;
  /** Points of the training metric, for grokking. */
  readonly trainPoints: Series | null;
  /** NaN and infinite values among the points. */
  readonly nonFinite: number;
  readonly sensitivity: Sensitivity | null;
  /** SHA-256 over method, parameters and points, with their standard errors where they have any. */
  readonly hash: string;
  readonly version: string;
}

export interface Answer extends Onset {
  /** The question in the query language, for this metric. */
  readonly question: string;
  /** Null where the run has no metric that the question can be asked of. */
  readonly metric: string | null;
  /** Why there is no onset where one might be expected, or what the onset was judged by. */
  readonly note: string | null;
  readonly sharpness: Sharpness | null;
  readonly grokking: Grokking | null;
  readonly record: AnswerRecord;
}

/** One answer per metric or pair that the question is about: at least one, with status `no-data` if need be. */
export async function runQuery(query: Query, view: RunView): Promise<Answer[]> {
  switch (query.kind) {
    case "compare":
    case "reaches":
    case "above-baseline":
    case "above-chance":
      return [await askMetric(query, view)];
    case "any-above-chance": {
      const metrics = view.metricNames().filter((metric) => view.chance(metric) !== null);
      if (metrics.length === 0) {
        return [await noData(query, null, "no metric with a known chance rate")];
      }
      const { persistence } = query;
      return Promise.all(
        metrics.map((metric) => askMetric({ kind: "above-chance", metric, persistence }, view)),
      );
    }
    case "first-nan":
      return [await askNonFinite(query.metric, view)];
    case "spike":
      return [await askSpike(query.metric, view)];
    case "grokking": {
      const pairs =
        query.train !== null && query.heldOut !== null
          ? [{ train: query.train, heldOut: query.heldOut }]
          : pairsOf(view.metricNames());
      if (pairs.length === 0) {
        return [await noData(query, null, "no pair of a training and a held-out metric")];
      }
      return Promise.all(pairs.map((pair) => askGrokking(pair, query.persistence, view)));
    }
  }
}

/** Accuracies where there are any, else losses. */
function pairsOf(metrics: readonly string[]): MetricPair[] {
  const pairs = findPairs(metrics);
  const accuracies = pairs.filter(({ heldOut }) => isAccuracy(heldOut));
  return accuracies.length > 0 ? accuracies : pairs;
}

async function askMetric(query: MetricQuery, view: RunView): Promise<Answer> {
  const { metric, persistence } = query;
  const series = view.series(metric);
  if (!series) return noData(query, metric, `no metric "${metric}"`);
  const direction = view.direction(metric);
  const threshold = thresholdOf(query, series, direction, view);
  if (!threshold.ok) return noData(query, metric, threshold.reason, series);
  const operator = operatorOf(query, direction);
  const onset = findOnset(
    series,
    (value, index) => compare(value, operator, threshold.at(index)),
    persistence,
  );
  const level = threshold.at(0);
  const parameters = { metric, operator, persistence, ...threshold.parameters };
  const hasLevel = query.kind !== "above-chance" || series.stderr === null;
  return {
    ...onset,
    question: formatQuery(query),
    metric,
    note: null,
    sharpness: measureSharpness(series, direction),
    grokking: null,
    record: await recordOf(
      METHODS[query.kind],
      parameters,
      series,
      null,
      hasLevel ? sensitivityOf(series, operator, level, persistence) : null,
    ),
  };
}

const METHODS = {
  compare: "M1 threshold with persistence",
  reaches: "M1 fraction of range",
  "above-baseline": "M1 above baseline",
  "above-chance": "M1 above chance",
} as const;

function operatorOf(query: MetricQuery, direction: Direction): Comparison {
  if (query.kind === "compare") return query.operator ?? ">";
  return query.kind === "above-chance" || direction === "higher" ? ">" : "<";
}

function thresholdOf(
  query: MetricQuery,
  series: Series,
  direction: Direction,
  view: RunView,
): Threshold {
  switch (query.kind) {
    case "compare": {
      const threshold = query.threshold ?? 0;
      return { ok: true, at: () => threshold, parameters: { threshold } };
    }
    case "reaches":
      return fractionOfRange(series, direction, query.fraction ?? 0.5);
    case "above-baseline":
      return aboveBaseline(series, direction, query.persistence);
    case "above-chance": {
      const chance = view.chance(query.metric);
      return chance === null
        ? { ok: false, reason: "its chance rate is not known; set it in onset.json" }
        : aboveChance(series, chance);
    }
  }
}

async function askNonFinite(metric: string | null, view: RunView): Promise<Answer> {
  const query: Query = { kind: "first-nan", metric };
  let found: { metric: string; series: Series; onset: Onset } | null = null;
  for (const name of metric === null ? view.metricNames() : [metric]) {
    const series = view.series(name);
    if (!series || series.step.length === 0) continue;
    const onset = findNonFinite(series);
    if (!found || isEarlier(onset, found.onset)) found = { metric: name, series, onset };
  }
  if (!found)
    return noData(query, metric, metric === null ? "no metrics" : `no metric "${metric}"`);
  return {
    ...found.onset,
    question: formatQuery({ kind: "first-nan", metric: found.metric }),
    metric: found.metric,
    note: found.onset.by === null ? "all values are finite" : null,
    sharpness: null,
    grokking: null,
    record: await recordOf("first non-finite", { metric: found.metric }, found.series, null, null),
  };
}

/** The earlier onset; where there is none, the longer observation. */
function isEarlier(a: Interval, b: Interval): boolean {
  if (a.by !== null || b.by !== null) return (a.by ?? Infinity) < (b.by ?? Infinity);
  return (a.after ?? -Infinity) > (b.after ?? -Infinity);
}

const SPIKE_POINTS = 101;

async function askSpike(metric: string | null, view: RunView): Promise<Answer> {
  const query: Query = { kind: "spike", metric };
  const names = view.metricNames();
  const candidates = metric === null ? names.filter(isLoss) : [metric];
  const normName = names.find((name) => /grad[_-]?norm|total grad norm/i.test(name));
  const norm = normName === undefined ? null : view.series(normName);
  let found: { metric: string; series: Series; onset: Onset } | null = null;
  for (const name of candidates) {
    const series = view.series(name);
    if (!series || series.step.length < SPIKE_POINTS) continue;
    const onset = spikesAsOnset(series, norm);
    if (!found || isEarlier(onset, found.onset)) found = { metric: name, series, onset };
  }
  if (!found) {
    const what = metric === null ? "no loss" : `"${metric}" is not a loss`;
    return noData(query, metric, `${what} with ${SPIKE_POINTS} points or more`);
  }
  const score = spikeScore(found.series);
  const parameters = {
    metric: found.metric,
    window: 100,
    z: 8,
    zWithGradNorm: 6,
    gradNorm: normName ?? "none",
  };
  return {
    ...found.onset,
    question: formatQuery({ kind: "spike", metric: found.metric }),
    metric: found.metric,
    note: score === null ? null : `spike score ${score.toPrecision(3)} (OLMo's: over 1,000 points)`,
    sharpness: null,
    grokking: null,
    record: await recordOf("M19 loss spikes", parameters, found.series, null, null),
  };
}

function spikesAsOnset(series: Series, norm: Series | null): Onset {
  const spikes = findSpikes(series, norm);
  const presence: PresenceInterval[] = spikes.map(({ after, by, recovery }) => ({
    onset: { after, by },
    confirmed: true,
    offset: recovery,
    offsetConfirmed: recovery !== null,
  }));
  const known = findOnset(series, () => false, 1);
  const first = spikes[0];
  const interval = first ? { after: first.after, by: first.by } : { after: known.after, by: null };
  return {
    ...interval,
    status: statusOf(interval),
    confirmed: first !== undefined,
    value: first?.value ?? null,
    presence,
    evaluations: known.evaluations,
    unknown: known.unknown,
  };
}

async function askGrokking(
  { train, heldOut }: MetricPair,
  persistence: number,
  view: RunView,
): Promise<Answer> {
  const query: Query = { kind: "grokking", train, heldOut, persistence };
  const trainSeries = view.series(train);
  const heldOutSeries = view.series(heldOut);
  if (!trainSeries || !heldOutSeries) {
    return noData(query, heldOut, `no metric "${trainSeries ? heldOut : train}"`);
  }
  const range = (metric: string): { chance: number | null; best: number } => ({
    chance: isAccuracy(metric) ? (view.chance(metric)?.rate ?? null) : null,
    best: view.best(metric),
  });
  const result = findGrokking(
    trainSeries,
    heldOutSeries,
    view.direction(heldOut),
    { train: range(train), heldOut: range(heldOut) },
    persistence,
  );
  if (!result.ok) return noData(query, heldOut, result.reason, heldOutSeries);
  const { grokking } = result;
  const { onset, heldOut: heldOutOnset } = grokking;
  return {
    ...heldOutOnset,
    ...onset,
    status: statusOf(onset),
    confirmed: grokking.isGrokking && heldOutOnset.confirmed,
    value: grokking.isGrokking ? heldOutOnset.value : null,
    presence: grokking.isGrokking ? heldOutOnset.presence : [],
    question: formatQuery(query),
    metric: heldOut,
    note: describeGrokking(grokking),
    sharpness: measureSharpness(heldOutSeries, view.direction(heldOut)),
    grokking,
    record: await recordOf(
      "M17 grokking",
      { train, heldOut, ...grokking.parameters },
      heldOutSeries,
      trainSeries,
      null,
    ),
  };
}

function describeGrokking({ train, heldOut, ratio, heldOutThen, isGrokking }: Grokking): string {
  if (train.by === null) return "the training metric did not reach its threshold";
  if (heldOut.by === null || ratio === null) {
    return `training metric by ${formatStep(train.by)}, held-out metric not by ${formatStep(heldOut.after ?? 0)}`;
  }
  const then = heldOutThen === null ? "" : `, held-out at ${(100 * heldOutThen).toFixed(0)} % then`;
  const delayed = `held-out ${ratio.value.toFixed(1)} × as late as training (by ${formatStep(train.by)})${then}`;
  return isGrokking ? delayed : `not grokking: ${delayed}`;
}

async function noData(
  query: Query,
  metric: string | null,
  reason: string,
  series?: Series,
): Promise<Answer> {
  const points = series ?? EMPTY;
  return {
    after: null,
    by: null,
    status: "no-data",
    confirmed: false,
    value: null,
    presence: [],
    evaluations: 0,
    unknown: points.step.length + points.notRecorded,
    question: formatQuery(query),
    metric,
    note: reason,
    sharpness: null,
    grokking: null,
    record: await recordOf("none", { reason }, points, null, null),
  };
}

const EMPTY: Series = {
  step: new Float64Array(0),
  value: new Float64Array(0),
  stderr: null,
  notRecorded: 0,
  reduced: false,
};

async function recordOf(
  method: string,
  parameters: Parameters,
  points: Series,
  trainPoints: Series | null,
  sensitivity: Sensitivity | null,
): Promise<AnswerRecord> {
  const inputs: Parameters = points.reduced ? { ...parameters, reduced: "mean" } : parameters;
  return {
    method,
    parameters: inputs,
    points,
    trainPoints,
    nonFinite: countNonFinite(points),
    sensitivity,
    hash: await hashOf(method, inputs, points, trainPoints),
    version: VERSION,
  };
}

function hashOf(
  method: string,
  parameters: Parameters,
  ...series: readonly (Series | null)[]
): Promise<string> {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const head = new TextEncoder().encode(JSON.stringify([method, sorted]));
  const columns = series.flatMap((one) =>
    one ? [one.step, one.value, ...(one.stderr ? [one.stderr] : [])] : [],
  );
  const bytes = new Uint8Array(
    head.length + columns.reduce((sum, column) => sum + column.length * 8, 0),
  );
  bytes.set(head);
  const view = new DataView(bytes.buffer);
  let at = head.length;
  for (const column of columns) {
    for (const value of column) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  }
  return sha256(bytes);
}
