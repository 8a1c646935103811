/**
 * CSV and TSV metric logs: a header, then a row per step (wide) or per step and metric (long). The export of Weights &
 * Biases, whose columns are named `run - metric`, holds several runs.
 */

import { readPieces } from "../io/files.js";
import { extensionOf } from "../io/path.js";
import { stderrOf } from "../model/metric.js";
import { PointBuffer } from "../model/series.js";
import {
  axisOf,
  firstOf,
  METRIC_COLUMNS,
  partName,
  RUN_COLUMNS,
  STEP_COLUMNS,
  toWallTime,
  VALUE_COLUMNS,
  wallTimeColumn,
} from "./columns.js";
import { LineSplitter, MAX_LINE_BYTES } from "./framing/lines.js";
import { decodeText, looksBinary, nonFiniteOf } from "./json.js";
import { isLogName } from "./jsonl.js";
import { ProblemList } from "./problems.js";
import {
  LOOK,
  NO,
  YES,
  type Chunk,
  type Claim,
  type Cursor,
  type HeadFacts,
  type Reader,
  type ReadInput,
} from "./reader.js";

const CHUNK_POINTS = 65_536;

/** What a column is read as. `text` columns give no points. */
type Role = "step" | "wallTime" | "run" | "metric" | "value" | "text";

interface Column {
  readonly name: string;
  readonly role: Role;
  /** Index of the column that holds this metric's standard error, or -1. */
  readonly stderr: number;
  /** Run that the column belongs to, in an export of several runs; else "". */
  readonly part: string;
}

/** Settled by the header and the first row; plain data, kept in the cursor. */
interface Layout {
  readonly delimiter: string;
  readonly columns: readonly Column[];
  readonly stepColumn: string;
  readonly step: number;
  readonly wallTime: number;
  readonly run: number;
  readonly metric: number;
  readonly value: number;
}

interface Memory {
  readonly header: readonly string[] | null;
  readonly delimiter: string;
  readonly layout: Layout | null;
}

function claims(name: string, head: Uint8Array | null): Claim {
  const extension = extensionOf(name);
  if (extension !== ".csv" && extension !== ".tsv") return NO;
  if (head === null) return LOOK;
  if (head.length === 0) return isLogName(name) ? YES : NO;
  if (looksBinary(head)) {
    return {
      kind: "problem",
      code: "csv/binary",
      message: `named ${extension} but not text; not read`,
    };
  }
  const lines = headLines(head);
  if (lines.length === 0) return NO;
  const delimiter = delimiterOf(lines[0] ?? "");
  const header = headerOf(splitRow(lines[0] ?? "", delimiter));
  // A list of checkpoints is a manifest, not a log.
  if (header.some((column) => /^checkpoint([ _-]?(dir|directory|path))?$/i.test(column))) return NO;
  if (lines.length === 1) {
    const hasStep = header.some((column) => STEP_COLUMNS.includes(column));
    return hasStep && header.length > 1 && isLogName(name) ? YES : NO;
  }
  return layoutFromHead(lines, header, delimiter) ? YES : NO;
}

/** The layout that one of the first rows gives: sparse logs may leave all metrics empty in the first one. */
function layoutFromHead(
  lines: readonly string[],
  header: readonly string[],
  delimiter: string,
): Layout | null {
  for (const line of lines.slice(1, 9)) {
    const cells = splitRow(line, delimiter);
    const layout = cells.length === header.length ? layoutOf(header, cells, delimiter) : null;
    const hasNumber = layout?.columns.some(
      ({ role }, i) => role === "value" && valueOf(cells[i] ?? "") !== undefined,
    );
    if (layout && hasNumber) return layout;
  }
  return null;
}

/** Complete, non-empty lines of a file's beginning. */
function headLines(head: Uint8Array): string[] {
  const text = decodeText(head);
  const lines = text.split(/\r?\n/);
  if (head.length >= 4096 && lines.length > 1) lines.pop();
  return lines.filter((line) => line.trim() !== "" && !line.startsWith("#")).slice(0, 64);
}

