/** Which examples of a run a question is about, and what counts as right: shared by all answers about examples. */

import { lastIndexUpTo } from "../analysis/findOnset.js";
import type { Catalog } from "../catalog/catalog.js";
import type { TaskExamples } from "../catalog/exampleTasks.js";
import { formatStep } from "../model/interval.js";
import { guessDirection } from "../model/metric.js";
import type { Cut, Outcomes } from "../model/outcomes.js";
import { metricSettings } from "../query/onsetFile.js";
import type { ExampleMetric, ExampleTable } from "../tables/exampleTable.js";

export interface ExamplesChoice {
  /** Null for whichever comes first. */
  readonly task: string | null;
  /** `none` for answers that were taken as they are; null for whichever comes first. */
  readonly filter: string | null;
  /** Null for the task's usual one. */
  readonly metric: string | null;
  /** The score from which on an example counts as right: down from it where lower is better. Null for none. */
  readonly cut: number | null;
}

/** What there is to choose from. */
export interface TaskSummary {
  readonly task: string;
  readonly filter: string | null;
  readonly metrics: readonly string[];
  /** The metric that is meant when none is named. */
  readonly usual: string;
  readonly examples: number;
  readonly checkpoints: number;
  /** True where the usual metric needs a cut. */
  readonly needsCut: boolean;
}

export interface ChosenTable {
  readonly table: ExampleTable;
  /** Not null for graded scores. */
  readonly cut: Cut | null;
}

/** The table that was chosen, or why there is none. */
export type Chosen = ChosenTable | { readonly table: null; readonly note: string };

/** Tasks that `task` and `filter` name: all of them where both are null. */
export function tasksNamed<T extends Pick<ExampleMetric, "task" | "filter">>(
  tasks: readonly T[],
  { task, filter }: Pick<ExamplesChoice, "task" | "filter">,
): readonly T[] {
  return tasks.filter(
    (one) =>
      (task === null || one.task === task) &&
      (filter === null || (one.filter ?? "none") === filter),
  );
}

export function summarise(catalog: Catalog, key: string, one: TaskExamples): TaskSummary {
  const table = one.tables.get(one.usual);
  return {
    task: one.task,
    filter: one.filter,
    metrics: one.metrics,
    usual: one.usual,
    examples: table?.length ?? 0,
    checkpoints: table?.step.length ?? 0,
    needsCut: table !== undefined && needsCut(catalog, key, table),
  };
}

/** The table of one of the run's tasks by the choice's metric and cut. */
export function choose(
  catalog: Catalog,
  key: string,
  one: TaskExamples,
  choice: Pick<ExamplesChoice, "metric" | "cut">,
): Chosen {
  const metric = choice.metric ?? one.usual;
  const table = one.tables.get(metric);
  if (!table) {
    const note = `${nameOf(one)} has no metric "${metric}"; it has ${one.metrics.join(", ")}`;
    return { table: null, note };
  }
  if (choice.cut === null && needsCut(catalog, key, table)) {
    const isLower = directionOf(catalog, key, table) === "lower";
    const note = isLower
      ? `lower is better for "${metric}": a cut has to say down from which score an example is right`
      : `"${metric}" has scores other than 0 and 1: a cut has to say from which on an example is right`;
    return { table: null, note };
  }
  const operator = directionOf(catalog, key, table) === "lower" ? "<=" : ">=";
  return { table, cut: choice.cut === null ? null : { operator, value: choice.cut } };
}

export function outcomesOf({ table, cut }: ChosenTable): Outcomes {
  const outcomes = table.outcomes(cut);
  if (!outcomes) throw new Error(`${metricName(table)} needs a cut`);
  return outcomes;
}

/** Why there is nothing to say of a step: which steps before and behind it there are. */
export function notEvaluated({ step }: ExampleTable, at: number): string {
  const index = lastIndexUpTo(step, at);
  const near = [step[index], step[index + 1]].filter((other) => other !== undefined);
  const where = near.length > 0 ? `, but at ${near.map(formatStep).join(" and ")}` : "";
  return `not evaluated at step ${formatStep(at)}${where}`;
}

/** Why a run has no task of that name. */
export function noTask(
  tasks: readonly TaskExamples[],
  { task, filter }: Pick<ExamplesChoice, "task" | "filter">,
): string {
  if (tasks.length === 0) return "the run has no files that say what became of single examples";
  const asked = [task, filter].filter((name) => name !== null).join(",");
  return `no examples of "${asked}"; there are ${tasks.map(nameOf).join(", ")}`;
}

/** `gsm8k,strict-match`. */
export function nameOf({ task, filter }: Pick<ExampleMetric, "task" | "filter">): string {
  return filter === null ? task : `${task},${filter}`;
}

/** As the metrics of evaluations are named: `task/metric,filter`. */
export function metricName({ task, filter, metric }: ExampleMetric): string {
  return `${task}/${metric}${filter === null ? "" : `,${filter}`}`;
}

function needsCut(catalog: Catalog, key: string, table: ExampleTable): boolean {
  return table.isGraded || directionOf(catalog, key, table) === "lower";
}

function directionOf(catalog: Catalog, key: string, of: ExampleMetric): "higher" | "lower" {
  const file = catalog.onsetFile(catalog.run(key)?.root);
  return metricSettings(file, metricName(of))?.direction ?? guessDirection(of.metric);
}
