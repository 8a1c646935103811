/** The answer to "what differs between two checkpoints": `onset diff` and the Diff panel. */

import { difference, NO_NOISE, type NoiseFloor, type Verdict } from "../analysis/differences.js";
import { firstDivergence } from "../analysis/firstDivergence.js";
import { valueAt } from "../analysis/valueAt.js";
import type { Catalog } from "../catalog/catalog.js";
import { sameValue, type Config, type ConfigValue } from "../model/config.js";
import type { Interval } from "../model/interval.js";
import type { Direction } from "../model/metric.js";
import type { Series } from "../model/series.js";
import { SeedGroups } from "./noise.js";
import { referenceOf, type RunReference } from "./runs.js";

export interface RunAtStep {
  readonly key: string;
  readonly step: number;
}

export interface MetricDifference {
  readonly metric: string;
  /** Null outside the measured range, or where the run does not have the metric. */
  readonly a: number | null;
  readonly b: number | null;
  readonly delta: number | null;
  readonly relative: number | null;
  readonly noise: number | null;
  /** What the noise was taken from; null where it is not known. */
  readonly noiseFrom: NoiseFloor["source"];
  readonly ratio: number | null;
  readonly verdict: Verdict | "not comparable";
  readonly better: boolean | null;
  /** Null for metrics of which neither way is better. */
  readonly direction: Direction | null;
  readonly interpolated: { readonly a: boolean; readonly b: boolean };
  /** Where the two runs' curves begin to differ by more than noise (M12); null within one run, and without data. */
  readonly divergence: Interval | null;
}

export interface ConfigDifference {
  readonly key: string;
  readonly a?: ConfigValue;
  readonly b?: ConfigValue;
}

export interface DiffAnswer {
  readonly a: { readonly run: RunReference; readonly step: number };
  readonly b: { readonly run: RunReference; readonly step: number };
  /** Sorted by |Δ|/noise, then by relative difference. */
  readonly metrics: readonly MetricDifference[];
  readonly config: readonly ConfigDifference[];
  /** The config files, for the editor's own diff; null where a run has none. */
  readonly configFiles: { readonly a: string | null; readonly b: string | null };
}

export async function answerDiff(
  catalog: Catalog,
  a: RunAtStep,
  b: RunAtStep,
  signal?: AbortSignal,
): Promise<DiffAnswer> {
  const loadedA = await catalog.load(a.key, signal);
  const loadedB = await catalog.load(b.key, signal);
  const groups = await SeedGroups.of(catalog);
  const names = new Set([...loadedA.view.metricNames(), ...loadedB.view.metricNames()]);
  const metrics: MetricDifference[] = [];
  for (const metric of names) {
    const seriesA = loadedA.view.series(metric);
    const seriesB = loadedB.view.series(metric);
    const valueA = seriesA && valueAt(seriesA, a.step);
    const valueB = seriesB && valueAt(seriesB, b.step);
    if (!valueA && !valueB) continue;
    const { view } = seriesA ? loadedA : loadedB;
    const direction = view.isJudged(metric) ? view.direction(metric) : null;
    const noise = valueA && valueB ? await groups.noise(metric, a, b) : NO_NOISE;
    metrics.push({
      metric,
      a: valueA?.value ?? null,
      b: valueB?.value ?? null,
      ...compareValues(valueA?.value, valueB?.value, noise, direction),
      direction,
      interpolated: { a: valueA?.interpolated ?? false, b: valueB?.interpolated ?? false },
      divergence:
        a.key === b.key || !seriesA || !seriesB
          ? null
          : divergenceOf(seriesA, seriesB, await groups.noiseAt(metric, a.key, b.key)),
    });
  }
  return {
    a: { run: await referenceOf(catalog, loadedA.run), step: a.step },
    b: { run: await referenceOf(catalog, loadedB.run), step: b.step },
    metrics: metrics.sort(bySize),
    config: diffConfigs(loadedA.config, loadedB.config),
    configFiles: {
      a: loadedA.run.configs[0] ?? null,
      b: loadedB.run.configs[0] ?? null,
    },
  };
}

function divergenceOf(
  a: Series,
  b: Series,
  noiseAt: (step: number) => number | null,
): Interval | null {
  const { after, by, status } = firstDivergence(a, b, noiseAt);
  return status === "no-data" ? null : { after, by };
}

/** The numbers of a difference; all null where one of the values is missing. */
export function compareValues(
  a: number | undefined,
  b: number | undefined,
  floor: NoiseFloor,
  direction: Direction | null,
): ComparedValues {
  if (a === undefined || b === undefined) {
    const none = { delta: null, relative: null, noise: null, ratio: null, better: null };
    return { ...none, noiseFrom: null, verdict: "not comparable" };
  }
  return { ...difference(a, b, floor.noise, direction), noiseFrom: floor.source };
}

export type ComparedValues = Pick<
  MetricDifference,
  "delta" | "relative" | "noise" | "noiseFrom" | "ratio" | "verdict" | "better"
>;

function bySize(x: MetricDifference, y: MetricDifference): number {
  const rank = ({ ratio }: MetricDifference): number => ratio ?? -1;
  const size = ({ relative, delta }: MetricDifference): number => Math.abs(relative ?? delta ?? -1);
  return rank(y) - rank(x) || size(y) - size(x) || (x.metric < y.metric ? -1 : 1);
}

/** Keys whose values differ; a key that one side does not have omits that side. */
export function diffConfigs(a: Config, b: Config): ConfigDifference[] {
  const differences: ConfigDifference[] = [];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    if (a.has(key) && b.has(key) && sameValue(a.get(key), b.get(key))) continue;
    differences.push({
      key,
      ...(a.has(key) ? { a: a.get(key) as ConfigValue } : {}),
      ...(b.has(key) ? { b: b.get(key) as ConfigValue } : {}),
    });
  }
  return differences;
}
