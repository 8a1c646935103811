/**
 * What the rows of a table give that are like one of them but for their numbers: said once, so that a kernel can read them.
 * It must be what `TableRows.add` does with each of them. Null wherever a row's meaning depends on more than that.
 */

import { isEpoch } from "../columns.js";
import { isEmpty, stepOf, textOf, timeOf, type Cell } from "./cells.js";
import { isAxis, prefixOf, type TableLayout } from "./layout.js";

/** Begins the text that stands for one which is another in each row, but never a number nor a word for one. */
export const FREE = "\0";

/** A point that each row gives. */
export interface TemplatePoint {
  readonly metric: string;
  /** Place of its value among the row's numbers and free texts, or -1. */
  readonly place: number;
  /** The value of all rows where there is no place; null where none was recorded. */
  readonly value: number | null;
  /** Place of the standard error, or -1. */
  readonly stderr: number;
}

export interface RowTemplate {
  /** Run and column of the steps: the log that the points belong to. */
  readonly part: string;
  readonly column: string;
  /** Places among the row's numbers and free texts, or -1. */
  readonly step: number;
  readonly wallTime: number;
  readonly epoch: number;
  /** The wall time of all rows where there is no place. */
  readonly time: number;
  readonly points: readonly TemplatePoint[];
  /** True where the first point is given only by the first row of a step that has it. */
  readonly hasOnce?: boolean;
  /** Metrics whose cells hold text here: no problem as long as they have not held numbers elsewhere. */
  readonly texts: readonly string[];
  /** Texts of columns that are not known, and under which key rows are compared by them; null where there are none. */
  readonly watched: { readonly key: string; readonly texts: string } | null;
}

/** What a table knows that gives a row its meaning. */
export interface TemplateTable {
  readonly layout: TableLayout;
  readonly header: readonly string[];
  readonly withinEpoch: ReadonlySet<string>;
  /** Columns that have held a number. */
  readonly numeric: ReadonlySet<string>;
  readonly nullIsRecorded: boolean;
  valueOf(cell: Cell): number | null | undefined;
  runOf(cells: readonly Cell[]): string;
}

const isPlace = (cell: Cell): cell is number => typeof cell === "number";

/** A cell that is the same in all rows. */
function isFixed(cell: Cell): boolean {
  return !isPlace(cell) && !(typeof cell === "string" && cell.startsWith(FREE));
}

/** Columns whose texts say where a row belongs. */
function namingColumns(layout: TableLayout, header: readonly string[]): number[] {
  const { runs, tasks, unknown, shots, metric } = layout;
  const own = [...runs, ...tasks, ...unknown, shots, metric, header.indexOf("run_name")];
  return own.filter((i) => i >= 0);
}

/** Places of free texts that are not free: they say where the row belongs. */
export function namingPlaces(
  layout: TableLayout,
  header: readonly string[],
  cells: readonly Cell[],
): number[] {
  return namingColumns(layout, header)
    .map((i) => cells[i])
    .filter((cell) => typeof cell === "string" && cell.startsWith(FREE))
    .map((cell) => Number((cell as string).slice(FREE.length)));
}

/** `cells` are those of a row that was added, with the places of its numbers in their stead. O(columns). */
export function templateOf(table: TemplateTable, cells: readonly Cell[]): RowTemplate | null {
  const { layout, header, withinEpoch } = table;
  if (layout.runs.length > 1 || layout.nested >= 0) return null;
  if (!namingColumns(layout, header).every((i) => isFixed(cells[i]))) return null;

  const column = layout.steps.find(
    (i) => !isEmpty(cells[i]) && !withinEpoch.has(header[i] as string),
  );
  const step = column === undefined ? null : cells[column];
  if (column === undefined || !isPlace(step)) return null;
  const name = header[column] as string;

  const epochColumn = layout.steps.find((i) => i !== column && isEpoch(header[i] as string));
  const epochCell = epochColumn === undefined || isEpoch(name) ? null : cells[epochColumn];
  if (!isPlace(epochCell) && (!isFixed(epochCell) || stepOf(epochCell) !== null)) return null;

  const timeCell = layout.wallTime < 0 ? null : cells[layout.wallTime];
  if (!isPlace(timeCell) && !isFixed(timeCell)) return null;

  const prefix = prefixOf(layout, cells);
  const found =
    layout.metric >= 0
      ? namedPoint(table, cells, prefix)
      : columnPoints(table, cells, prefix, column);
  if (found === null || found.points.length === 0) return null;
  return {
    part: table.runOf(cells),
    column: name,
    step,
    wallTime: isPlace(timeCell) ? timeCell : -1,
    time: isPlace(timeCell) ? NaN : timeOf(timeCell),
    epoch: isPlace(epochCell) ? epochCell : -1,
    ...found,
    watched: watchedIn(layout, cells, prefix),
  };
}

type Points = Pick<RowTemplate, "points" | "texts">;

/** Of a row that names its metric. */
function namedPoint(
  { layout }: TemplateTable,
  cells: readonly Cell[],
  prefix: string,
): Points | null {
  const name = textOf(cells[layout.metric]);
  const value = cells[layout.value];
  const stderr = stderrPlace(cells, layout.stderr);
  if (name === "" || !isPlace(value) || stderr === null) return null;
  return { points: [{ metric: prefix + name, place: value, value: null, stderr }], texts: [] };
}

/** Of a row with a metric per column. */
function columnPoints(
  table: TemplateTable,
  cells: readonly Cell[],
  prefix: string,
  stepColumn: number,
): Points | null {
  const { layout, withinEpoch, numeric } = table;
  const points: TemplatePoint[] = [];
  const texts: string[] = [];
  for (const [i, own] of layout.columns.entries()) {
    const cell = cells[i];
    if (i === stepColumn || own.role !== "value" || withinEpoch.has(own.name)) continue;
    if (isEmpty(cell) && !(cell === null && table.nullIsRecorded)) continue;
    const stderr = stderrPlace(cells, own.stderr);
    if (own.part !== "" || stderr === null) return null;
    if (layout.tasks.length > 0 && isAxis(own.name)) return null;
    const metric = prefix + own.name;
    if (isPlace(cell)) points.push({ metric, place: cell, value: null, stderr });
    else {
      const value = cell === null ? null : table.valueOf(cell);
      if (value !== undefined) points.push({ metric, place: -1, value, stderr });
      else if (numeric.has(metric)) return null;
      else texts.push(metric);
    }
  }
  return { points, texts };
}

/** -1 where there is no standard error, null where it is one that is written in no number. */
function stderrPlace(cells: readonly Cell[], column: number): number | null {
  const cell = column < 0 ? null : cells[column];
  if (isPlace(cell)) return cell;
  return isEmpty(cell) ? -1 : null;
}

function watchedIn(
  layout: TableLayout,
  cells: readonly Cell[],
  prefix: string,
): RowTemplate["watched"] {
  if (layout.unknown.length === 0) return null;
  const { key, texts } = watchedTexts(layout, cells, prefix);
  return { key, texts };
}

/** What rows of one step are compared by that no column tells apart: their unknown texts, by task and metric. */
export function watchedTexts(
  layout: TableLayout,
  cells: readonly Cell[],
  prefix: string,
): { key: string; texts: string } {
  const metric = layout.metric < 0 ? "" : textOf(cells[layout.metric]);
  return {
    key: `${prefix}${metric}`,
    texts: layout.unknown.map((i) => textOf(cells[i])).join("\n"),
  };
}
