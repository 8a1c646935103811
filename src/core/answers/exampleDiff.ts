/** The examples of two checkpoints, of one run or of two: gained, lost, both right, both wrong. */

import { changeOf, type OutcomeChange, type OutcomeChanges } from "../analysis/outcomeChanges.js";
import type { Catalog } from "../catalog/catalog.js";
import type { TaskExamples } from "../catalog/exampleTasks.js";
import { checkpointAt, UNKNOWN } from "../model/outcomes.js";
import type { ExampleTable } from "../tables/exampleTable.js";
import {
  choose,
  nameOf,
  noTask,
  notEvaluated,
  outcomesOf,
  tasksNamed,
  type Chosen,
  type ChosenTable,
  type ExamplesChoice,
} from "./chooseExamples.js";
import type { RunAtStep } from "./diff.js";
import { referenceOf, type RunReference } from "./runs.js";

export interface ExampleDiffQuestion extends ExamplesChoice {
  /** Rows of these changes only; null for all. */
  readonly changes: readonly OutcomeChange[] | null;
  readonly from: number;
  readonly to: number;
}

/** One task, over the examples that both checkpoints have. */
export interface TaskChanges extends OutcomeChanges {
  readonly task: string;
  readonly filter: string | null;
  readonly metric: string;
  /** Examples that only one of the two has: another question behind the same id is one in each. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** Of those compared, the examples without a hash: that they are the same question rests on their id alone. */
  readonly byIdAlone: number;
  /** Why nothing is compared, else null. */
  readonly note: string | null;
}

export interface ChangedExample {
  readonly task: string;
  readonly filter: string | null;
  readonly id: string;
  readonly hash: string | null;
  readonly change: OutcomeChange;
}

export interface ExampleDiffAnswer {
  readonly a: { readonly run: RunReference; readonly step: number };
  readonly b: { readonly run: RunReference; readonly step: number };
  /** Those that both runs have. */
  readonly tasks: readonly TaskChanges[];
  /** Gained first, then lost, both right, both wrong, unknown; within these by task and id. */
  readonly rows: {
    readonly from: number;
    readonly of: number;
    readonly examples: readonly ChangedExample[];
  };
  /** Why there are no tasks, else null. */
  readonly note: string | null;
}

/** The order of rows. */
const CHANGES: readonly OutcomeChange[] = ["gained", "lost", "both right", "both wrong", "unknown"];

/**
 * Examples are joined by task, filter, id and hash. A step at which one of the two was not evaluated is not replaced by
 * another.
 */
export async function answerExampleDiff(
  catalog: Catalog,
  a: RunAtStep,
  b: RunAtStep,
  question: ExampleDiffQuestion,
  signal?: AbortSignal,
): Promise<ExampleDiffAnswer> {
  const [runA, runB] = [catalog.run(a.key), catalog.run(b.key)];
  if (!runA || !runB) throw new Error(`run ${runA ? b.key : a.key} is gone`);
  const { tasks: tasksA } = await catalog.examples(a.key, question.metric, signal);
  const { tasks: tasksB } = await catalog.examples(b.key, question.metric, signal);
  const compared = tasksNamed(tasksA, question).flatMap((one) => {
    const other = tasksB.find(({ task, filter }) => task === one.task && filter === one.filter);
    return other
      ? [compareTask(catalog, { ...a, task: one }, { ...b, task: other }, question)]
      : [];
  });
  return {
    a: { run: await referenceOf(catalog, runA), step: a.step },
    b: { run: await referenceOf(catalog, runB), step: b.step },
    tasks: compared.map(({ counts }) => counts),
    rows: pageOf(compared, question),
    note: compared.length > 0 ? null : noCommon(tasksA, tasksB, question),
  };
}

interface Side extends RunAtStep {
  readonly task: TaskExamples;
}

interface Compared {
  readonly counts: TaskChanges;
  /** Of A; null where nothing is compared. */
  readonly table: ExampleTable | null;
  /** Rows of `table` by what became of them. */
  readonly rows: Readonly<Record<OutcomeChange, readonly number[]>>;
}

