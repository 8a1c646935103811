/** What differs at one step: all compared runs against the baseline, and each against its previous checkpoint. */

import { valueAt } from "../analysis/valueAt.js";
import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import type { Direction } from "../model/metric.js";
import { behavioursOf } from "../query/onsetFile.js";
import { NO_NOISE } from "../analysis/differences.js";
import { compareValues, type ComparedValues } from "./diff.js";
import { SeedGroups } from "./noise.js";
import { suggestMetrics } from "./suggestMetrics.js";

export interface AtStepQuestion {
  readonly runs: readonly string[];
  readonly baseline: string | null;
  /** Empty: the metrics that the runs suggest. */
  readonly metrics: readonly string[];
  readonly step: number;
}

export interface AtStepRow {
  readonly metric: string;
  /** Key of the run, which is the baseline itself in the row that the others are compared with. */
  readonly run: string;
  readonly label: string;
  readonly isBaseline: boolean;
  readonly value: number | null;
  readonly interpolated: boolean;
  /** Against the baseline; null in the baseline's own row and where there is none. */
  readonly difference: ComparedValues | null;
  /** Against the run's own previous checkpoint (or evaluation, where it has no checkpoints). */
  readonly sincePrevious: (ComparedValues & { readonly step: number }) | null;
}

export interface AtStepAnswer {
  readonly step: number;
  readonly rows: readonly AtStepRow[];
  /** Steps that the cursor goes to: of evaluations, and of checkpoints. Ascending. */
  readonly evaluations: Float64Array;
  readonly checkpoints: Float64Array;
}

export async function answerAtStep(
  catalog: Catalog,
  question: AtStepQuestion,
  signal?: AbortSignal,
): Promise<AtStepAnswer> {
  const { step } = question;
  const identities = await catalog.identify();
  const groups = await SeedGroups.of(catalog);
  const loaded: LoadedRun[] = [];
  for (const key of question.runs)
    if (catalog.run(key)) loaded.push(await catalog.load(key, signal));
  const metrics = question.metrics.length > 0 ? question.metrics : suggestedOf(catalog, loaded);
  const baseline = loaded.find(({ run }) => run.key === question.baseline);
  const others = loaded.filter((run) => run !== baseline);
  const rows: AtStepRow[] = [];
  for (const metric of metrics) {
    const base = baseline?.view.series(metric);
    const baseValue = base ? valueAt(base, step) : null;
    for (const run of baseline ? [baseline, ...others] : others) {
      const series = run.view.series(metric);
      if (!series) continue;
      const value = valueAt(series, step);
      const { key } = run.run;
      const direction = run.view.isJudged(metric) ? run.view.direction(metric) : null;
      const isBaseline = run === baseline;
      const noise =
        baseline && !isBaseline && value && baseValue
          ? await groups.noise(metric, { key: baseline.run.key, step }, { key, step })
          : NO_NOISE;
      rows.push({
        metric,
        run: key,
        label: identities.get(key)?.label ?? run.run.id,
        isBaseline,
        value: value?.value ?? null,
        interpolated: value?.interpolated ?? false,
        difference:
          baseline && !isBaseline
            ? compareValues(baseValue?.value, value?.value, noise, direction)
            : null,
        sincePrevious: await sincePrevious(groups, run, metric, step, value?.value, direction),
      });
    }
  }
  return {
    step,
    rows,
    evaluations: evaluationsOf(loaded, metrics),
    checkpoints: checkpointsOf(loaded),
  };
}

function suggestedOf(catalog: Catalog, loaded: readonly LoadedRun[]): string[] {
  const names = new Set(loaded.flatMap(({ table }) => table.metricNames()));
  const behaviours = behavioursOf(catalog.onsetFile(loaded[0]?.run.root));
  return suggestMetrics([...names], behaviours, loaded);
}

/** The change since the last checkpoint before `step` at which the metric has a value. */
async function sincePrevious(
  groups: SeedGroups,
  { run, view }: LoadedRun,
  metric: string,
  step: number,
  value: number | undefined,
  direction: Direction | null,
): Promise<AtStepRow["sincePrevious"]> {
  const series = view.series(metric);
  if (!series || value === undefined) return null;
  const candidates =
    run.checkpoints.length > 0
      ? run.checkpoints.map((checkpoint) => checkpoint.step)
      : [...series.step];
  let previous: { step: number; value: number } | null = null;
  for (const at of candidates) {
    if (at >= step || at < (previous?.step ?? -Infinity)) continue;
    const then = valueAt(series, at);
    if (then && !Number.isNaN(then.value)) previous = { step: at, value: then.value };
  }
  if (!previous) return null;
  const { key } = run;
  const noise = await groups.noise(metric, { key, step: previous.step }, { key, step });
  return { step: previous.step, ...compareValues(previous.value, value, noise, direction) };
}

function evaluationsOf(loaded: readonly LoadedRun[], metrics: readonly string[]): Float64Array {
  const steps = new Set<number>();
  for (const { view } of loaded) {
    for (const metric of metrics) {
      for (const step of view.series(metric)?.step ?? []) steps.add(step);
    }
  }
  return Float64Array.from(steps).sort();
}

function checkpointsOf(loaded: readonly LoadedRun[]): Float64Array {
  const steps = new Set(loaded.flatMap(({ run }) => run.checkpoints.map(({ step }) => step)));
  return Float64Array.from(steps).sort();
}
