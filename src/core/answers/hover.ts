/** What a config key's values did, and what had happened by a step: the answer to a hover. */

import { medianOnset, shareBy } from "../analysis/seedShare.js";
import { sparkline } from "../analysis/sparkline.js";
import { mean, standardDeviation } from "../analysis/statistics.js";
import { findTwoModes } from "../analysis/twoModes.js";
import { valueAt } from "../analysis/valueAt.js";
import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import { stepOfEvaluationFile } from "../formats/stepNames.js";
import { keyAt, type ConfigLanguage } from "../formats/keyAt.js";
import { baseName } from "../io/path.js";
import { compareConfigTexts, formatConfigValue, type Config } from "../model/config.js";
import { formatInterval, formatStep, type Interval } from "../model/interval.js";
import { isAccuracy } from "../model/metric.js";
import type { RunDir } from "../model/run.js";
import { behavioursOf, isMishap } from "../query/onsetFile.js";
import { describeShare } from "./describeShare.js";
import { askLoaded } from "./when.js";

export interface KeyHoverQuestion {
  readonly file: string;
  readonly text: string;
  readonly language: ConfigLanguage;
  readonly offset: number;
}

export interface ValueRow {
  readonly value: string;
  readonly runs: number;
  /** The behaviour's onset over the runs with this value. */
  readonly onset: string;
  readonly sparkline: string;
  /** Final value of the metric over the runs with this value. */
  readonly final: string;
}

export interface KeyHover {
  readonly key: string;
  readonly value: string;
  /** Where the key's text begins and ends. */
  readonly start: number;
  readonly end: number;
  readonly behaviour: string | null;
  readonly metric: string | null;
  readonly rows: readonly ValueRow[];
  /** Keys of the runs compared, the ones of the file first. */
  readonly runs: readonly string[];
  readonly totalRuns: number;
  /** The first run with another value; null where there is none. */
  readonly otherRun: string | null;
  /** A step at which the values differ: the right end of the first median onset. */
  readonly onsetStep: number | null;
}

/** Most runs that a hover reads; with more it says of how many it speaks. */
const MAX_RUNS = 200;
const SPARK_LENGTH = 8;

/** The key as the config has it: GPT-NeoX's are written with `-` or `_`. */
function keyIn(config: Config | undefined, key: string): string {
  return config?.has(key) === false ? key.replaceAll("-", "_") : key;
}

/** Null where the text's position is on no key, or the key is no run's. */
export async function answerKeyHover(
  catalog: Catalog,
  question: KeyHoverQuestion,
  signal?: AbortSignal,
): Promise<KeyHover | null> {
  const found = keyAt(question.text, question.language, question.offset);
  if (!found) return null;
  const own = catalog.runs().filter(({ configs }) => configs.includes(question.file));
  const first = own[0];
  if (!first) return null;
  const identities = await catalog.identify(signal);
  const neighbours = await catalog.neighbours(first.key);
  const configKey = keyIn(identities.get(first.key)?.config, found.key);
  const withKey = neighbours.filter(({ key }) => identities.get(key)?.config.has(configKey));
  if (withKey.length === 0) return null;
  const runs = withKey.slice(0, MAX_RUNS);
  const valueOf = (key: string): string =>
    formatConfigValue(identities.get(key)?.config.get(configKey) ?? null);
  const byValue = new Map<string, RunDir[]>();
  for (const run of runs) {
    const value = valueOf(run.key);
    byValue.set(value, [...(byValue.get(value) ?? []), run]);
  }
  await catalog.readExperiments([first.key], signal);
  const loaded = new Map<string, LoadedRun>();
  for (const run of runs) loaded.set(run.key, await catalog.load(run.key, signal));
  const behaviour = await mostTelling(catalog, first, [...loaded.values()]);
  const rows: ValueRow[] = [];
  let onsetStep: number | null = null;
  for (const [value, members] of [...byValue].sort(([a], [b]) => compareConfigTexts(a, b))) {
    const onsets = members.map(({ key }) => behaviour?.onsets.get(key) ?? NO_DATA);
    const median = medianOnset(onsets);
    onsetStep ??= median?.by ?? null;
    rows.push({
      value,
      runs: members.length,
      onset: describeOnsets(onsets),
      ...describeMetric(
        behaviour?.metric ?? null,
        members.flatMap(({ key }) => loaded.get(key) ?? []),
        [...loaded.values()],
      ),
    });
  }
  return {
    key: found.key,
    value: formatConfigValue(found.value),
    start: found.start,
    end: found.end,
    behaviour: behaviour?.name ?? null,
    metric: behaviour?.metric ?? null,
    rows,
    runs: [...new Set([first.key, ...runs.map(({ key }) => key)])],
    totalRuns: withKey.length,
    otherRun: runs.find(({ key }) => valueOf(key) !== valueOf(first.key))?.key ?? null,
    onsetStep,
  };
}

const NO_DATA: Interval = { after: null, by: null };

interface Telling {
  readonly name: string;
  readonly metric: string;
  readonly onsets: ReadonlyMap<string, Interval>;
}

