/**
 * What the columns of a long table of examples mean: a row for each example at each checkpoint, with whether it was right.
 * By names alone, as those of metric tables.
 */

import { partName } from "../columns.js";
import { isEmpty, stepNamedBy, textOf, valueOf, type Cell } from "../table/cells.js";
import { layoutOf, type TableLayout } from "../table/layout.js";

/** Columns that name the example. Those of the second list number rows of all kinds. */
const IDS =
  /^(example|doc|document|question|item|instance|sample|prompt|problem|query)[_-]?(id|idx|index|no|number|hash)?$|^(qid|uid)$/i;
const WEAK_IDS = /^(id|idx|index|row|i)$/i;
/** Columns that say whether the answer was right, and those that only score it. */
const RIGHT = /^(is_?)?(correct|right|passed|pass|solved|success)$|^outcome$/i;
const SCORES =
  /^(acc|accuracy|acc_norm|exact_match|em|f1|score|bleu|rouge\w*|(log_?)?prob(ability)?s?|log_?likelihood|nll|loss|confidence|margin|brier)$/i;
const QUESTION = /^(question|prompt|input|inputs|query|text|context|problem)(_text)?$/i;
const ANSWER =
  /^(answer|model_answer|prediction|predicted|pred|output|outputs|response|completion|generation|model_output)(_text)?$/i;
const TARGET =
  /^(target|label|gold|reference|expected|ground_truth|correct_answer|answer_key)(_text)?$/i;

export interface ExampleColumns {
  readonly layout: TableLayout;
  readonly header: readonly string[];
  readonly id: number;
  readonly outcomes: readonly number[];
  readonly question: number;
  readonly answer: number;
  readonly target: number;
}

/** Null where the table is none of examples at checkpoints. `first` are the cells of its first row. */
export function exampleColumns(
  header: readonly string[],
  first: readonly Cell[],
): ExampleColumns | null {
  const layout = layoutOf(header, first);
  if (layout === null || layout.metric >= 0 || layout.nested >= 0) return null;
  const taken = new Set([
    ...layout.steps,
    layout.wallTime,
    layout.shots,
    ...layout.runs,
    ...layout.tasks,
  ]);
  const isFree = (i: number): boolean => !taken.has(i);
  const isNumber = (i: number): boolean => valueOf(first[i]) !== undefined;
  const find = (pattern: RegExp, fits: (i: number) => boolean = () => true): number =>
    header.findIndex((name, i) => isFree(i) && pattern.test(name) && fits(i));
  const all = (pattern: RegExp): number[] =>
    header.flatMap((name, i) => (isFree(i) && pattern.test(name) && isNumber(i) ? [i] : []));
  const right = all(RIGHT);
  const isText = (i: number): boolean => typeof first[i] === "string" && !isNumber(i);
  const strong = find(
    IDS,
    (i) => !isText(i) || /[_-](id|idx|index|hash)$|id$/i.test(header[i] ?? ""),
  );
  const named = strong >= 0 ? strong : find(IDS, (i) => isName(first[i]));
  const id = named >= 0 ? named : right.length > 0 ? find(WEAK_IDS) : -1;
  if (id < 0) return null;
  taken.add(id);
  const outcomes = [...right, ...all(SCORES)].filter((i) => i !== id);
  if (outcomes.length === 0) return null;
  for (const i of outcomes) taken.add(i);
  return {
    layout,
    header,
    id,
    outcomes,
    question: find(QUESTION),
    answer: find(ANSWER),
    target: find(TARGET),
  };
}

/** A word, not a question. */
function isName(cell: Cell): boolean {
  return typeof cell === "string" && cell.length <= 64 && !/\s/.test(cell.trim());
}

/** A row as the example that it is; null where it names no step or no example. */
export interface ExampleRow {
  readonly run: string;
  readonly task: string;
  readonly id: string;
  readonly step: number;
  readonly outcomes: ReadonlyMap<string, number>;
}

export function exampleRow(columns: ExampleColumns, cells: readonly Cell[]): ExampleRow | null {
  const { layout, header, id, outcomes } = columns;
  const step = stepNamedBy(cells[layout.steps.find((i) => !isEmpty(cells[i])) ?? -1]);
  const name = textOf(cells[id]).trim();
  if (step === null || name === "") return null;
  const values = new Map<string, number>();
  for (const i of outcomes) {
    const value = valueOf(cells[i]);
    if (typeof value === "number") values.set(header[i] ?? "", value);
  }
  return {
    run: runOf(columns, cells),
    task: taskOf(layout, cells),
    id: name,
    step,
    outcomes: values,
  };
}

/** As in metric tables: `seed_3`, or `60M/C4/seed_3` where several columns tell it. */
function runOf({ layout, header }: ExampleColumns, cells: readonly Cell[]): string {
  return layout.runs
    .map((i) => partName(header[i] ?? "", textOf(cells[i]).trim()))
    .filter((text) => text !== "")
    .join("/");
}

/** `task@5`, `task/subset`; `examples` where no column says it. */
function taskOf(layout: TableLayout, cells: readonly Cell[]): string {
  const names = layout.tasks.map((i) => textOf(cells[i]).trim());
  const shots = layout.shots < 0 ? NaN : (valueOf(cells[layout.shots]) ?? NaN);
  if (shots > 0) names[0] = `${names[0] ?? ""}@${shots}`;
  return names.filter((name) => name !== "").join("/") || "examples";
}
