/**
 * What the columns of a table mean: which ones are steps, which tell runs and tasks apart, which are metrics. Settled by
 * the header and the first row, by names alone: of CSV, Parquet, Arrow, SQLite and rows of JSON alike.
 */

import { stderrOf } from "../../model/metric.js";
import {
  firstOf,
  IDENTITY_COLUMNS,
  METRIC_COLUMNS,
  MODE_COLUMN,
  rankOfStep,
  REVISION_COLUMNS,
  RUN_COLUMNS,
  SEED_COLUMN,
  SHOTS_COLUMNS,
  SIZE_COLUMNS,
  SUBTASK_COLUMNS,
  TASK_COLUMNS,
  TOKEN_COLUMNS,
  VALUE_COLUMNS,
  wallTimeColumn,
} from "../columns.js";
import { isEmpty, stepNamedBy, stepOf, textOf, timeOf, valueOf, type Cell } from "./cells.js";
import { looksNested } from "./nested.js";

/** What a column is read as. `text` columns give no points. */
export type Role =
  "step" | "wallTime" | "run" | "task" | "shots" | "metric" | "value" | "nested" | "text";

export interface Column {
  readonly name: string;
  readonly role: Role;
  /** Index of the column that holds this metric's standard error, or -1. */
  readonly stderr: number;
  /** Run that the column belongs to, in an export of several runs; else "". */
  readonly part: string;
}

/** Plain data: kept in the cursor of a file that grows. Indices are -1 where there is no such column. */
export interface TableLayout {
  readonly columns: readonly Column[];
  /**
   * Columns that count steps, better ones first: each row is placed by the first one that is not empty in it. The first one
   * has the role of a step, the others are values where they are not taken for one.
   */
  readonly steps: readonly number[];
  readonly wallTime: number;
  /** Columns that together name the run of a row: one that says so itself, else model, recipe, seed and the like. */
  readonly runs: readonly number[];
  /** Columns that say what was measured, for the front of the metric's name: task, then its parts. */
  readonly tasks: readonly number[];
  /** Column of the number of examples shown before the question. */
  readonly shots: number;
  /** Long form: the columns of the metric's name, its value and its standard error. */
  readonly metric: number;
  readonly value: number;
  readonly stderr: number;
  /** Column whose cells hold several metrics by name. */
  readonly nested: number;
  /** Columns of text that are none of these. Rows that differ in them alone may be of different runs. */
  readonly unknown: readonly number[];
}

export interface LayoutOptions {
  /** False where columns such as `model` say what is the same in all rows, and so tell no runs apart. */
  readonly byIdentity?: boolean;
  /** False where a column without a name is a value like any other, and no row number that a table was written with. */
  readonly hasIndex?: boolean;
}

/** The layout, or null where no column is a step with a number in the first row. O(columns). */
export function layoutOf(
  header: readonly string[],
  first: readonly Cell[],
  options: LayoutOptions = {},
): TableLayout | null {
  const places = new Map<string, number>();
  for (const [i, name] of header.entries()) if (!places.has(name)) places.set(name, i);
  const has = (name: string): boolean => places.has(name);
  const indexOf = (name: string | null): number => (name === null ? -1 : (places.get(name) ?? -1));
  const cell = (name: string): Cell => first[indexOf(name)];
  const steps = stepColumns(header, first);
  const [step] = steps;
  if (step === undefined || header.length < 2) return null;
  const wallTimeName = wallTimeColumn((name) => has(name) && !Number.isNaN(timeOf(cell(name))));
  const valueName = firstOf(VALUE_COLUMNS, has);
  const metric = indexOf(valueName === null ? null : firstOf(METRIC_COLUMNS, has));
  const value = metric < 0 ? -1 : indexOf(valueName);
  const taken = new Set([step, metric, value, indexOf(wallTimeName)]);
  const isText = (name: string): boolean =>
    has(name) && !taken.has(indexOf(name)) && isWord(cell(name));
  const task = firstOf(TASK_COLUMNS, isText);
  const subtasks = SUBTASK_COLUMNS.filter(
    (name) => isText(name) && (name !== MODE_COLUMN || SPLIT.test(textOf(cell(name)))),
  );
  const tasks = [...(task === null ? [] : [task]), ...subtasks].map(indexOf);
  for (const i of tasks) taken.add(i);
  const isNumber = (name: string): boolean => has(name) && stepOf(cell(name)) !== null;
  const byIdentity = options.byIdentity !== false || task !== null || has(SEED_COLUMN);
  const runs = runColumns(has, isText, isNumber, task !== null, byIdentity).map(indexOf);
  const shots = task === null ? -1 : indexOf(firstOf(SHOTS_COLUMNS, isNumber));
  const nested = header.findIndex((name, i) => name === "metrics" && looksNested(first[i]));
  const roles = new Map<number, Role>([
    [nested, "nested"],
    [shots, "shots"],
    ...tasks.map((i): [number, Role] => [i, "task"]),
    [indexOf(wallTimeName), "wallTime"],
    ...runs.map((i): [number, Role] => [i, "run"]),
    [metric, "metric"],
    [step, "step"],
  ]);
  const isExport = header[step] === "Step" && header.some((name) => name.includes(" - "));
  const hasIndex = options.hasIndex !== false;
  const isOfRun = has("run_id") || has("run_name");
  const columns = header.map((name, i): Column => {
    const base = stderrOf(name);
    const isProperty =
      (base !== null && has(base)) ||
      (isExport && /__(MIN|MAX)$/.test(name)) ||
      (isOfRun && /^(id|log_id|run_id|run_name|space_id)$/.test(name)) ||
      (metric >= 0 && i !== value);
    const cut = isExport ? name.lastIndexOf(" - ") : -1;
    return {
      name: cut < 0 ? name : name.slice(cut + 3),
      part: cut < 0 ? "" : name.slice(0, cut),
      role: roles.get(i) ?? (isProperty || (hasIndex && INDEX.test(name)) ? "text" : "value"),
      stderr: indexOf(`${name}_stderr`),
    };
  });
  return {
    columns,
    steps,
    wallTime: indexOf(wallTimeName),
    runs,
    tasks,
    shots,
    metric,
    value,
    stderr: metric < 0 ? -1 : indexOf(firstOf([`${valueName}_stderr`, "stderr"], has)),
    nested,
    unknown: columns.flatMap(({ name, role }, i) =>
      (role === "value" || role === "text") && isWord(first[i]) && !INCIDENTAL.test(name)
        ? [i]
        : [],
    ),
  };
}

