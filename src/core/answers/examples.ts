/** The answer to "when was each example learned": `onset examples` and the Examples panel. */

import type { OnsetCluster } from "../analysis/clusterOnsets.js";
import { intervalOf, LEARNING_PERSISTENCE, type LearningCounts } from "../analysis/firstLearned.js";
import { changeOf, type OutcomeChange } from "../analysis/outcomeChanges.js";
import type { Catalog } from "../catalog/catalog.js";
import { statusOf, type OnsetStatus } from "../model/interval.js";
import { checkpointAt, packRows, UNKNOWN, type Cut, type Raster } from "../model/outcomes.js";
import type { Changed, ExampleTable, Repeated } from "../tables/exampleTable.js";
import { VERSION } from "../version.js";
import {
  choose,
  noTask,
  notEvaluated,
  summarise,
  tasksNamed,
  type ExamplesChoice,
  type TaskSummary,
} from "./chooseExamples.js";
import { analyse, type CheckpointOutcomes, type ExampleAnalysis } from "./exampleAnalysis.js";
import { referenceOf, type RunReference } from "./runs.js";

export interface ExamplesQuestion extends ExamplesChoice {
  /** Null for that of M21. */
  readonly persistence: number | null;
  /** Examples of this id only: several where the question changed. */
  readonly example: string | null;
  /** Says of each example what became of it here since the checkpoint before. */
  readonly step: number | null;
  /** Rows wanted, in the order of learning. */
  readonly from: number;
  readonly to: number;
}

export interface ExampleRow {
  /** Place in the order of learning, from 0. */
  readonly row: number;
  readonly id: string;
  readonly hash: string | null;
  /** First learned (M21). */
  readonly status: OnsetStatus;
  readonly after: number | null;
  readonly by: number | null;
  readonly confirmed: boolean;
  /** Index in `clusters`. */
  readonly cluster: number;
  readonly forgotten: number;
  readonly evaluations: number;
  readonly correct: number;
  /** Of cartography; null without a known evaluation, and where no probability is logged. */
  readonly correctness: number | null;
  readonly confidence: number | null;
  readonly variability: number | null;
  /** Since the checkpoint before the step asked for; null where none was, and at the first checkpoint. */
  readonly change: OutcomeChange | null;
  /** By checkpoint, null where unknown; for graded scores, where one example was asked for. */
  readonly scores: readonly (number | null)[] | null;
}

export interface LearnedExamples {
  readonly task: string;
  readonly filter: string | null;
  readonly metric: string;
  readonly cut: Cut | null;
  readonly persistence: number;
  readonly counts: LearningCounts;
  readonly checkpoints: readonly CheckpointOutcomes[];
  /** In the order of learning. */
  readonly clusters: readonly OnsetCluster[];
  readonly repeated: Repeated;
  readonly changed: Changed;
  readonly rows: {
    readonly from: number;
    /** How many there are in all. */
    readonly of: number;
    readonly examples: readonly ExampleRow[];
    /** Their outcomes at all checkpoints. */
    readonly raster: Raster;
  };
  readonly record: {
    readonly method: string;
    readonly parameters: Readonly<Record<string, string | number>>;
    readonly hash: string;
    readonly version: string;
  };
}

export interface ExamplesAnswer {
  readonly run: RunReference;
  /** All that the run has, whichever was asked for. */
  readonly tasks: readonly TaskSummary[];
  /** Null where there is nothing to say, with the reason in `note`. */
  readonly learned: LearnedExamples | null;
  readonly note: string | null;
}

