/**
 * Parquet tables of metrics, wide or long: columns of numbers, text and times, and a nested `metrics` column. Read one row
 * group after the other. A file without a step column is a data set and not taken.
 */

import type { AsyncBuffer, Compressors, FileMetaData, SchemaElement } from "hyparquet";
import { FileError, readRange, type ByteSource } from "../io/files.js";
import { extensionOf } from "../io/path.js";
import { reasonOf } from "../model/problem.js";
import { REVISION_COLUMNS } from "./columns.js";
import { checkPages } from "./framing/parquetPages.js";
import { ProblemList } from "./problems.js";
import {
  EXAMINE,
  LOOK,
  NO,
  START,
  type Chunk,
  type Claim,
  type Cursor,
  type Examined,
  type FileInput,
  type Reader,
  type ReadInput,
} from "./reader.js";
import { decimalOf, Timestamp, type Cell } from "./table/cells.js";
import { examineTyped, TypedTable } from "./table/typed.js";

const EXTENSIONS = new Set([".parquet", ".pq"]);
const MAGIC = [0x50, 0x41, 0x52, 0x31];

/** Bounds, in bytes: of the footer, of a row group's columns that are read, of one page. */
const MAX_FOOTER = 64 * 2 ** 20;
const MAX_GROUP = 512 * 2 ** 20;
const MAX_PAGE = 256 * 2 ** 20;
const MAX_GROUP_ROWS = 20_000_000;

function claims(name: string, head: Uint8Array | null): Claim {
  if (!EXTENSIONS.has(extensionOf(name))) return NO;
  if (head === null) return LOOK;
  if (MAGIC.every((byte, i) => head[i] === byte)) return EXAMINE;
  const isPointer = head[0] === 0x76 && head.length < 1024;
  if (head.length === 0 || isPointer) return NO;
  return {
    kind: "problem",
    code: "parquet/not-parquet",
    message: "named as Parquet, but does not begin with its mark; not read",
  };
}

/** A column that is read. */
export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
  /** Digits behind the point of a decimal number, which is read as it is stored; null for any other. */
  readonly scale: number | null;
  /** A cell of this type, to tell what the column can be. */
  readonly sample: Cell;
}

export interface ParquetTable {
  readonly metadata: FileMetaData;
  readonly file: AsyncBuffer;
  readonly source: ByteSource;
  readonly columns: readonly ParquetColumn[];
}

async function examine(input: FileInput): Promise<Examined> {
  let table: ParquetTable;
  try {
    table = await openParquet(input.source);
  } catch (error) {
    if (error instanceof FileError) throw error;
    const message = `its footer cannot be read: ${reasonOf(error)}`;
    return { claim: { kind: "problem", code: "parquet/damaged-footer", message }, facts: null };
  }
  const { columns } = table;
  const header = columns.map(({ name }) => name);
  const samples = columns.map(({ sample }) => sample);
  const named = columns.filter(
    ({ name, sample }) => REVISION_COLUMNS.includes(name) && typeof sample === "string",
  );
  // Only the cells tell whether names of checkpoints say a step.
  if (named.length === 0) return examineTyped(header, [samples]);
  const rows: Cell[][] = Array.from({ length: 8 }, () => [...samples]);
  for (const column of named) {
    const cells = await firstCells(table, column, rows.length);
    for (const [i, row] of rows.entries()) row[columns.indexOf(column)] = cells[i] ?? null;
  }
  return examineTyped(header, rows);
}

/** The first cells of a column; none where they cannot be read: then reading will say why. */
async function firstCells(
  table: ParquetTable,
  column: ParquetColumn,
  count: number,
): Promise<Cell[]> {
  try {
    if (unreadable(table, 0, [column]) !== null) return [];
    const read = await readGroup(table, 0, 0, [column]);
    return Array.from({ length: Math.min(count, read[0]?.length ?? 0) }, (_, i) => read[0]?.[i]);
  } catch (error) {
    if (error instanceof FileError) throw error;
    return [];
  }
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(input.file);
  const rows = new TypedTable("parquet", problems);
  let table: ParquetTable;
  try {
    table = await openParquet(input.source);
  } catch (error) {
    if (error instanceof FileError) throw error;
    problems.add("parquet/damaged-footer", `its footer cannot be read: ${reasonOf(error)}`);
    yield* rows.finish();
    return START;
  }
  const header = table.columns.map(({ name }) => name);
  let start = 0;
  for (const [i, group] of table.metadata.row_groups.entries()) {
    signal?.throwIfAborted();
    const count = Number(group.num_rows);
    const reason = unreadable(table, i, table.columns);
    if (reason !== null) {
      problems.add("parquet/row-group", `row group ${i + 1}: ${reason}; not read`);
    } else {
      try {
        const columns = await readGroup(table, i, start, table.columns);
        yield* rows.add(header, columns, count);
      } catch (error) {
        if (error instanceof FileError) throw error;
        problems.add("parquet/row-group", `row group ${i + 1}: ${reasonOf(error)}; not read`);
      }
    }
    start += count;
  }
  yield* rows.finish();
  return START;
}

