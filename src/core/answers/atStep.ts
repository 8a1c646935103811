/** What differs at one step: all compared runs against the baseline, and each against its previous checkpoint or a pin. */

import { noiseFloor, NO_NOISE, type NoiseFloor } from "../analysis/differences.js";
import { lastIndexUpTo } from "../analysis/findOnset.js";
import { summariseGroup } from "../analysis/groupSummary.js";
import { valueAt } from "../analysis/valueAt.js";
import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import { nameOf } from "../discovery/identifyRuns.js";
import type { Direction } from "../model/metric.js";
import type { Series } from "../model/series.js";
import { behavioursOf } from "../query/onsetFile.js";
import { runAxis, type AxisChoice, type RunAxis } from "./axes.js";
import { compareValues, type ComparedValues } from "./diff.js";
import { SeedGroups } from "./noise.js";
import { recipesOf } from "./recipes.js";
import { stepsOf } from "./runs.js";
import { suggestMetrics } from "./suggestMetrics.js";

export interface AtStepQuestion {
  readonly runs: readonly string[];
  readonly baseline: string | null;
  /** Empty: the metrics that the runs suggest. */
  readonly metrics: readonly string[];
  /** A step of the baseline, or of the first run where there is none; `isOnAxis`: a value of the axis instead. */
  readonly step: number;
  readonly isOnAxis?: boolean;
  /** Runs are compared where they have the same value of this axis; steps where left out. */
  readonly axis?: AxisChoice;
  /** The step that each row is compared with besides; null for its own previous checkpoint. */
  readonly since?: number | null;
  /** A row per seed group rather than per run. */
  readonly byGroup?: boolean;
}

export interface AtStepRow {
  readonly metric: string;
  /** Key of the run; of a group the key of its first member. */
  readonly run: string;
  readonly label: string;
  /** The row that the others are compared with. */
  readonly isBaseline: boolean;
  /** The run's own step at the cursor, of a group that of its first member: a fraction where it lies between two. */
  readonly step: number | null;
  /** Of a group the mean of its finite values. */
  readonly value: number | null;
  readonly interpolated: boolean;
  /** Runs of the group that have a finite value here; 1 or 0 of a single run. */
  readonly n: number;
  /** Of the group's values; null below two. */
  readonly sd: number | null;
  /** Against the baseline; null in the baseline's own row and where there is none. */
  readonly difference: ComparedValues | null;
  /** Against the previous checkpoint (or evaluation, where there are no checkpoints), or against `since`. */
  readonly sincePrevious:
    (ComparedValues & { readonly step: number; readonly value: number | null }) | null;
}

/** The next steps on both sides of the cursor, and the ends. Null where there is none. */
export interface Around {
  readonly first: number | null;
  readonly before: number | null;
  readonly behind: number | null;
  readonly last: number | null;
}

export interface AtStepAnswer {
  readonly step: number;
  /** The cursor's place on the axis; null where that is not known. */
  readonly x: number | null;
  readonly rows: readonly AtStepRow[];
  /** Where the cursor goes from here: by evaluation, and by checkpoint. */
  readonly evaluations: Around;
  readonly checkpoints: Around;
}

/** A row's runs. */
interface Entry {
  readonly key: string;
  readonly label: string;
  readonly isBaseline: boolean;
  readonly members: readonly Member[];
}

interface Member extends Omit<LoadedRun, "axis"> {
  readonly axis: RunAxis | null;
  /** Steps of its checkpoints, ascending. */
  readonly checkpoints: Float64Array;
}

