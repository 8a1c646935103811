/**
 * What the columns of a table mean: which one is the step, which tell runs and tasks apart, which are metrics. Settled by
 * the header and the first row, by names alone: of CSV, Parquet, Arrow and SQLite alike.
 */

import { stderrOf } from "../../model/metric.js";
import {
  firstOf,
  IDENTITY_COLUMNS,
  METRIC_COLUMNS,
  REVISION_COLUMNS,
  RUN_COLUMNS,
  SEED_COLUMN,
  SHOTS_COLUMNS,
  STEP_COLUMNS,
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
  readonly stepColumn: string;
  readonly step: number;
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

/** The layout, or null where no column is a step with a number in the first row. */
export function layoutOf(header: readonly string[], first: readonly Cell[]): TableLayout | null {
  const has = (name: string): boolean => header.includes(name);
  const cell = (name: string): Cell => first[header.indexOf(name)];
  const isText = (name: string): boolean =>
    has(name) && typeof cell(name) === "string" && isWord(cell(name));
  const stepColumn =
    firstOf(COUNTED, (name) => has(name) && stepOf(cell(name)) !== null) ??
    firstOf(REVISION_COLUMNS, (name) => has(name) && stepNamedBy(cell(name)) !== null) ??
    firstOf(TOKEN_COLUMNS, (name) => has(name) && stepOf(cell(name)) !== null);
  if (stepColumn === null || header.length < 2) return null;
  const wallTimeName = wallTimeColumn((name) => has(name) && !Number.isNaN(timeOf(cell(name))));
  const valueName = firstOf(VALUE_COLUMNS, has);
  const metricName = valueName === null ? null : firstOf(METRIC_COLUMNS, has);
  const indexOf = (name: string | null): number => (name === null ? -1 : header.indexOf(name));
  const step = header.indexOf(stepColumn);
  const metric = indexOf(metricName);
  const value = metric < 0 ? -1 : indexOf(valueName);
  const taken = new Set([step, metric, value, indexOf(wallTimeName)]);
  const free = (name: string): boolean => isText(name) && !taken.has(header.indexOf(name));
  const runs = runColumns(has, free).map(indexOf);
  for (const i of runs) taken.add(i);
  const task = firstOf(TASK_COLUMNS, free);
  const tasks = [...(task === null ? [] : [task]), ...SUBTASK_COLUMNS.filter(free)].map(indexOf);
  const shots =
    task === null ? -1 : indexOf(firstOf(SHOTS_COLUMNS, (n) => has(n) && stepOf(cell(n)) !== null));
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
  const isExport = stepColumn === "Step" && header.some((name) => name.includes(" - "));
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
      role: roles.get(i) ?? (isProperty || name === "" || INDEX.test(name) ? "text" : "value"),
      stderr: header.indexOf(`${name}_stderr`),
    };
  });
  return {
    columns,
    stepColumn,
    step,
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

/**
 * The layout that one of the first rows gives, where it also holds a number: sparse logs may leave all metrics empty in
 * the first one. Null for a table that is no log.
 */
export function layoutFromRows(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  numberOf: (cell: Cell) => number | null | undefined = valueOf,
): TableLayout | null {
  for (const cells of rows) {
    const layout = cells.length === header.length ? layoutOf(header, cells) : null;
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

/** Steps that are counted, before those that are tokens. */
const COUNTED = STEP_COLUMNS.filter((name) => !TOKEN_COLUMNS.includes(name));

/** A row number that a table was written with. */
const INDEX = /^(Unnamed: \d+|__index_level_\d+__)$/;

/** Columns of text that differ between rows of one step without being of another run. */
const INCIDENTAL = /time|date|note|comment|message|event|host|path|file|url|sha|commit|uuid/i;

/** A column that names the run, else those that tell runs apart together, the seed last. */
function runColumns(
  has: (name: string) => boolean,
  isText: (name: string) => boolean,
): readonly string[] {
  const named = firstOf(RUN_COLUMNS, (name) => name !== SEED_COLUMN && has(name));
  if (named !== null) return [named];
  const own = IDENTITY_COLUMNS.filter(isText);
  return has(SEED_COLUMN) ? [...own, SEED_COLUMN] : own;
}

/** Text that is no number, nor a word for one. */
function isWord(cell: Cell): boolean {
  return typeof cell === "string" && !isEmpty(textOf(cell).trim()) && valueOf(cell) === undefined;
}