/** The footer of a file, and the columns that can be read as cells. Throws where it is damaged. */
export async function openParquet(source: ByteSource): Promise<ParquetTable> {
  const { parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  const { size } = source.stamp;
  const file: AsyncBuffer = {
    byteLength: size,
    slice: async (start, end = size) => {
      const length = Math.min(end, size) - start;
      if (!(start >= 0 && length >= 0)) throw new Error("a column lies outside of the file");
      if (length > MAX_GROUP) throw new Error(`${length} bytes at once are more than are read`);
      return (await readRange(source, start, length)).buffer;
    },
  };
  if (size < 12) throw new Error(`${size} bytes are too few`);
  const tail = new DataView((await readRange(source, size - 8, 8)).buffer);
  if (tail.byteLength < 8) throw new Error("the file became shorter while it was read");
  const footer = tail.getUint32(0, true);
  if (footer > MAX_FOOTER) throw new Error(`${footer} bytes of footer are more than are read`);
  const metadata = await parquetMetadataAsync(file, { geoparquet: false });
  const columns = parquetSchema(metadata).children.flatMap(({ element, children }) => {
    const isMetrics =
      element.name === "metrics" && children.length > 0 && element.converted_type === undefined;
    if (isMetrics && children.every((child) => child.children.length === 0)) {
      return [{ name: element.name, element, scale: null, sample: {} }];
    }
    const column = children.length === 0 ? columnOf(element) : null;
    return column === null ? [] : [column];
  });
  return { metadata, file, source, columns };
}

/** How a plain column is read; null for lists, raw bytes and types that are neither number, text nor time. */
function columnOf(element: SchemaElement): ParquetColumn | null {
  const { name, type, repetition_type, logical_type, converted_type } = element;
  if (repetition_type === "REPEATED" || type === undefined) return null;
  if (converted_type === "DECIMAL" || logical_type?.type === "DECIMAL") {
    const scale = element.scale ?? 0;
    // As it is stored: the digits are put right afterwards, without a rounding on the way.
    delete element.converted_type;
    delete element.logical_type;
    if (type !== "INT32" && type !== "INT64" && type !== "FIXED_LEN_BYTE_ARRAY") return null;
    return { name, element, scale, sample: 1 };
  }
  const sample = sampleOf(element);
  return sample === null ? null : { name, element, scale: null, sample };
}

function sampleOf({ type, logical_type, converted_type }: SchemaElement): Cell {
  if (logical_type?.type === "TIMESTAMP" || converted_type?.startsWith("TIMESTAMP") === true) {
    return new Timestamp(1e9);
  }
  if (type === "INT96" || converted_type === "DATE" || logical_type?.type === "DATE") {
    return new Timestamp(1e9);
  }
  if (converted_type?.startsWith("TIME") === true || logical_type?.type === "TIME") return null;
  if (type === "BYTE_ARRAY") {
    const isText = converted_type === "UTF8" || logical_type?.type === "STRING";
    const isJson = converted_type === "JSON" || logical_type?.type === "JSON";
    if (converted_type === "ENUM" || logical_type?.type === "ENUM" || isText) return "text";
    // Text without its mark, as old writers left it; a nested `metrics` may be stored as bytes of JSON.
    return isJson || (converted_type === undefined && logical_type === undefined) ? "{}" : null;
  }
  if (type === "FIXED_LEN_BYTE_ARRAY") {
    return logical_type?.type === "UUID" ? "text" : logical_type?.type === "FLOAT16" ? 1 : null;
  }
  return 1;
}

/** Why a row group is not read: it says that it is larger than anything that is; null where it may be read. */
function unreadable(
  table: ParquetTable,
  index: number,
  columns: readonly ParquetColumn[],
): string | null {
  const group = table.metadata.row_groups[index];
  if (!group) return "there is none";
  const names = new Set(columns.map(({ name }) => name));
  let bytes = 0;
  for (const { meta_data: chunk } of group.columns) {
    if (!chunk || !names.has(chunk.path_in_schema[0] ?? "")) continue;
    bytes += Math.max(Number(chunk.total_uncompressed_size), Number(chunk.total_compressed_size));
    if (!(Number(chunk.num_values) <= MAX_GROUP_ROWS))
      return `${chunk.num_values} values in a column`;
  }
  if (!(bytes <= MAX_GROUP)) return `${bytes} bytes, more than the ${MAX_GROUP} that are read`;
  const rows = Number(group.num_rows);
  return rows >= 0 && rows <= MAX_GROUP_ROWS ? null : `${rows} rows`;
}

/** The columns of a row group, each with as many cells as the group has rows. */
async function readGroup(
  { metadata, file, source }: ParquetTable,
  index: number,
  start: number,
  columns: readonly ParquetColumn[],
): Promise<ArrayLike<Cell>[]> {
  const { parquetRead } = await import("hyparquet");
  const group = metadata.row_groups[index];
  const count = Number(group?.num_rows ?? 0);
  if (count === 0) return columns.map(() => []);
  const names = new Set(columns.map(({ name }) => name));
  for (const { meta_data: chunk } of group?.columns ?? []) {
    if (!chunk || !names.has(chunk.path_in_schema[0] ?? "")) continue;
    const from = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const to = from + Number(chunk.total_compressed_size);
    if (!(from >= 0 && to <= file.byteLength)) throw new Error("a column lies outside of the file");
    const values = Number(chunk.num_values);
    await checkPages(source, from, to, { values, pageBytes: MAX_PAGE });
  }
  const chunks = new Map<string, ArrayLike<Cell>[]>();
  await parquetRead({
    file,
    metadata: { ...metadata, row_groups: group ? [group] : [], num_rows: BigInt(count) },
    rowStart: 0,
    rowEnd: count,
    columns: [...names],
    compressors: await compressors(),
    geoparquet: false,
    parsers: {
      timestampFromMilliseconds: (millis) => new Timestamp(Number(millis) / 1e3),
      timestampFromMicroseconds: (micros) => new Timestamp(Number(micros) / 1e6),
      timestampFromNanoseconds: (nanos) => new Timestamp(Number(nanos / 1000n) / 1e6),
      dateFromDays: (days) => new Timestamp(days * 86_400),
      jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes),
    },
    onChunk: ({ columnName, columnData }) => {
      const list = chunks.get(columnName) ?? [];
      list.push(columnData as ArrayLike<Cell>);
      chunks.set(columnName, list);
    },
  });
  return columns.map(({ name, scale }) => {
    const own = chunks.get(name) ?? [];
    const length = own.reduce((sum, piece) => sum + piece.length, 0);
    if (length !== count) {
      throw new Error(
        `column "${name}" has ${length} cells, the group says ${count} rows (from ${start})`,
      );
    }
    const cells = own.length === 1 && own[0] ? own[0] : own.flatMap((piece) => Array.from(piece));
    return scale === null ? cells : Array.from(cells, (cell) => storedDecimal(cell, scale));
  });
}