function describe(_name: string, head: Uint8Array): HeadFacts {
  const lines = headLines(head);
  const delimiter = delimiterOf(lines[0] ?? "");
  const header = headerOf(splitRow(lines[0] ?? "", delimiter));
  const layout = layoutFromHead(lines, header, delimiter);
  const parts = new Set(layout?.columns.map(({ part }) => part));
  parts.delete("");
  return {
    isRun: false,
    config: null,
    columns: header,
    severalRuns: layout !== null && (layout.run >= 0 || parts.size > 0),
  };
}

function delimiterOf(header: string): string {
  if (header.includes("\t")) return "\t";
  return !header.includes(",") && header.includes(";") ? ";" : ",";
}

function headerOf(cells: readonly string[]): string[] {
  return cells.map((cell) => cell.trim());
}

/** The layout, or null where no column is a step with a number in the first row. */
function layoutOf(
  header: readonly string[],
  first: readonly string[],
  delimiter: string,
): Layout | null {
  const has = (name: string): boolean => header.includes(name);
  const cell = (name: string): string => first[header.indexOf(name)] ?? "";
  const stepColumn = firstOf(STEP_COLUMNS, (name) => has(name) && stepOf(cell(name)) !== null);
  if (stepColumn === null || header.length < 2) return null;
  const wallTimeName = wallTimeColumn((name) => has(name) && !Number.isNaN(timeOf(cell(name))));
  const runName = firstOf(RUN_COLUMNS, has);
  const valueName = firstOf(VALUE_COLUMNS, has);
  const metricName = valueName === null ? null : firstOf(METRIC_COLUMNS, has);
  const indexOf = (name: string | null): number => (name === null ? -1 : header.indexOf(name));
  const step = header.indexOf(stepColumn);
  const metric = indexOf(metricName);
  const value = metric < 0 ? -1 : indexOf(valueName);
  const roles = new Map<number, Role>([
    [indexOf(wallTimeName), "wallTime"],
    [indexOf(runName), "run"],
    [metric, "metric"],
    [step, "step"],
  ]);
  const isExport = stepColumn === "Step" && header.some((name) => name.includes(" - "));
  const columns = header.map((name, i): Column => {
    const base = stderrOf(name);
    const isProperty =
      (base !== null && has(base)) ||
      (isExport && /__(MIN|MAX)$/.test(name)) ||
      (metric >= 0 && i !== value);
    const cut = isExport ? name.lastIndexOf(" - ") : -1;
    return {
      name: cut < 0 ? name : name.slice(cut + 3),
      part: cut < 0 ? "" : name.slice(0, cut),
      role: roles.get(i) ?? (isProperty || name === "" ? "text" : "value"),
      stderr: header.indexOf(`${name}_stderr`),
    };
  });
  return {
    delimiter,
    columns,
    stepColumn,
    step,
    wallTime: indexOf(wallTimeName),
    run: indexOf(runName),
    metric,
    value,
  };
}

function stepOf(cell: string): number | null {
  const text = cell.trim();
  return /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : null;
}

/** A number, null for "not recorded", undefined for text. An empty cell is no point at all and is not asked here. */
function valueOf(cell: string): number | null | undefined {
  const text = cell.trim();
  if (text === "") return undefined;
  const number = Number(text);
  if (!Number.isNaN(number) && !/^[+-]?0[xob]/i.test(text)) return number;
  const nonFinite = nonFiniteOf(text);
  if (nonFinite !== undefined) return nonFinite;
  if (/^(none|null|na|n\/a|-)$/i.test(text)) return null;
  if (/^true$/i.test(text)) return 1;
  return /^false$/i.test(text) ? 0 : undefined;
}

function timeOf(cell: string): number {
  const number = Number(cell);
  return toWallTime(cell.trim() === "" || Number.isNaN(number) ? cell : number);
}

