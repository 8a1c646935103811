/**
 * The shape of one metric in each run, and what its runs say together: what is measured without asking when something
 * began (M3, M4, M5, M10, M13, M14, M23, M24). `onset describe` and the palette.
 */

import { measureBreakthroughness, type Breakthroughness } from "../analysis/breakthroughness.js";
import { chooseLaw, type LawCandidate } from "../analysis/chooseLaw.js";
import { summariseGroup, type GroupSummary } from "../analysis/groupSummary.js";
import { namedParameters } from "../analysis/law.js";
import { parameterIntervals, type ParameterInterval } from "../analysis/lawBootstrap.js";
import { curveOf } from "../analysis/logPoints.js";
import { checkMirage, findDependences, type MirageCheck } from "../analysis/mirage.js";
import { measureSharpness, type Sharpness } from "../analysis/sharpness.js";
import { signalToNoise, type SignalToNoise } from "../analysis/signalToNoise.js";
import { findTwoModes, type TwoModes } from "../analysis/twoModes.js";
import { knownPoints } from "../analysis/findOnset.js";
import type { Catalog } from "../catalog/catalog.js";
import type { Series } from "../model/series.js";
import { recipesOf } from "./recipes.js";
import { referenceOf, type RunReference } from "./runs.js";

export interface MetricShape {
  readonly run: RunReference;
  readonly evaluations: number;
  readonly first: { readonly step: number; readonly value: number };
  readonly last: { readonly step: number; readonly value: number };
  readonly sharpness: Sharpness;
  readonly breakthroughness: Breakthroughness;
  /** Checks against continuous metrics of the same task. */
  readonly mirage: readonly { readonly with: string; readonly check: MirageCheck }[];
  /** Null where no law was asked for. */
  readonly law: MetricLaw | null;
}

export interface MetricLaw {
  readonly candidates: readonly (Omit<LawCandidate, "fit"> & {
    readonly objective: number | null;
    readonly parameters: Readonly<Record<string, number>> | null;
    readonly reason: string | null;
  })[];
  /** Breaks of the law that the data have evidence for; null where none could be fitted. */
  readonly chosen: number | null;
  /** Of the chosen law's parameters, by their names: they trade off, none of them is read alone. */
  readonly intervals: Readonly<Record<string, ParameterInterval>>;
}

export interface DescribeAnswer {
  readonly metric: string;
  readonly runs: readonly MetricShape[];
  /** Runs without the metric. */
  readonly without: number;
  readonly signalToNoise: SignalToNoise;
  /** Final values by recipe. */
  readonly groups: readonly {
    readonly recipe: string;
    readonly final: GroupSummary;
    readonly modes: TwoModes;
  }[];
}

export interface DescribeOptions {
  /** Fits scaling laws and broken laws: seconds for a long run. */
  readonly law: boolean;
}

export async function answerDescribe(
  catalog: Catalog,
  metric: string,
  keys: readonly string[],
  options: DescribeOptions,
  signal?: AbortSignal,
): Promise<DescribeAnswer> {
  const runs = keys.flatMap((key) => catalog.run(key) ?? []);
  const recipes = await recipesOf(catalog, runs);
  const shapes: MetricShape[] = [];
  const all: Series[] = [];
  const finals = new Map<string, number[]>();
  for (const [index, run] of runs.entries()) {
    signal?.throwIfAborted();
    const { view } = await catalog.load(run.key, signal);
    const series = view.series(metric);
    const known = series && knownPoints(series);
    const last = (known?.step.length ?? 0) - 1;
    if (!series || !known || last < 0) continue;
    all.push(series);
    const recipe = recipes[index] as string;
    const value = known.value[last] as number;
    finals.set(recipe, [...(finals.get(recipe) ?? []), value]);
    shapes.push({
      run: await referenceOf(catalog, run),
      evaluations: last + 1,
      first: { step: known.step[0] as number, value: known.value[0] as number },
      last: { step: known.step[last] as number, value },
      sharpness: measureSharpness(series, view.direction(metric)),
      breakthroughness: measureBreakthroughness(series),
      mirage: miragesOf(metric, view),
      law: options.law ? lawOf(series) : null,
    });
  }
  return {
    metric,
    runs: shapes,
    without: runs.length - shapes.length,
    signalToNoise: signalToNoise(all),
    groups: [...finals].map(([recipe, values]) => ({
      recipe,
      final: summariseGroup(values),
      modes: findTwoModes(values),
    })),
  };
}

function miragesOf(
  metric: string,
  view: { metricNames(): readonly string[]; series(metric: string): Series | null },
): MetricShape["mirage"] {
  return findDependences(view.metricNames())
    .filter(({ discrete }) => discrete === metric)
    .flatMap(({ discrete, continuous }) => {
      const [a, b] = [view.series(discrete), view.series(continuous)];
      return a && b ? [{ with: continuous, check: checkMirage(a, b) }] : [];
    });
}

function lawOf(series: Series): MetricLaw {
  const curve = curveOf(series);
  const { candidates, chosen } = chooseLaw([curve]);
  const fitted = candidates.find(({ breaks }) => breaks === chosen)?.fit;
  return {
    candidates: candidates.map(({ breaks, bic, fit }) => ({
      breaks,
      bic,
      objective: fit.ok ? fit.objective : null,
      parameters: fit.ok ? namedParameters(fit.law) : null,
      reason: fit.ok ? null : fit.reason,
    })),
    chosen,
    intervals: fitted?.ok ? parameterIntervals([curve], fitted) : {},
  };
}