export async function answerAtStep(
  catalog: Catalog,
  question: AtStepQuestion,
  signal?: AbortSignal,
): Promise<AtStepAnswer> {
  const { axis = "step", since = null } = question;
  const identities = await catalog.identify();
  const groups = await SeedGroups.of(catalog);
  const members: Member[] = [];
  for (const key of question.runs) {
    if (!catalog.run(key)) continue;
    const run = await catalog.load(key, signal);
    const start = identities.get(key)?.parent?.step ?? stepsOf(run).first ?? 0;
    members.push({
      ...run,
      axis: runAxis(run, axis, start),
      checkpoints: Float64Array.from([...run.run.checkpoints].map(({ step }) => step)).sort(),
    });
  }
  const metrics = question.metrics.length > 0 ? question.metrics : suggestedOf(catalog, members);
  const labelOf = ({ run }: Member): string => identities.get(run.key)?.label ?? nameOf(run);
  const baseline = members.find(({ run }) => run.key === question.baseline);
  const reference = [...(baseline ? [baseline] : []), ...members].find((run) => run.axis)?.axis;
  const step =
    question.isOnAxis === true ? (reference?.stepAt(question.step) ?? NaN) : question.step;
  const x = question.isOnAxis === true ? question.step : (reference?.at(step) ?? NaN);
  const stepOf =
    (at: number, where: number) =>
    (member: Member): number =>
      axis === "step" ? at : (member.axis?.stepAt(where) ?? NaN);
  const here = stepOf(step, x);
  const there = since === null ? null : stepOf(since, reference?.at(since) ?? NaN);
  const entries = await entriesOf(catalog, members, baseline, question.byGroup ?? false, labelOf);
  const rows: AtStepRow[] = [];
  for (const metric of metrics) {
    signal?.throwIfAborted();
    const base = entries.find(({ isBaseline }) => isBaseline);
    for (const entry of entries) {
      const first = entry.members.find(({ view }) => view.series(metric));
      if (!first) continue;
      const direction = first.view.isJudged(metric) ? first.view.direction(metric) : null;
      const noise = (a: Side, b: Side): Promise<NoiseFloor> => noiseOf(groups, metric, a, b);
      const own = sideAt(entry, metric, here);
      const other = base && base !== entry ? sideAt(base, metric, here) : null;
      const earlier = there ? sideAt(entry, metric, there) : previous(entry, metric, here);
      rows.push({
        metric,
        run: entry.key,
        label: entry.label,
        isBaseline: entry.isBaseline,
        step: finite(here(first)),
        value: own.value,
        interpolated: own.interpolated,
        n: own.n,
        sd: own.sd,
        difference: other ? await compared(other, own, noise, direction) : null,
        sincePrevious: earlier && {
          step: finite(earlier.step) ?? NaN,
          value: earlier.value,
          ...(await compared(earlier, own, noise, direction)),
        },
      });
    }
  }
  return {
    step,
    x: finite(x),
    rows,
    evaluations: around(
      step,
      members.flatMap(({ view }) => metrics.map((metric) => view.series(metric)?.step)),
    ),
    checkpoints: around(
      step,
      members.map(({ checkpoints }) => checkpoints),
    ),
  };
}

function suggestedOf(catalog: Catalog, loaded: readonly Member[]): string[] {
  const names = new Set(loaded.flatMap(({ table }) => table.metricNames()));
  const behaviours = behavioursOf(catalog.onsetFile(loaded[0]?.run.root));
  return suggestMetrics([...names], behaviours, loaded);
}

async function entriesOf(
  catalog: Catalog,
  members: readonly Member[],
  baseline: Member | undefined,
  byGroup: boolean,
  labelOf: (member: Member) => string,
): Promise<Entry[]> {
  const names = byGroup
    ? await recipesOf(
        catalog,
        members.map(({ run }) => run),
      )
    : members.map(({ run }) => run.key);
  const entries = [...new Set(names)].map((name): Entry => {
    const own = members.filter((_, index) => names[index] === name);
    const [first] = own as [Member];
    return {
      key: first.run.key,
      label: byGroup ? name : labelOf(first),
      isBaseline: baseline !== undefined && own.includes(baseline),
      members: own,
    };
  });
  // The baseline first: the others are read against it.
  return entries.sort((a, b) => Number(b.isBaseline) - Number(a.isBaseline));
}