/** A decimal number as its column stores it: an integer, or the bytes of one, the highest first. */
function storedDecimal(cell: Cell, scale: number): Cell {
  if (cell instanceof Uint8Array) {
    let digits = 0n;
    for (const byte of cell) digits = (digits << 8n) | BigInt(byte);
    return decimalOf(BigInt.asIntN(cell.length * 8, digits), scale);
  }
  return typeof cell === "bigint" || typeof cell === "number" ? decimalOf(cell, scale) : null;
}

/** Loaded with the first file, and held to the length that a page's header says. */
async function compressors(): Promise<Compressors> {
  const { decompressBrotli, decompressGzip, decompressLz4, decompressLz4Raw } =
    await import("hyparquet-compressors");
  const { decompress } = await import("fzstd");
  const { snappyUncompress } = await import("hyparquet");
  const bounded =
    (inflate: (input: Uint8Array, length: number) => Uint8Array) =>
    (input: Uint8Array, length: number): Uint8Array => {
      if (!(length >= 0 && length <= MAX_PAGE)) {
        throw new Error(`a page of ${length} bytes is more than the ${MAX_PAGE} that are read`);
      }
      return inflate(input, length);
    };
  return {
    SNAPPY: bounded((input, length) => {
      const output = new Uint8Array(length);
      snappyUncompress(input, output);
      return output;
    }),
    GZIP: bounded(decompressGzip),
    BROTLI: bounded(decompressBrotli),
    ZSTD: bounded((input, length) => decompress(input, new Uint8Array(length))),
    LZ4: bounded(decompressLz4),
    LZ4_RAW: bounded(decompressLz4Raw),
  };
}

/** Columns by their names, nested ones as objects and lists; those that are not there are left out. */
export function nestedColumns(
  { metadata }: ParquetTable,
  names: readonly string[],
): readonly ParquetColumn[] {
  const [, ...elements] = metadata.schema;
  const columns: ParquetColumn[] = [];
  for (let i = 0; i < elements.length;) {
    const element = elements[i] as SchemaElement;
    if (names.includes(element.name)) {
      columns.push({ name: element.name, element, scale: null, sample: {} });
    }
    i = behind(elements, i);
  }
  return columns;
}

/** The index behind an element and all that is nested in it: the schema is a tree, written depth first. */
function behind(elements: readonly SchemaElement[], index: number): number {
  let next = index + 1;
  for (let left = elements[index]?.num_children ?? 0; left > 0 && next < elements.length; left--) {
    next = behind(elements, next);
  }
  return next;
}

/** Cells of a row group's columns, `start` rows from the file's first. Throws where they are damaged or too large. */
export function readParquetGroup(
  table: ParquetTable,
  index: number,
  start: number,
  columns: readonly ParquetColumn[],
): Promise<ArrayLike<Cell>[]> {
  const reason = unreadable(table, index, columns);
  if (reason !== null) throw new Error(`row group ${index + 1}: ${reason}`);
  return readGroup(table, index, start, columns);
}

export const parquet: Reader = {
  format: "parquet",
  system: "Parquet",
  kind: "log",
  isRewritten: true,
  claims,
  examine,
  read,
};