/** Cells of a row; quotes as in RFC 4180. */
export function splitRow(row: string, delimiter: string): string[] {
  if (!row.includes('"')) return row.split(delimiter);
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < row.length; i++) {
    const char = row[i] as string;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (row[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (char === '"' && cell === "") quoted = true;
    else if (char === delimiter) {
      cells.push(cell);
      cell = "";
    } else cell += char;
  }
  cells.push(cell);
  return cells;
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const { source, file, from } = input;
  const problems = new ProblemList(file);
  const splitter = new LineSplitter(from.offset, from.line);
  const rows = new Rows(from.memory as Memory | null, problems);
  const onLine = (line: Uint8Array, offset: number, number: number): void => {
    rows.addLine(decodeText(line), offset, number);
  };
  for await (const piece of readPieces(source, from.offset, signal)) {
    splitter.push(piece, onLine);
    for (const { offset, number } of splitter.tooLong.splice(0)) {
      const limit = `${MAX_LINE_BYTES / 2 ** 20} MiB`;
      problems.add("csv/line-too-long", `line ${number} is longer than ${limit}; stepped over`, {
        offset,
        line: number,
      });
    }
    if (rows.points >= CHUNK_POINTS) yield* rows.take(problems, false);
  }
  yield* rows.take(problems, false);
  // The last line has no end: its last cell may be cut. The others are whole, and are read again once there is more.
  const { offset, number, memory } = rows.resumeAt(splitter.offset, splitter.number);
  rows.addUnfinished(decodeText(splitter.rest()), splitter.offset, splitter.number);
  for (const chunk of rows.take(problems, true)) yield { ...chunk, provisional: true };
  return { offset, line: number, memory };
}

/** Turns lines into points. */
class Rows {
  private readonly parts = new Map<string, PointBuffer>();
  private header: readonly string[] | null;
  private delimiter: string;
  private layout: Layout | null;
  /** Lines of a row whose quoted cell holds a line break. */
  private open = "";
  private openAt = { offset: 0, line: 0 };
  points = 0;

  constructor(
    memory: Memory | null,
    private readonly problems: ProblemList,
  ) {
    this.header = memory?.header ?? null;
    this.delimiter = memory?.delimiter ?? ",";
    this.layout = memory?.layout ?? null;
  }

  /** Where to continue: at the start of a row that is still open, else at the next line. */
  resumeAt(offset: number, line: number): { offset: number; number: number; memory: Memory } {
    const { header, delimiter, layout } = this;
    const memory = { header, delimiter, layout };
    return this.open === ""
      ? { offset, number: line, memory }
      : { offset: this.openAt.offset, number: this.openAt.line, memory };
  }

  addLine(line: string, offset: number, number: number): void {
    if (this.open === "" && (line.trim() === "" || line.startsWith("#"))) return;
    const row = this.open === "" ? line : `${this.open}\n${line}`;
    if (this.open === "") this.openAt = { offset, line: number };
    if (hasOpenQuote(row) && row.length < MAX_LINE_BYTES) {
      this.open = row;
      return;
    }
    this.open = "";
    const place = this.openAt;
    if (this.header === null) {
      this.delimiter = delimiterOf(row);
      this.header = headerOf(splitRow(row, this.delimiter));
      return;
    }
    const cells = splitRow(row, this.delimiter);
    if (cells.length !== this.header.length) {
      this.problems.add(
        "csv/row-length",
        `line ${place.line} has ${cells.length} cells, the header has ${this.header.length}; not read`,
        place,
      );
      return;
    }
    this.addRow(cells, this.header, place, cells.length);
  }

  addUnfinished(line: string, offset: number, number: number): void {
    if (line === "" || this.open !== "" || this.header === null) return;
    const cells = splitRow(line, this.delimiter);
    const last = cells.length - 1;
    if (cells.length !== this.header.length || this.layout?.step === last) return;
    const whole = line.endsWith('"') && !hasOpenQuote(line);
    const before = this.points;
    this.addRow(cells, this.header, { offset, line: number }, whole ? cells.length : last);
    const lastColumn = this.layout?.columns[last];
    const isLost = lastColumn?.role !== "text" && this.numeric.has(lastColumn?.name ?? "");
    if (whole || !isLost || cells[last] === "") return;
    this.problems.add(
      "csv/no-line-end",
      `line ${number} has no line end: its last cell "${(cells[last] ?? "").slice(0, 40)}" may be cut and is not read` +
        (this.points > before ? ", the cells before it are" : ""),
      { offset, line: number },
    );
  }

  private addRow(
    cells: readonly string[],
    header: readonly string[],
    place: { offset: number; line: number },
    usable: number,
  ): void {
    const layout = (this.layout ??= layoutOf(header, cells, this.delimiter));
    const step = layout === null ? null : stepOf(cells[layout.step] ?? "");
    if (layout === null || step === null) {
      this.problems.add("csv/no-step", noStepMessage(place.line, layout, cells), place);
      return;
    }
    const wallTime = layout.wallTime < 0 ? NaN : timeOf(cells[layout.wallTime] ?? "");
    const run = layout.run < 0 ? "" : partName(header[layout.run] ?? "", cells[layout.run] ?? "");
    if (layout.metric >= 0) {
      const name = cells[layout.metric] ?? "";
      if (layout.value < usable && name !== "") {
        this.addCell(run, name, step, wallTime, cells[layout.value] ?? "", place, NaN);
      }
      return;
    }
    for (let i = 0; i < usable; i++) {
      const column = layout.columns[i] as Column;
      const cell = cells[i] as string;
      if (column.role !== "value" || cell === "") continue;
      const stderr = column.stderr < 0 ? NaN : (valueOf(cells[column.stderr] ?? "") ?? NaN);
      this.addCell(column.part || run, column.name, step, wallTime, cell, place, stderr);
    }
  }

  private addCell(
    run: string,
    metric: string,
    step: number,
    wallTime: number,
    cell: string,
    place: { offset: number; line: number },
    stderr: number,
  ): void {
    let part = this.parts.get(run);
    if (!part) this.parts.set(run, (part = new PointBuffer()));
    const value = valueOf(cell);
    if (value === undefined) {
      this.textCells(metric, cell, place);
      return;
    }
    this.numeric.add(metric);
    part.add(part.idOf(metric), step, wallTime, value, stderr);
    this.points += 1;
  }

  /** Columns that have held a number: text in them is damage, text elsewhere is a column of text. */
  private readonly numeric = new Set<string>();

  private textCells(metric: string, cell: string, place: { offset: number; line: number }): void {
    if (cell.trim() === "" || !this.numeric.has(metric)) return;
    this.problems.add(
      "csv/not-a-number",
      `line ${place.line}: ${metric} is "${cell.slice(0, 40)}", not a number; not read`,
      place,
    );
  }

  *take(problems: ProblemList, atEnd: boolean): Generator<Chunk> {
    const axis = this.layout ? axisOf(this.layout.stepColumn) : undefined;
    let found = problems.take(atEnd);
    if (this.parts.size === 0) this.parts.set("", new PointBuffer());
    for (const [name, buffer] of this.parts) {
      if (buffer.length === 0 && found.length === 0) continue;
      yield {
        points: buffer.take(),
        problems: found,
        ...(name === "" ? {} : { part: name }),
        ...(axis === undefined ? {} : { axis }),
      };
      found = [];
    }
    this.points = 0;
  }
}

function noStepMessage(line: number, layout: Layout | null, cells: readonly string[]): string {
  return layout === null
    ? `line ${line}: no column is a step (${STEP_COLUMNS.slice(0, 4).join(", ")}, …) with a number; not read`
    : `line ${line}: ${layout.stepColumn} is "${(cells[layout.step] ?? "").slice(0, 40)}", not a number; not read`;
}

function hasOpenQuote(row: string): boolean {
  let quotes = 0;
  for (let i = row.indexOf('"'); i >= 0; i = row.indexOf('"', i + 1)) quotes++;
  return quotes % 2 === 1;
}

export const csv: Reader = {
  format: "csv",
  system: "CSV",
  kind: "log",
  claims,
  describe,
  read,
};
