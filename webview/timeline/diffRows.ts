/** The rows at the cursor as texts: their columns, order and copies. Pure. */

import type { AtStepRow } from "../../src/core/index.js";
import { formatSigned, formatStep, formatValue } from "../shared/format.js";
import { noiseText } from "../shared/noiseText.js";

export type ColumnId = "metric" | "run" | "value" | "n" | "sd" | "delta" | "noise" | "since";

export interface Cell {
  readonly text: string;
  readonly title?: string;
  readonly tone?: "better" | "worse" | "muted" | "";
}

export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  readonly isNumber: boolean;
  readonly isOfGroups: boolean;
  cell(row: AtStepRow): Cell;
  /** By which rows are sorted; NaN where there is nothing, which comes last. */
  key(row: AtStepRow): number | string;
}

export interface Order {
  readonly by: ColumnId;
  readonly isDescending: boolean;
}

export interface DiffRows {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly AtStepRow[];
}

const NOTHING: Cell = { text: "" };

/** The table's columns; `since` is the pinned step that rows are compared with, null for previous checkpoints. */
export function COLUMNS(since: number | null): readonly Column[] {
  const column = (
    id: ColumnId,
    title: string,
    cell: Column["cell"],
    key: Column["key"],
    isOfGroups = false,
  ): Column => ({ id, title, isNumber: id !== "metric" && id !== "run", isOfGroups, cell, key });
  const number = (value: number | null | undefined): number => value ?? NaN;
  return [
    column(
      "metric",
      "metric",
      ({ metric }) => ({ text: metric, title: metric }),
      ({ metric }) => metric,
    ),
    column(
      "run",
      "run",
      ({ label }) => ({ text: label }),
      ({ label }) => label,
    ),
    column("value", "value", valueCell, ({ value }) => number(value)),
    column(
      "n",
      "n",
      ({ n }) => ({ text: n > 0 ? String(n) : "" }),
      ({ n }) => n,
      true,
    ),
    column(
      "sd",
      "sd",
      ({ sd }) => (sd === null ? NOTHING : { text: formatValue(sd) }),
      ({ sd }) => number(sd),
      true,
    ),
    column("delta", "Δ to baseline", deltaCell, ({ difference }) => number(difference?.delta)),
    column("noise", "Δ/noise", noiseCell, ({ difference }) => number(difference?.ratio)),
    column(
      "since",
      since === null ? "since prev ckpt" : `since step ${formatStep(since)}`,
      sinceCell,
      ({ sincePrevious }) => number(sincePrevious?.delta),
    ),
  ];
}

function valueCell({ value, interpolated, step, n }: AtStepRow): Cell {
  if (value === null) return { text: "—" };
  const at = step === null ? "" : `step ${formatStep(step)}`;
  const mean = n > 1 ? `mean of ${n} seeds` : "";
  const title = [at, mean].filter((part) => part !== "").join(", ");
  return interpolated
    ? {
        text: `≈ ${formatValue(value)}`,
        title: `Not evaluated here: on the line between its neighbours. ${title}`,
      }
    : { text: formatValue(value), title };
}

function wordOf(better: boolean | null, delta: number): "better" | "worse" | "" {
  return better === null || delta === 0 ? "" : better ? "better" : "worse";
}

function withWord(text: string, word: string): string {
  return word === "" ? text : `${text} ${word}`;
}

function deltaCell({ difference }: AtStepRow): Cell {
  if (!difference || difference.delta === null) return NOTHING;
  const { delta, better, verdict } = difference;
  const tone = wordOf(better, delta);
  return { text: withWord(formatSigned(delta), tone), title: verdict, tone };
}

function noiseCell({ difference }: AtStepRow): Cell {
  if (!difference || difference.delta === null) return NOTHING;
  const { ratio, verdict } = difference;
  if (ratio === null) return { text: "noise unknown", title: verdict, tone: "muted" };
  return { text: `${ratio.toFixed(1)}× ${verdict}`, title: noiseText(difference) };
}

function sinceCell({ sincePrevious: since }: AtStepRow): Cell {
  if (!since || since.delta === null) return NOTHING;
  const { delta, better, ratio, step, value } = since;
  const tone = wordOf(better, delta);
  const noise = ratio === null ? "" : ` (${ratio.toFixed(1)}×)`;
  const then = value === null ? "" : `: ${formatValue(value)} there`;
  const title = `since step ${formatStep(step)}${then}\n${noiseText(since)}`;
  return { text: `${withWord(formatSigned(delta), tone)}${noise}`, title, tone };
}

/** Rows whose metric or run holds all the words, whatever their case. */
export function matching(rows: readonly AtStepRow[], filter: string): readonly AtStepRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ metric, label }) => {
    const text = `${metric} ${label}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** By one column, equal ones as they were; what has nothing there comes last either way. Null leaves them by metric. */
export function sorted(
  rows: readonly AtStepRow[],
  order: Order | null,
  columns: readonly Column[],
): readonly AtStepRow[] {
  const column = columns.find(({ id }) => id === order?.by);
  if (!order || !column) return rows;
  const sign = order.isDescending ? -1 : 1;
  return [...rows].sort((x, y) => {
    const [a, b] = [column.key(x), column.key(y)];
    if (typeof a === "string" && typeof b === "string") return sign * a.localeCompare(b);
    if (Number.isNaN(a) || Number.isNaN(b))
      return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a === b ? 0 : a < b ? -sign : sign;
  });
}

/** Tab-separated, a line per row under the columns' names; tabs and line ends in names become spaces. */
export function toTsv({ columns, rows }: DiffRows): string {
  const lines = [columns.map(({ title }) => title), ...textsOf(columns, rows)];
  return (
    lines.map((line) => line.map((text) => text.replace(/\s+/g, " ")).join("\t")).join("\n") + "\n"
  );
}

export function toMarkdown({ title, columns, rows }: DiffRows): string {
  const escape = (text: string): string =>
    text.replace(/\s+/g, " ").replace(/[\\|<>`*_[\]]/g, (sign) => `\\${sign}`);
  const line = (texts: readonly string[]): string => `| ${texts.map(escape).join(" | ")} |`;
  return [
    `**${escape(title)}**`,
    "",
    line(columns.map((column) => column.title)),
    `| ${columns.map(({ isNumber }) => (isNumber ? "---:" : "---")).join(" | ")} |`,
    ...textsOf(columns, rows).map(line),
    "",
  ].join("\n");
}

function textsOf(columns: readonly Column[], rows: readonly AtStepRow[]): string[][] {
  return rows.map((row) =>
    columns.map((column) => {
      const { text } = column.cell(row);
      return column.id === "run" && row.isBaseline ? `${text} (baseline)` : text;
    }),
  );
}
