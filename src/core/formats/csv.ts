/**
 * Delimited metric logs: a header, then a row per step (wide) or per step and metric (long). Commas, tabs, semicolons,
 * bars or blanks between the cells; behind semicolons a comma in a number is its decimal point, unless the file has
 * numbers with points. The header may be a comment. The export of Weights & Biases, whose columns are named
 * `run - metric`, holds several runs.
 */

import { extensionOf } from "../io/path.js";
import { emptyColumns } from "../model/series.js";
import { rankOfStep } from "./columns.js";
import { BLANKS, endsInQuotes, splitRow } from "./framing/delimited.js";
import { LineSplitter, MAX_LINE_BYTES } from "./framing/lines.js";
import { decodeText, looksBinary } from "./json.js";
import { Kernel } from "./kernels/kernel.js";
import { readLines, type LineRows } from "./kernels/readLines.js";
import { delimitedTemplate, type TextTemplate } from "./kernels/rowText.js";
import { isLogName } from "./logNames.js";
import { ProblemList } from "./problems.js";
import { stepNamedBy, stepOf, valueOf } from "./table/cells.js";
import { holdsSeveral, layoutFromRows, type TableLayout } from "./table/layout.js";
import { CHUNK_POINTS, TableRows, type RowsMemory } from "./table/rows.js";
import {
  HEAD_BYTES,
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

const EXTENSIONS = new Set([".csv", ".tsv"]);
/** Of files that are tables only where their first lines plainly are. */
const PLAIN_EXTENSIONS = new Set([".txt", ".dat", ".log", ".out"]);

/** Bytes that are looked at where the header is longer than the usual head. */
const LONG_HEAD_BYTES = 4 * 1024 * 1024;
const MAX_COLUMNS = 200_000;
/** Characters of a quoted cell with line breaks; a quote without an end within them is damage. */
const MAX_QUOTED = 1024 * 1024;

interface Header {
  readonly names: readonly string[];
  readonly delimiter: string;
}

interface Memory {
  readonly header: Header | null;
  /** A comment before the first row, which may be the header. */
  readonly comment: string | null;
  /** Whether a comma is the decimal point; null before a number tells. */
  readonly decimalComma: boolean | null;
  readonly rows: RowsMemory | null;
}

function claims(name: string, head: Uint8Array | null): Claim {
  const extension = extensionOf(name);
  const isTable = EXTENSIONS.has(extension);
  if (!isTable && !PLAIN_EXTENSIONS.has(extension)) return NO;
  if (head === null) return LOOK;
  if (head.length === 0) return isTable && isLogName(name) ? YES : NO;
  if (looksBinary(head)) {
    return isTable
      ? {
          kind: "problem",
          code: "csv/binary",
          message: `named ${extension} but not text; not read`,
        }
      : NO;
  }
  if (isTable && head.length === HEAD_BYTES && !head.includes(10))
    return { kind: "look", bytes: LONG_HEAD_BYTES };
  const table = tableIn(head);
  if (!table) return NO;
  const { header, rows } = table;
  if (!isTable) return isPlainTable(table) ? YES : NO;
  if (isManifest(header.names, rows[0] ?? [])) return NO;
  if (rows.length === 0) {
    const hasStep = header.names.some((column) => rankOfStep(column) < Infinity);
    return hasStep && header.names.length > 1 && isLogName(name) ? YES : NO;
  }
  return layoutFromRows(header.names, rows) ? YES : NO;
}

/** True for a list of checkpoints: it says where they are, not what was measured. */
export function isManifest(header: readonly string[], first: readonly string[]): boolean {
  return header.some(
    (column, i) =>
      /^checkpoint[ _-]?(dir|directory|path)$/i.test(column) ||
      (/^checkpoint$/i.test(column) && stepNamedBy(first[i]) === null),
  );
}

interface Table {
  readonly header: Header;
  /** The first rows. */
  readonly rows: readonly (readonly string[])[];
}

/** What the complete lines of a file's beginning hold; null where there are none. */
export function tableIn(head: Uint8Array): Table | null {
  const lines = decodeText(head).split(/\r?\n/);
  if (head.length >= 4096 && lines.length > 1) lines.pop();
  let header: Header | null = null;
  let comment: string | null = null;
  const rows: string[][] = [];
  const decimals = new Decimals();
  for (const line of lines) {
    if (line.trim() === "") continue;
    if (line.startsWith("#")) {
      if (header === null) comment = line;
      continue;
    }
    if (header === null) {
      const found = headerOf(line, comment);
      ({ header } = found);
      if (!found.isRow) continue;
    }
    const { names, delimiter } = header;
    rows.push(decimals.apply(splitRow(line, delimiter, names.length + 1), delimiter));
    if (rows.length === 8) break;
  }
  return header && { header, rows };
}

const isStep = (column: string): boolean => rankOfStep(column) < Infinity;

/** The header that the first line is; or the comment before it, where that has a step column and fits the line. */
function headerOf(line: string, comment: string | null): { header: Header; isRow: boolean } {
  const own = headerIn(line);
  if (comment !== null && !own.names.some(isStep)) {
    const header = headerIn(comment.replace(/^#+\s*/, ""));
    const cells = splitRow(line, header.delimiter, header.names.length + 1);
    const step = header.names.findIndex(isStep);
    if (cells.length === header.names.length && stepOf(cells[step]) !== null)
      return { header, isRow: true };
  }
  return { header: own, isRow: false };
}

/** The names in a header, split by the delimiter that gives a step column; else by the one that there is. */
export function headerIn(line: string): Header {
  const split = (delimiter: string): Header => ({
    names: splitRow(line, delimiter, MAX_COLUMNS + 1).map((cell) => cell.trim()),
    delimiter,
  });
  const delimiters = ["\t", ",", ";", "|"].filter((delimiter) => line.includes(delimiter));
  if (delimiters.length === 0) delimiters.push(BLANKS);
  for (const delimiter of delimiters) {
    const header = split(delimiter);
    if (header.names.length > 1 && header.names.some(isStep)) return header;
  }
  return split(delimiters[0] === BLANKS ? "," : (delimiters[0] as string));
}

/** True where all of the first rows have a number for each name but few, and steps that do not go back. */
function isPlainTable({ header: { names }, rows }: Table): boolean {
  const step = names.findIndex(isStep);
  if (step < 0 || rows.length < 2) return false;
  if (names.some((name) => name === "" || valueOf(name) !== undefined)) return false;
  let before = -Infinity;
  return rows.every((cells) => {
    const at = stepOf(cells[step]);
    const numbers = cells.filter((cell) => cell === "" || typeof valueOf(cell) === "number").length;
    const isRow = at !== null && at >= before && cells.length === names.length;
    before = at ?? before;
    return isRow && numbers > 1 && numbers > cells.length / 2;
  });
}

function describe(_name: string, head: Uint8Array): HeadFacts {
  const table = tableIn(head);
  const layout: TableLayout | null = table && layoutFromRows(table.header.names, table.rows);
  return {
    isRun: false,
    config: null,
    columns: table?.header.names ?? [],
    severalRuns: layout !== null && holdsSeveral(layout),
  };
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const kernel = Kernel.take();
  const cursor = yield* readDelimited(kernel, input, signal);
  kernel?.giveBack();
  return cursor;
}

/** Reads by a kernel, or all lines plainly where there is none: what comes out is the same, in other chunks. */
export async function* readDelimited(
  kernel: Kernel | null,
  input: ReadInput,
  signal?: AbortSignal,
): AsyncGenerator<Chunk, Cursor> {
  let { from } = input;
  for (;;) {
    const problems = new ProblemList(input.file);
    const rows = new Lines(from.memory as Memory | null, problems);
    const cursor = yield* readOn(kernel, { ...input, from }, rows, problems, signal);
    if (!rows.isVoid) return cursor;
    from = { offset: 0, line: 1, memory: rows.memoryForAnew() };
    yield { points: emptyColumns(), problems: [], startsAnew: true };
  }
}

async function* readOn(
  kernel: Kernel | null,
  { source, from }: ReadInput,
  rows: Lines,
  problems: ProblemList,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk, Cursor> {
  const splitter = new LineSplitter(from.offset, from.line);
  for await (const chunk of readLines(kernel, source, splitter, rows, signal)) {
    if (chunk) yield chunk;
    if (rows.isVoid) return from;
    for (const { offset, number } of splitter.tooLong.splice(0)) {
      const limit = `${MAX_LINE_BYTES / 2 ** 20} MiB`;
      problems.add("csv/line-too-long", `line ${number} is longer than ${limit}; stepped over`, {
        offset,
        line: number,
      });
    }
    if (rows.points >= CHUNK_POINTS) yield* rows.take(false);
  }
  yield* rows.take(false);
  // The last line has no end: its last cell may be cut. The others are whole, and are read again once there is more.
  const { offset, number, memory } = rows.resumeAt(splitter.offset, splitter.number);
  rows.addUnfinished(decodeText(splitter.rest()), splitter.offset, splitter.number);
  if (rows.isVoid) return from;
  for (const chunk of rows.take(true)) yield { ...chunk, provisional: true };
  return { offset, line: number, memory };
}

const WITH_COMMA = /^\s*[-+]?\d*,\d+(?:e[-+]?\d+)?\s*$/i;
const WITH_POINT = /^\s*[-+]?\d*\.\d+(?:e[-+]?\d+)?\s*$/i;

/** Numbers behind semicolons: the first one that is not whole tells whether the comma is the decimal point. */
class Decimals {
  /** `isComma` null before a number tells. */
  constructor(public isComma: boolean | null = null) {}

  /** The cells with decimal commas as points. Points that may set thousands apart are not believed. */
  apply(cells: string[], delimiter: string): string[] {
    if (delimiter !== ";" || this.isComma === false) return cells;
    if (this.isComma === null) {
      const first = cells.find((cell) => WITH_COMMA.test(cell) || WITH_POINT.test(cell));
      if (first === undefined) return cells;
      this.isComma = WITH_COMMA.test(first);
      if (!this.isComma) return cells;
    }
    return cells.map((cell) => {
      if (WITH_COMMA.test(cell)) return cell.replace(",", ".");
      return WITH_POINT.test(cell) ? `'${cell.trim()}'` : cell;
    });
  }
}

interface OpenLine {
  readonly text: string;
  readonly offset: number;
  readonly line: number;
}

/** Turns lines into rows, and these into points. */
class Lines implements LineRows {
  private header: Header | null;
  private comment: string | null;
  private readonly decimals: Decimals;
  readonly table: TableRows;
  /** Lines of a row whose quoted cell holds a line break. */
  private open: OpenLine[] = [];
  private openLength = 0;

  constructor(
    memory: Memory | null,
    private readonly problems: ProblemList,
  ) {
    this.header = memory?.header ?? null;
    this.comment = memory?.comment ?? null;
    this.decimals = new Decimals(memory?.decimalComma);
    this.table = new TableRows(memory?.rows ?? null, problems, { format: "csv", typed: false });
  }

  get points(): number {
    return this.table.points;
  }

  get isVoid(): boolean {
    return this.table.isVoid;
  }

  take(atEnd: boolean): Generator<Chunk> {
    return this.table.take(atEnd);
  }

  /** What is known from the first row on, without what only the rows behind it told. */
  memoryForAnew(): Memory {
    const { withinEpoch } = this.table.memory();
    const rows = { layouts: new Map(), withinEpoch };
    return { header: null, comment: null, decimalComma: null, rows };
  }

  /** Where to continue: at the start of a row that is still open, else at the next line. */
  resumeAt(offset: number, line: number): { offset: number; number: number; memory: Memory } {
    const { header, comment } = this;
    const decimalComma = this.decimals.isComma;
    const memory = { header, comment, decimalComma, rows: this.table.memory() };
    const [first] = this.open;
    if (!first) return { offset, number: line, memory };
    this.problems.add(
      "csv/open-quote",
      `the quoted cell in line ${first.line} has no end yet; what follows it is not read`,
      { offset: first.offset, line: first.line },
    );
    return { offset: first.offset, number: first.line, memory };
  }

  get isWithinRow(): boolean {
    return this.open.length > 0;
  }

  onLine(line: Uint8Array, offset: number, number: number): void {
    this.addLine(decodeText(line), offset, number);
  }

  templateOf(line: Uint8Array): TextTemplate | null {
    const { header, table, decimals } = this;
    if (header === null || (header.delimiter === ";" && decimals.isComma !== false)) return null;
    return delimitedTemplate(line, header, table);
  }

  private addLine(text: string, offset: number, line: number): void {
    const isOpen = this.open.length > 0;
    if (!isOpen && (text.trim() === "" || text.startsWith("#"))) {
      if (this.header === null && text.startsWith("#")) this.comment = text;
      return;
    }
    const delimiter = this.header?.delimiter ?? headerIn(text).delimiter;
    if (text.includes('"') ? endsInQuotes(text, delimiter, isOpen) : isOpen) {
      this.open.push({ text, offset, line });
      this.openLength += text.length + 1;
      if (this.openLength > MAX_QUOTED) this.giveUpQuote();
      return;
    }
    const place = isOpen ? (this.open[0] as OpenLine) : { offset, line };
    const row = isOpen ? [...this.open, { text }].map((own) => own.text).join("\n") : text;
    this.open = [];
    this.openLength = 0;
    this.addRow(row, { offset: place.offset, line: place.line });
  }

  /** A quote without an end is damage of its line: those behind it are read as lines of their own. */
  private giveUpQuote(): void {
    const [first, ...others] = this.open as [OpenLine, ...OpenLine[]];
    this.problems.add(
      "csv/quote-without-end",
      `the quoted cell in line ${first.line} has no end; the line is not read`,
      { offset: first.offset, line: first.line },
    );
    this.open = [];
    this.openLength = 0;
    for (const { text, offset, line } of others) this.addLine(text, offset, line);
  }

  private addRow(row: string, place: { offset: number; line: number }): void {
    if (this.header === null) {
      const found = headerOf(row, this.comment);
      this.header = found.header;
      if (this.header.names.length > MAX_COLUMNS) {
        this.header = { ...this.header, names: [] };
        const message = `the header has more than ${MAX_COLUMNS} columns; not read`;
        this.problems.add("csv/too-many-columns", message, place);
      }
      if (!found.isRow) return;
    }
    const { names } = this.header;
    if (names.length === 0) return;
    const cells = this.cellsOf(row, this.header);
    if (cells.length !== names.length) {
      const count = cells.length > names.length ? "more" : `${cells.length}`;
      this.problems.add(
        "csv/row-length",
        `line ${place.line} has ${count} cells, the header has ${names.length}; not read`,
        place,
      );
      return;
    }
    const at = { place, name: `line ${place.line}` };
    if (!this.table.add(names, cells, at)) this.table.reportMissingStep(at);
  }

  private cellsOf(row: string, { names, delimiter }: Header): string[] {
    return this.decimals.apply(splitRow(row, delimiter, names.length + 1), delimiter);
  }

  addUnfinished(text: string, offset: number, line: number): void {
    if (text === "" || this.open.length > 0 || this.header === null) return;
    const { names, delimiter } = this.header;
    const cells = this.cellsOf(text, this.header);
    const last = cells.length - 1;
    if (cells.length !== names.length || isStep(names[last] ?? "")) return;
    const whole = text.endsWith('"') && !endsInQuotes(text, delimiter, false);
    const before = this.points;
    const at = { place: { offset, line }, name: `line ${line}` };
    this.table.add(names, cells, at, whole ? cells.length : last);
    const lastColumn = this.table.layout?.columns[last];
    const isLost = lastColumn?.role !== "text" && this.table.numeric.has(lastColumn?.name ?? "");
    if (whole || !isLost || cells[last] === "") return;
    this.problems.add(
      "csv/no-line-end",
      `line ${line} has no line end: its last cell "${(cells[last] ?? "").slice(0, 40)}" may be cut and is not read` +
        (this.points > before ? ", the cells before it are" : ""),
      { offset, line },
    );
  }
}

export const csv: Reader = {
  format: "csv",
  system: "CSV",
  kind: "log",
  claims,
  describe,
  read,
};