/** One side of a difference: a run or the mean of a group, at a step. */
interface Side {
  readonly entry: Entry;
  readonly step: number;
  readonly value: number | null;
  readonly interpolated: boolean;
  readonly n: number;
  readonly sd: number | null;
  readonly values: readonly number[];
}

function sideAt(entry: Entry, metric: string, stepOf: (member: Member) => number): Side {
  const found = entry.members.flatMap((member) => {
    const series = member.view.series(metric);
    return (series && valueAt(series, stepOf(member))) ?? [];
  });
  const values = found.map(({ value }) => value);
  const { n, mean, sd } = summariseGroup(values);
  const [only] = values;
  return {
    entry,
    step: stepOf(entry.members[0] as Member),
    // A single run shows what it has, NaN and infinities too.
    value: entry.members.length === 1 ? (only ?? null) : mean,
    interpolated: found.some(({ interpolated }) => interpolated),
    n,
    sd,
    values,
  };
}

/** The last checkpoint before the cursor at which the metric has a value; the last evaluation without checkpoints. */
function previous(entry: Entry, metric: string, here: (member: Member) => number): Side | null {
  const steps = new Map<Member, number>();
  for (const member of entry.members) {
    const series = member.view.series(metric);
    const found = series && previousStep(member, series, here(member));
    if (found !== null) steps.set(member, found);
  }
  if (steps.size === 0) return null;
  const side = sideAt(entry, metric, (member) => steps.get(member) ?? NaN);
  return { ...side, step: [...steps.values()][0] as number };
}

function previousStep({ checkpoints }: Member, series: Series, step: number): number | null {
  const candidates = checkpoints.length > 0 ? checkpoints : series.step;
  const first = series.step[0] ?? Infinity;
  for (let i = lastIndexUpTo(candidates, step); i >= 0; i--) {
    const at = candidates[i] as number;
    if (at < first) return null;
    if (at < step && !Number.isNaN(valueAt(series, at)?.value ?? NaN)) return at;
  }
  return null;
}

async function compared(
  a: Side,
  b: Side,
  noise: (a: Side, b: Side) => Promise<NoiseFloor>,
  direction: Direction | null,
): Promise<ComparedValues> {
  const floor = a.value === null || b.value === null ? NO_NOISE : await noise(a, b);
  return compareValues(a.value ?? undefined, b.value ?? undefined, floor, direction);
}

/** Rule 7: of single runs by all the seeds of their groups, of means by those that are compared. */
async function noiseOf(groups: SeedGroups, metric: string, a: Side, b: Side): Promise<NoiseFloor> {
  const [one, other] = [a.entry.members, b.entry.members];
  if (one.length === 1 && other.length === 1) {
    const at = ({ entry, step }: Side) => ({ key: entry.key, step });
    return groups.noise(metric, at(a), at(b));
  }
  const seriesOf = (of: readonly Member[]): Series[] =>
    of.flatMap(({ view }) => view.series(metric) ?? []);
  const groupA = { values: a.values, series: seriesOf(one), n: Math.max(1, a.n) };
  const groupB = { values: b.values, series: seriesOf(other), n: Math.max(1, b.n) };
  return noiseFloor(groupA, groupB);
}

/** O(columns · log steps). */
function around(step: number, columns: readonly (Float64Array | undefined)[]): Around {
  let first = Infinity;
  let before = -Infinity;
  let behind = Infinity;
  let last = -Infinity;
  for (const steps of columns) {
    if (!steps || steps.length === 0) continue;
    first = Math.min(first, steps[0] as number);
    last = Math.max(last, steps.at(-1) as number);
    let index = lastIndexUpTo(steps, step);
    behind = Math.min(behind, steps[index + 1] ?? Infinity);
    if (steps[index] === step) index -= 1;
    before = Math.max(before, steps[index] ?? -Infinity);
  }
  return {
    first: finite(first),
    before: finite(before),
    behind: finite(behind),
    last: finite(last),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
