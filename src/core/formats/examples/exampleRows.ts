/** The rows of a long table of examples, whatever the table is stored as, each with its place. */

import { FileError, readPieces, readRange, type ByteSource } from "../../io/files.js";
import { extensionOf } from "../../io/path.js";
import { isPlainObject } from "../../model/config.js";
import { reasonOf } from "../../model/problem.js";
import type { Place } from "../examples.js";
import { splitRow } from "../framing/delimited.js";
import { LineSplitter, MAX_LINE_BYTES } from "../framing/lines.js";
import { decodeText, parseJson } from "../json.js";
import { openParquet, readParquetGroup } from "../parquet.js";
import type { ProblemList } from "../problems.js";
import type { Cell } from "../table/cells.js";
import { exampleColumns, type ExampleColumns } from "./exampleColumns.js";

export interface PlacedRow {
  readonly cells: readonly Cell[];
  readonly place: Place;
}

export interface RowBatch {
  readonly columns: ExampleColumns;
  readonly rows: readonly PlacedRow[];
}

export function isParquet(name: string): boolean {
  return /\.(parquet|pq)$/i.test(name);
}

/** The columns that the first bytes of a text table say; null where it is none of examples. */
export function columnsInHead(name: string, head: Uint8Array): ExampleColumns | null {
  const text = decodeText(head);
  const isJson = extensionOf(name) === ".jsonl";
  const splitter: TextRows = isJson ? new JsonRows() : new CsvRows();
  for (const line of text.split("\n")) {
    const row = splitter.row(line.replace(/\r$/, ""));
    if (row && splitter.header) return exampleColumns(splitter.header, row);
  }
  return null;
}

/** Batches of rows. `wants` says which columns' cells are needed; of the others they may be missing. */
export async function* exampleRows(
  source: ByteSource,
  name: string,
  problems: ProblemList,
  signal: AbortSignal | undefined,
): AsyncGenerator<RowBatch, void> {
  if (isParquet(name)) yield* parquetRows(source, problems, signal);
  else yield* textRows(source, name, problems, signal);
}

/** One row again, with all of its cells, for its texts. */
export async function exampleRowAt(
  source: ByteSource,
  name: string,
  { at, length }: Place,
): Promise<{ columns: ExampleColumns; cells: readonly Cell[] } | null> {
  if (isParquet(name)) return parquetRowAt(source, at);
  const head = await readRange(source, 0, 64 * 1024);
  const columns = columnsInHead(name, head);
  if (!columns) return null;
  const splitter =
    extensionOf(name) === ".jsonl"
      ? new JsonRows(columns.header)
      : new CsvRows(columns.header, decodeText(head));
  const [cells] = decodeText(await readRange(source, at, length))
    .split("\n")
    .flatMap((line) => {
      const row = splitter.row(line.replace(/\r$/, ""));
      return row ? [row] : [];
    });
  return cells ? { columns, cells } : null;
}

/** The columns that a Parquet file's schema says; null where it is none of examples, or cannot be read. */
export async function parquetColumns(source: ByteSource): Promise<ExampleColumns | null> {
  try {
    const { columns } = await openParquet(source);
    return exampleColumns(
      columns.map(({ name }) => name),
      columns.map(({ sample }) => sample),
    );
  } catch (error) {
    if (error instanceof FileError) throw error;
    return null;
  }
}

interface TextRows {
  readonly header: readonly string[] | null;
  /** The cells of a row that ends with this line; null where it goes on, or holds no row. */
  row(line: string): readonly Cell[] | null;
  /** True while a row goes on over the end of its line. */
  readonly isOpen: boolean;
}

/** Rows of CSV and TSV, whose quoted cells may hold line breaks. */
class CsvRows implements TextRows {
  private open = "";
  private delimiter = ",";

  constructor(
    public header: readonly string[] | null = null,
    text?: string,
  ) {
    if (text !== undefined) this.delimiter = delimiterOf(text.split("\n", 1)[0] ?? "");
  }

  get isOpen(): boolean {
    return this.open !== "";
  }

  row(line: string): readonly Cell[] | null {
    if (this.open === "" && (line.trim() === "" || line.startsWith("#"))) return null;
    const row = this.open === "" ? line : `${this.open}\n${line}`;
    if ((row.split('"').length - 1) % 2 === 1 && row.length < MAX_LINE_BYTES) {
      this.open = row;
      return null;
    }
    this.open = "";
    if (this.header === null) {
      this.delimiter = delimiterOf(row);
      this.header = splitRow(row, this.delimiter).map((cell) => cell.trim());
      return null;
    }
    const cells = splitRow(row, this.delimiter);
    return cells.length === this.header.length ? cells : null;
  }
}