/** What there is to ask of each run. */
export async function* answerExampleTasks(
  catalog: Catalog,
  keys: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<{ readonly run: RunReference; readonly tasks: readonly TaskSummary[] }> {
  for (const key of keys) {
    const run = catalog.run(key);
    if (!run) continue;
    const { tasks } = await catalog.examples(key, null, signal);
    yield {
      run: await referenceOf(catalog, run),
      tasks: tasks.map((one) => summarise(catalog, key, one)),
    };
  }
}

/** One run, one task: the first of those that the question names. */
export async function answerExamples(
  catalog: Catalog,
  key: string,
  question: ExamplesQuestion,
  signal?: AbortSignal,
): Promise<ExamplesAnswer> {
  const run = catalog.run(key);
  if (!run) throw new Error(`run ${key} is gone`);
  const { tasks } = await catalog.examples(key, question.metric, signal);
  const answer = {
    run: await referenceOf(catalog, run),
    tasks: tasks.map((one) => summarise(catalog, key, one)),
  };
  const [one] = tasksNamed(tasks, question);
  if (!one) return { ...answer, learned: null, note: noTask(tasks, question) };
  const chosen = choose(catalog, key, one, question);
  if (!chosen.table) return { ...answer, learned: null, note: chosen.note };
  const { table, cut } = chosen;
  const persistence = question.persistence ?? LEARNING_PERSISTENCE;
  const parameters = {
    task: table.task,
    ...(table.filter === null ? {} : { filter: table.filter }),
    metric: table.metric,
    ...(cut === null ? {} : { cut: `${cut.operator} ${cut.value}` }),
    persistence,
  };
  const analysis = await analyse(chosen, persistence, parameters);
  return {
    ...answer,
    learned: {
      task: table.task,
      filter: table.filter,
      metric: table.metric,
      cut,
      persistence,
      counts: analysis.counts,
      checkpoints: analysis.checkpoints,
      clusters: analysis.clusters.clusters,
      repeated: table.repeated,
      changed: table.changed,
      rows: pageOf(table, analysis, question),
      record: {
        method: "M21 first learned, M1 with persistence",
        parameters,
        hash: analysis.hash,
        version: VERSION,
      },
    },
    note: noteOf(table, question),
  };
}

function noteOf(table: ExampleTable, { example, step }: ExamplesQuestion): string | null {
  if (example !== null && table.rowsOf(example).length === 0) return `no example "${example}"`;
  if (step === null || table.step.includes(step)) return null;
  return notEvaluated(table, step);
}

function pageOf(
  table: ExampleTable,
  analysis: ExampleAnalysis,
  { example, step, from, to }: ExamplesQuestion,
): LearnedExamples["rows"] {
  const rows =
    example === null ? analysis.order : analysis.order.filter((row) => table.ids[row] === example);
  const page = rows.slice(from, to);
  const withScores = example !== null && table.isGraded;
  const here = step === null ? -1 : checkpointAt(analysis.outcomes, step);
  return {
    from,
    of: rows.length,
    examples: Array.from(page, (row, i) => ({
      row: example === null ? from + i : analysis.order.indexOf(row),
      ...rowOf(table, analysis, row, here, withScores),
    })),
    raster: packRows(analysis.outcomes, page),
  };
}

function rowOf(
  table: ExampleTable,
  { learning, clusters, cartography, outcomes }: ExampleAnalysis,
  row: number,
  here: number,
  withScores: boolean,
): Omit<ExampleRow, "row"> {
  const interval = intervalOf(learning, row);
  const at = (checkpoint: number): number => outcomes.columns[checkpoint]?.[row] ?? UNKNOWN;
  return {
    id: table.ids[row] as string,
    hash: table.hashes[row] ?? null,
    status: statusOf(interval),
    ...interval,
    confirmed: learning.confirmed[row] === 1,
    cluster: clusters.of[row] as number,
    forgotten: learning.forgotten[row] as number,
    evaluations: learning.evaluations[row] as number,
    correct: learning.correct[row] as number,
    correctness: known(cartography.correctness[row]),
    confidence: known(cartography.confidence?.[row]),
    variability: known(cartography.variability?.[row]),
    change: here > 0 ? changeOf(at(here - 1), at(here)) : null,
    scores: withScores ? Array.from(table.step, (_, c) => known(table.scoreAt(c, row))) : null,
  };
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