/** The first behaviour, saved ones before built-in ones, that any of the runs shows; else the first that has data. */
async function mostTelling(
  catalog: Catalog,
  run: RunDir,
  loaded: readonly LoadedRun[],
): Promise<Telling | null> {
  let fallback: Telling | null = null;
  for (const [name, behaviour] of behavioursOf(catalog.onsetFileOf(run))) {
    if (isMishap(behaviour)) continue;
    const onsets = new Map<string, Interval>();
    let metric: string | null = null;
    let isShown = false;
    for (const one of loaded) {
      const { run: member } = one;
      const answers = await askLoaded(catalog, behaviour, one);
      const answer = answers.find(
        (one) => one.metric !== null && (metric ?? one.metric) === one.metric,
      );
      if (!answer || answer.status === "no-data") continue;
      metric ??= answer.metric;
      onsets.set(member.key, { after: answer.after, by: answer.by });
      isShown ||= answer.by !== null;
    }
    if (metric === null) continue;
    const telling = { name, metric, onsets };
    if (isShown) return telling;
    fallback ??= telling;
  }
  return fallback ?? plainMetric(loaded);
}

/** Without any behaviour the hover still shows a metric: an accuracy if there is one. */
function plainMetric(loaded: readonly LoadedRun[]): Telling | null {
  const names = loaded[0]?.table.metricNames() ?? [];
  const metric = names.find(isAccuracy) ?? names[0];
  return metric === undefined ? null : { name: metric, metric, onsets: new Map() };
}

function describeOnsets(onsets: readonly Interval[]): string {
  const median = medianOnset(onsets);
  if (!median) return "";
  const present = onsets.filter(({ by }) => by !== null).length;
  const prefix = median.by !== null && onsets.length > 1 ? "median " : "";
  return `${prefix}${formatInterval(median)}, ${present} of ${onsets.length}`;
}

function describeMetric(
  metric: string | null,
  members: readonly LoadedRun[],
  all: readonly LoadedRun[],
): { sparkline: string; final: string } {
  if (metric === null) return { sparkline: "", final: "" };
  let low = Infinity;
  let high = -Infinity;
  let lastStep = 0;
  for (const { view } of all) {
    const series = view.series(metric);
    for (const value of series?.value ?? []) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    lastStep = Math.max(lastStep, series?.step.at(-1) ?? 0);
  }
  const shown = members.map(({ view }) => view.series(metric)).filter((series) => series !== null);
  const middle = shown[(shown.length - 1) >> 1];
  const finals = shown
    .map((series) => series.value.at(-1) ?? NaN)
    .filter((value) => Number.isFinite(value));
  return {
    sparkline: middle ? sparkline(middle, SPARK_LENGTH, { low, high }, lastStep) : "",
    final: describeFinal(finals),
  };
}

function describeFinal(finals: readonly number[]): string {
  if (finals.length === 0) return "";
  const digits = (value: number): string => String(Number(value.toPrecision(3)));
  if (finals.length < 3) return finals.map(digits).join(", ");
  const hidden = findTwoModes(finals).hidesTwoGroups ? ", the mean hides two groups" : "";
  return `${digits(mean(finals))} ± ${digits(standardDeviation(finals))} (sd, n=${finals.length}${hidden})`;
}

export interface StepHover {
  readonly step: number;
  /** Runs that have a checkpoint or an evaluation at the step. */
  readonly runs: readonly string[];
  readonly rows: readonly {
    readonly behaviour: string;
    readonly text: string;
  }[];
  readonly values: readonly {
    readonly label: string;
    readonly metric: string;
    readonly value: number;
  }[];
}

const MAX_VALUES = 6;

/** What had happened by a step, over the runs that have a checkpoint there; null where none has. */
export async function answerStepHover(
  catalog: Catalog,
  step: number,
  signal?: AbortSignal,
): Promise<StepHover | null> {
  const runs = catalog
    .runs()
    .filter((run) => isSeenAt(run, step))
    .slice(0, MAX_RUNS);
  const [first] = runs;
  if (!first) return null;
  const identities = await catalog.identify(signal);
  await catalog.readExperiments([first.key], signal);
  const loaded: LoadedRun[] = [];
  for (const { key } of runs) loaded.push(await catalog.load(key, signal));
  const rows: { behaviour: string; text: string }[] = [];
  for (const [name, behaviour] of behavioursOf(catalog.onsetFileOf(first))) {
    const onsets: Interval[] = [];
    for (const one of loaded) {
      for (const { after, by, status } of await askLoaded(catalog, behaviour, one, signal)) {
        if (status !== "no-data") onsets.push({ after, by });
      }
    }
    if (onsets.length > 0)
      rows.push({
        behaviour: name,
        text: describeShare(shareBy(onsets, step), `step ${formatStep(step)}`),
      });
  }
  const telling = await mostTelling(catalog, first, loaded);
  const values = loaded.flatMap(({ run, view }) => {
    const series = telling ? view.series(telling.metric) : null;
    const at = series && valueAt(series, step);
    const label = identities.get(run.key)?.label ?? run.id;
    return telling && at ? [{ label, metric: telling.metric, value: at.value }] : [];
  });
  return { step, runs: runs.map(({ key }) => key), rows, values: values.slice(0, MAX_VALUES) };
}

/** Whether the run has a checkpoint or an evaluation at the step, by the names of its files. */
function isSeenAt({ checkpoints, sources }: RunDir, step: number): boolean {
  return (
    checkpoints.hasStep(step) ||
    sources.some(({ file }) => stepOfEvaluationFile(baseName(file)) === step)
  );
}
