/** `onset examples --diff`. */

import {
  answerExampleDiff,
  formatStep,
  metricName,
  toJson,
  type ChangedExample,
  type ExampleDiffAnswer,
  type ExampleDiffQuestion,
  type ExamplesChoice,
} from "../core/index.js";
import { resolveRunAtStep, UsageError, write, type Call } from "./call.js";
import { csvLine, formatTable } from "./table.js";

/** Rows that people are shown of each change. */
const SHOWN = 20;

export async function diffExamples(
  { catalog, json, csv }: Call,
  words: readonly string[],
  choice: ExamplesChoice,
): Promise<number> {
  const [first, second] = words;
  if (first === undefined || second === undefined) {
    throw new UsageError("--diff needs RUN@STEP RUN@STEP");
  }
  const a = await resolveRunAtStep(catalog, first);
  const b = await resolveRunAtStep(catalog, second);
  const question: ExampleDiffQuestion = {
    ...choice,
    changes: json || csv ? null : ["gained", "lost"],
    from: 0,
    to: Infinity,
  };
  const answer = await answerExampleDiff(catalog, a, b, question);
  const { rows, ...rest } = answer;
  if (json) await write(`${toJson({ ...rest, examples: rows.examples }, 1)}\n`);
  else if (csv) {
    const lines = rows.examples.map(({ task, filter, id, hash, change }) =>
      csvLine([task, filter, id, hash, change]),
    );
    await write(`task,filter,id,hash,change\n${lines.join("")}`);
  } else await write(describe(answer));
  return answer.tasks.some(isCompared) ? 0 : 1;
}

function isCompared({
  note,
  gained,
  lost,
  bothRight,
  bothWrong,
}: ExampleDiffAnswer["tasks"][0]): boolean {
  return note === null && gained + lost + bothRight + bothWrong > 0;
}

function describe({ a, b, tasks, rows, note }: ExampleDiffAnswer): string {
  const head = `a  ${a.run.label} @ ${formatStep(a.step)}\nb  ${b.run.label} @ ${formatStep(b.step)}\n\n`;
  if (note !== null) return `${head}${note}\n`;
  const header = [
    "task",
    "gained",
    "lost",
    "both right",
    "both wrong",
    "unknown",
    "only a",
    "only b",
  ];
  const counts = tasks
    .filter((one) => one.note === null)
    .map((one) => {
      const { gained, lost, bothRight, bothWrong, unknown, onlyA, onlyB } = one;
      const numbers = [gained, lost, bothRight, bothWrong, unknown, onlyA, onlyB];
      return [metricName(one), ...numbers.map(formatStep)];
    });
  const notes = tasks.flatMap((one) =>
    one.note === null ? [] : `${metricName(one)}: ${one.note}\n`,
  );
  const isOneRun = a.run.id === b.run.id;
  if (!isOneRun && tasks.some(({ byIdAlone }) => byIdAlone > 0)) notes.push(BY_ID_ALONE);
  const lists = (["gained", "lost"] as const).map((change) => {
    const own = rows.examples.filter((row) => row.change === change);
    const more = own.length - SHOWN;
    const shown = own.slice(0, SHOWN).map((row) => nameIn(row, tasks.length > 1));
    if (own.length === 0) return "";
    return `${change}: ${shown.join(", ")}${more > 0 ? ` and ${formatStep(more)} more` : ""}\n`;
  });
  const table = counts.length > 0 ? formatTable([header, ...counts], [1, 2, 3, 4, 5, 6, 7]) : "";
  return `${head}${table}${notes.join("")}\n${lists.join("")}`;
}

const BY_ID_ALONE =
  "Joined by their ids alone: the files have nothing that tells whether the questions are the same.\n";

function nameIn({ task, id }: ChangedExample, withTask: boolean): string {
  return withTask ? `${task} ${id}` : id;
}
