/**
 * CSV and TSV metric logs: a header, then a row per step (wide) or per step and metric (long). The export of Weights &
 * Biases, whose columns are named `run - metric`, holds several runs.
 */

import { readPieces } from "../io/files.js";
import { extensionOf } from "../io/path.js";
import { STEP_COLUMNS } from "./columns.js";
import { LineSplitter, MAX_LINE_BYTES } from "./framing/lines.js";
import { decodeText, looksBinary } from "./json.js";
import { isLogName } from "./jsonl.js";
import { ProblemList } from "./problems.js";
import { stepNamedBy } from "./table/cells.js";
import { holdsSeveral, layoutFromRows, type TableLayout } from "./table/layout.js";
import { CHUNK_POINTS, TableRows } from "./table/rows.js";
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

interface Memory {
  readonly header: readonly string[] | null;
  readonly delimiter: string;
  readonly layout: TableLayout | null;
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
  if (isManifest(header, splitRow(lines[1] ?? "", delimiter))) return NO;
  if (lines.length === 1) {
    const hasStep = header.some((column) => STEP_COLUMNS.includes(column));
    return hasStep && header.length > 1 && isLogName(name) ? YES : NO;
  }
  return layoutFromHead(lines, header, delimiter) ? YES : NO;
}

/** True for a list of checkpoints: it says where they are, not what was measured. */
export function isManifest(header: readonly string[], first: readonly string[]): boolean {
  return header.some(
    (column, i) =>
      /^checkpoint[ _-]?(dir|directory|path)$/i.test(column) ||
      (/^checkpoint$/i.test(column) && stepNamedBy(first[i]) === null),
  );
}

/** The layout that the head's first rows give; null for a table that is no log. */
function layoutFromHead(
  lines: readonly string[],
  header: readonly string[],
  delimiter: string,
): TableLayout | null {
  const rows = lines.slice(1, 9).map((line) => splitRow(line, delimiter));
  return layoutFromRows(header, rows);
}

/** Complete, non-empty lines of a file's beginning. */
export function headLines(head: Uint8Array): string[] {
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
  return {
    isRun: false,
    config: null,
    columns: header,
    severalRuns: layout !== null && holdsSeveral(layout),
  };
}

export function delimiterOf(header: string): string {
  if (header.includes("\t")) return "\t";
  return !header.includes(",") && header.includes(";") ? ";" : ",";
}

export function headerOf(cells: readonly string[]): string[] {
  return cells.map((cell) => cell.trim());
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
  const rows = new Lines(from.memory as Memory | null, problems);
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
    if (rows.points >= CHUNK_POINTS) yield* rows.take(false);
  }
  yield* rows.take(false);
  // The last line has no end: its last cell may be cut. The others are whole, and are read again once there is more.
  const { offset, number, memory } = rows.resumeAt(splitter.offset, splitter.number);
  rows.addUnfinished(decodeText(splitter.rest()), splitter.offset, splitter.number);
  for (const chunk of rows.take(true)) yield { ...chunk, provisional: true };
  return { offset, line: number, memory };
}

/** Turns lines into rows, and these into points. */
class Lines {
  private header: readonly string[] | null;
  private delimiter: string;
  private readonly rows: TableRows;
  /** Lines of a row whose quoted cell holds a line break. */
  private open = "";
  private openAt = { offset: 0, line: 0 };

  constructor(
    memory: Memory | null,
    private readonly problems: ProblemList,
  ) {
    this.header = memory?.header ?? null;
    this.delimiter = memory?.delimiter ?? ",";
    this.rows = new TableRows(memory?.layout ?? null, problems, { format: "csv", typed: false });
  }

  get points(): number {
    return this.rows.points;
  }

  take(atEnd: boolean): Generator<Chunk> {
    return this.rows.take(atEnd);
  }

  /** Where to continue: at the start of a row that is still open, else at the next line. */
  resumeAt(offset: number, line: number): { offset: number; number: number; memory: Memory } {
    const { header, delimiter } = this;
    const { layout } = this.rows;
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
    this.rows.add(this.header, cells, { place, name: `line ${place.line}` });
  }

  addUnfinished(line: string, offset: number, number: number): void {
    if (line === "" || this.open !== "" || this.header === null) return;
    const cells = splitRow(line, this.delimiter);
    const last = cells.length - 1;
    const { layout } = this.rows;
    if (cells.length !== this.header.length || layout?.step === last) return;
    const whole = line.endsWith('"') && !hasOpenQuote(line);
    const before = this.points;
    const at = { place: { offset, line: number }, name: `line ${number}` };
    this.rows.add(this.header, cells, at, whole ? cells.length : last);
    const lastColumn = this.rows.layout?.columns[last];
    const isLost = lastColumn?.role !== "text" && this.rows.isNumeric(lastColumn?.name ?? "");
    if (whole || !isLost || cells[last] === "") return;
    this.problems.add(
      "csv/no-line-end",
      `line ${number} has no line end: its last cell "${(cells[last] ?? "").slice(0, 40)}" may be cut and is not read` +
        (this.points > before ? ", the cells before it are" : ""),
      { offset, line: number },
    );
  }
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