function delimiterOf(header: string): string {
  if (header.includes("\t")) return "\t";
  return !header.includes(",") && header.includes(";") ? ";" : ",";
}

/** Rows of JSON lines: the first says which columns there are. */
class JsonRows implements TextRows {
  readonly isOpen = false;

  constructor(public header: readonly string[] | null = null) {}

  row(line: string): readonly Cell[] | null {
    if (line.trim() === "") return null;
    const parsed = parseJson(line);
    if (!parsed.ok || !isPlainObject(parsed.value)) return null;
    const row = parsed.value;
    this.header ??= Object.keys(row);
    return this.header.map((name) => (Object.hasOwn(row, name) ? (row[name] as Cell) : null));
  }
}

async function* textRows(
  source: ByteSource,
  name: string,
  problems: ProblemList,
  signal: AbortSignal | undefined,
): AsyncGenerator<RowBatch, void> {
  const lines = new LineSplitter(0, 1);
  const splitter = extensionOf(name) === ".jsonl" ? new JsonRows() : new CsvRows();
  const found: { columns: ExampleColumns | null; rows: PlacedRow[] } = { columns: null, rows: [] };
  const batch = (): RowBatch[] => {
    const { columns, rows } = found;
    found.rows = [];
    return columns && rows.length > 0 ? [{ columns, rows }] : [];
  };
  let start = 0;
  const take = (line: Uint8Array, offset: number, number: number): void => {
    if (!splitter.isOpen) start = offset;
    const hadHeader = splitter.header !== null;
    const cells = splitter.row(decodeText(line));
    if (cells === null) {
      if (hadHeader && !splitter.isOpen && line.length > 0) {
        problems.add("examples/bad-line", "no row of the table; not read", {
          offset,
          line: number,
        });
      }
      return;
    }
    found.columns ??= exampleColumns(splitter.header ?? [], cells);
    found.rows.push({ cells, place: { at: start, length: offset + line.length - start } });
  };
  for await (const piece of readPieces(source, 0, signal)) {
    lines.push(piece, take);
    yield* batch();
  }
  const rest = lines.rest();
  // A last line without its end is being written, unless it is whole.
  const isWhole =
    extensionOf(name) === ".jsonl"
      ? parseJson(decodeText(rest)).ok
      : /[\w"]$/.test(decodeText(rest));
  if (rest.length > 0 && isWhole) take(rest, lines.offset, lines.number);
  yield* batch();
}

async function* parquetRows(
  source: ByteSource,
  problems: ProblemList,
  signal: AbortSignal | undefined,
): AsyncGenerator<RowBatch, void> {
  try {
    const table = await openParquet(source);
    const header = table.columns.map(({ name }) => name);
    const samples = table.columns.map(({ sample }) => sample);
    const shape = exampleColumns(header, samples);
    if (!shape) return;
    const { layout, id, outcomes } = shape;
    const needed = new Set([
      ...layout.steps,
      layout.shots,
      id,
      ...layout.runs,
      ...layout.tasks,
      ...outcomes,
    ]);
    let start = 0;
    for (const [group, { num_rows: count }] of table.metadata.row_groups.entries()) {
      signal?.throwIfAborted();
      const own = table.columns.filter((_, i) => needed.has(i));
      const read = await readParquetGroup(table, group, start, own);
      const at = header.map((_, i) =>
        needed.has(i) ? own.indexOf(table.columns[i] as never) : -1,
      );
      const rows = Array.from({ length: Number(count) }, (_, r): PlacedRow => ({
        cells: at.map((i) => (i < 0 ? null : read[i]?.[r])),
        place: { at: start + r, length: 1 },
      }));
      yield { columns: shape, rows };
      start += Number(count);
    }
  } catch (error) {
    if (error instanceof FileError || signal?.aborted === true) throw error;
    problems.add("examples/damaged", `${reasonOf(error)}; not read on`);
  }
}

async function parquetRowAt(
  source: ByteSource,
  row: number,
): Promise<{ columns: ExampleColumns; cells: readonly Cell[] } | null> {
  const table = await openParquet(source);
  const header = table.columns.map(({ name }) => name);
  const columns = exampleColumns(
    header,
    table.columns.map(({ sample }) => sample),
  );
  let start = 0;
  for (const [group, { num_rows: count }] of table.metadata.row_groups.entries()) {
    if (columns && row < start + Number(count)) {
      const read = await readParquetGroup(table, group, start, table.columns);
      return { columns, cells: read.map((column) => column[row - start]) };
    }
    start += Number(count);
  }
  return null;
}