function compareTask(catalog: Catalog, a: Side, b: Side, choice: ExamplesChoice): Compared {
  const chosenA = choose(catalog, a.key, a.task, choice);
  const chosenB = choose(catalog, b.key, b.task, choice);
  const note = reasonNotCompared(chosenA, chosenB, a, b);
  const rows = { gained: [], lost: [], "both right": [], "both wrong": [], unknown: [] } as Record<
    OutcomeChange,
    number[]
  >;
  let onlyA = 0;
  let onlyB = 0;
  let byIdAlone = 0;
  const table = note === null ? chosenA.table : null;
  if (table && chosenA.table && chosenB.table) {
    const columnA = columnAt(chosenA, a.step);
    const columnB = columnAt(chosenB, b.step);
    const inB = rowsByIdentity(chosenB.table);
    onlyB = chosenB.table.length;
    for (let row = 0; row < table.length; row++) {
      const other = inB(table, row);
      if (other === undefined) {
        onlyA++;
        continue;
      }
      onlyB--;
      if (table.hashes[row] === null) byIdAlone++;
      rows[changeOf(columnA[row] ?? UNKNOWN, columnB[other] ?? UNKNOWN)].push(row);
    }
  }
  const { task, filter } = a.task;
  return {
    counts: {
      task,
      filter,
      metric: choice.metric ?? a.task.usual,
      gained: rows.gained.length,
      lost: rows.lost.length,
      bothRight: rows["both right"].length,
      bothWrong: rows["both wrong"].length,
      unknown: rows.unknown.length,
      onlyA,
      onlyB,
      byIdAlone,
      note,
    },
    table,
    rows,
  };
}

function reasonNotCompared(chosenA: Chosen, chosenB: Chosen, a: Side, b: Side): string | null {
  if (!chosenA.table) return chosenA.note;
  if (!chosenB.table) return chosenB.note;
  if (chosenA.table.metric !== chosenB.table.metric) {
    return `usual metrics differ, ${chosenA.table.metric} and ${chosenB.table.metric}: name one`;
  }
  if (!chosenA.table.step.includes(a.step)) return `a: ${notEvaluated(chosenA.table, a.step)}`;
  if (!chosenB.table.step.includes(b.step)) return `b: ${notEvaluated(chosenB.table, b.step)}`;
  return null;
}

function columnAt(chosen: ChosenTable, step: number): Uint8Array {
  const outcomes = outcomesOf(chosen);
  return outcomes.columns[checkpointAt(outcomes, step)] ?? new Uint8Array();
}

/** The row of the same example in `table`; in the same table it is the row itself. */
function rowsByIdentity(
  table: ExampleTable,
): (of: ExampleTable, row: number) => number | undefined {
  const identity = ({ ids, hashes }: ExampleTable, row: number): string => {
    const [id, hash] = [ids[row] ?? "", hashes[row] ?? null];
    return `${id.length} ${id}${hash === null ? "" : `#${hash}`}`;
  };
  let rows: Map<string, number> | null = null;
  return (of, row) => {
    if (of === table) return row;
    rows ??= new Map(table.ids.map((_, other) => [identity(table, other), other]));
    return rows.get(identity(of, row));
  };
}

function pageOf(
  compared: readonly Compared[],
  { changes, from, to }: ExampleDiffQuestion,
): ExampleDiffAnswer["rows"] {
  const lists = CHANGES.filter((change) => changes?.includes(change) ?? true).flatMap((change) =>
    compared.map((one) => ({ ...one, change })),
  );
  const examples: ChangedExample[] = [];
  let before = 0;
  for (const { counts, table, rows, change } of lists) {
    const own = rows[change];
    for (const row of own.slice(Math.max(0, from - before), Math.max(0, to - before))) {
      examples.push({
        task: counts.task,
        filter: counts.filter,
        id: table?.ids[row] ?? "",
        hash: table?.hashes[row] ?? null,
        change,
      });
    }
    before += own.length;
  }
  return { from, of: before, examples };
}

function noCommon(
  tasksA: readonly TaskExamples[],
  tasksB: readonly TaskExamples[],
  question: ExamplesChoice,
): string {
  if (tasksNamed(tasksA, question).length === 0) return `a: ${noTask(tasksA, question)}`;
  if (tasksNamed(tasksB, question).length === 0) return `b: ${noTask(tasksB, question)}`;
  return `no task in common: a has ${tasksA.map(nameOf).join(", ")}; b has ${tasksB.map(nameOf).join(", ")}`;
}