/** Columns that may hold steps, better ones first; none where no one has a step in the first row. */
function stepColumns(header: readonly string[], first: readonly Cell[]): number[] {
  const ranked = header
    .map((name, i) => ({ i, rank: rankOfStep(name) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.i - b.i);
  const stepIn = ({ i }: { i: number }): number | null =>
    REVISION_COLUMNS.includes(header[i] as string) ? stepNamedBy(first[i]) : stepOf(first[i]);
  const fitting = ranked.filter((column) => isEmpty(first[column.i]) || stepIn(column) !== null);
  return fitting.some((column) => stepIn(column) !== null) ? fitting.map(({ i }) => i) : [];
}

/**
 * The layout that one of the first rows gives, where it also holds a number: sparse logs may leave all metrics empty in
 * the first one. Null for a table that is no log.
 */
export function layoutFromRows(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  numberOf: (cell: Cell) => number | null | undefined = valueOf,
  options: LayoutOptions = {},
): TableLayout | null {
  for (const cells of rows) {
    const layout = cells.length === header.length ? layoutOf(header, cells, options) : null;
    const hasNumber = layout?.columns.some(
      ({ role }, i) => role === "nested" || (role === "value" && numberOf(cells[i]) !== undefined),
    );
    if (layout && hasNumber) return layout;
  }
  return null;
}

/** True when the table holds several runs, as far as its header tells. */
export function holdsSeveral(layout: TableLayout): boolean {
  return layout.runs.length > 0 || layout.columns.some(({ part }) => part !== "");
}

/** Columns that say how far the training was, whatever was measured then. */
const AXES = /^(epochs?|compute|flops|total_flops|n?_?tokens(_seen)?)$/i;

/** True for a column that says how far the training was: the same for all tasks of a step. */
export function isAxis(column: string): boolean {
  return AXES.test(column) || TOKEN_COLUMNS.includes(column);
}

/** The front of a metric's name: `task/`, `task@5/` or `task/part/`; `""` where no column tells a task. */
export function prefixOf(layout: TableLayout, cells: readonly Cell[]): string {
  if (layout.tasks.length === 0) return "";
  const names = layout.tasks.map((i) => textOf(cells[i]).trim());
  const shots = layout.shots < 0 ? NaN : (valueOf(cells[layout.shots]) ?? NaN);
  if (shots > 0) names[0] = `${names[0] ?? ""}@${shots}`;
  return names
    .filter((name) => name !== "")
    .map((name) => `${name}/`)
    .join("");
}

/** A row number that a table was written with. */
const INDEX = /^(Unnamed: \d+|__index_level_\d+__|)$/;

/** Columns of text that differ between rows of one step without being of another run. */
const INCIDENTAL = /time|date|note|comment|message|event|host|path|file|url|sha|commit|uuid/i;

/** What a column `mode` says where it says which data a row is of. */
const SPLIT = /^(train|training|val|valid|validation|test|eval|evaluation|dev)$/i;

/**
 * A column that names the run, else those that tell runs apart together, the seed last. Sizes written as numbers count
 * where another column shows that the table holds several runs.
 */
function runColumns(
  has: (name: string) => boolean,
  isText: (name: string) => boolean,
  isNumber: (name: string) => boolean,
  hasTask: boolean,
  byIdentity: boolean,
): readonly string[] {
  const named = firstOf(RUN_COLUMNS, (name) => name !== SEED_COLUMN && has(name));
  if (named !== null) return [named];
  const isSeveral = has(SEED_COLUMN) || hasTask || IDENTITY_COLUMNS.some(isText);
  const own = byIdentity
    ? IDENTITY_COLUMNS.filter(
        (name) => isText(name) || (isSeveral && SIZE_COLUMNS.includes(name) && isNumber(name)),
      )
    : [];
  return has(SEED_COLUMN) ? [...own, SEED_COLUMN] : own;
}

/** Text that is no number, nor a word for one. */
function isWord(cell: Cell): boolean {
  return typeof cell === "string" && !isEmpty(textOf(cell).trim()) && valueOf(cell) === undefined;
}
