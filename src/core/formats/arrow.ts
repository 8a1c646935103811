/**
 * Arrow tables of metrics: IPC files, streams and Feather (version 2), compressed or not, one record batch after the other.
 * A table without a step column is a data set and not taken.
 */

import {
  compressionRegistry,
  CompressionType,
  DataType,
  RecordBatchReader,
  type Data,
  type Field,
  type RecordBatch,
  type Schema,
  type Vector,
} from "apache-arrow";
import { Decompress } from "fzstd";
import { FileError, type ByteSource } from "../io/files.js";
import { extensionOf } from "../io/path.js";
import { reasonOf } from "../model/problem.js";
import { arrowMessages } from "./framing/arrowMessages.js";
import { readLz4Frame } from "./framing/lz4Frame.js";
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
import { REVISION_COLUMNS } from "./columns.js";
import { examineTyped, TypedTable } from "./table/typed.js";

const EXTENSIONS = new Set([".arrow", ".arrows", ".feather", ".ipc"]);

/** The longest decompressed buffer, in bytes. */
const MAX_BUFFER = 256 * 2 ** 20;

function claims(name: string, head: Uint8Array | null): Claim {
  if (!EXTENSIONS.has(extensionOf(name))) return NO;
  if (head === null) return LOOK;
  const begins = (text: string): boolean =>
    text.split("").every((char, i) => head[i] === char.charCodeAt(0));
  const isStream = head.length >= 8 && head.subarray(0, 4).every((byte) => byte === 0xff);
  if (begins("ARROW1") || isStream) return EXAMINE;
  if (begins("FEA1")) {
    return {
      kind: "problem",
      code: "arrow/feather-version",
      message: "Feather of version 1, which Arrow itself no longer writes; not read",
    };
  }
  return NO;
}

async function examine(input: FileInput): Promise<Examined> {
  try {
    const reader = await open(input.source);
    const columns = columnsOf(reader.schema);
    const header = columns.map(({ name }) => name);
    const samples = columns.map(({ sample }) => sample);
    const asksCells = columns.some(
      ({ name, sample }) => REVISION_COLUMNS.includes(name) && typeof sample === "string",
    );
    if (!asksCells) return examineTyped(header, [samples]);
    // Only the cells tell whether names of checkpoints say a step.
    const next = await reader.next();
    if (next.done === true) return examineTyped(header, [samples]);
    const cells = cellsOf(next.value, columns);
    const count = Math.min(8, next.value.numRows);
    const rows = Array.from({ length: count }, (_, i) => cells.map((column) => column[i]));
    return examineTyped(header, rows);
  } catch (error) {
    if (error instanceof FileError) throw error;
    const message = `its schema cannot be read: ${reasonOf(error)}`;
    return { claim: { kind: "problem", code: "arrow/damaged", message }, facts: null };
  }
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(input.file);
  const table = new TypedTable("arrow", problems);
  let batches = 0;
  try {
    const reader = await open(input.source);
    const columns = columnsOf(reader.schema);
    const header = columns.map(({ name }) => name);
    for (;;) {
      signal?.throwIfAborted();
      const next = await reader.next();
      if (next.done === true) break;
      batches += 1;
      yield* table.add(header, cellsOf(next.value, columns), next.value.numRows);
    }
  } catch (error) {
    if (error instanceof FileError || signal?.aborted === true) throw error;
    const message = `cannot be read behind record batch ${batches}: ${reasonOf(error)}`;
    problems.add("arrow/damaged", message);
  }
  yield* table.finish();
  return START;
}

/** A record batch of a table, whose cells are made only when they are asked for. */
export interface ArrowRows {
  readonly rows: number;
  /** Bytes that it keeps. */
  readonly bytes: number;
  /** Column by column, of the columns that can be read. Throws where one is cut. */
  cells(from: number, to: number): Cell[][];
}

/** The schema of a table, and its record batches one after the other. Throws where it is damaged. */
export async function openArrow(source: ByteSource): Promise<{
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly isRead: readonly boolean[];
  readonly batches: AsyncGenerator<ArrowRows, void>;
}> {
  const reader = await open(source);
  const columns = columnsOf(reader.schema);
  const read = new Set(columns.map(({ index }) => index));
  async function* batches(): AsyncGenerator<ArrowRows, void> {
    for (;;) {
      const next = await reader.next();
      if (next.done === true) return;
      const batch = next.value;
      yield {
        rows: batch.numRows,
        bytes: batch.data.byteLength,
        cells: (from, to) => cellsOf(batch.slice(from, to), columns),
      };
    }
  }
  return {
    columns: reader.schema.fields.map(({ name, type }) => ({ name, type: String(type) })),
    isRead: reader.schema.fields.map((_, index) => read.has(index)),
    batches: batches(),
  };
}

/** A reader that asks for no more of the file than the next batch. */
async function open(source: ByteSource): Promise<BatchReader> {
  compressionRegistry.set(CompressionType.LZ4_FRAME, {
    decode: (frame) => readLz4Frame(frame, MAX_BUFFER),
  });
  compressionRegistry.set(CompressionType.ZSTD, { decode: inflateZstd });
  const reader = await RecordBatchReader.from(arrowMessages(source));
  await reader.open({ autoDestroy: true });
  return reader as BatchReader;
}

interface BatchReader {
  readonly schema: Schema;
  open(options: { autoDestroy: boolean }): Promise<unknown>;
  next(): Promise<IteratorResult<RecordBatch, unknown>>;
}

function inflateZstd(frame: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((piece) => {
    length += piece.length;
    if (length > MAX_BUFFER) throw new Error(`more than ${MAX_BUFFER} bytes when decompressed`);
    pieces.push(piece.slice());
  });
  stream.push(frame, true);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A column that is read, and a cell of its type, to tell what it can be. */
interface ArrowColumn {
  readonly index: number;
  readonly name: string;
  readonly type: DataType;
  readonly sample: Cell;
}

function columnsOf(schema: Schema): ArrowColumn[] {
  return schema.fields.flatMap((field: Field, index) => {
    const type = field.type as DataType;
    const sample = sampleOf(type, field.name);
    return sample === null ? [] : [{ index, name: field.name, type, sample }];
  });
}

/** Null for lists, raw bytes and types that are neither number, text nor time. */
function sampleOf(type: DataType, name: string): Cell {
  if (DataType.isDictionary(type)) return sampleOf(type.dictionary as DataType, name);
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isBool(type)) return 1;
  if (DataType.isDecimal(type)) return 1;
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) {
    return name === "metrics" ? "{}" : "text";
  }
  if (DataType.isTimestamp(type) || DataType.isDate(type)) return new Timestamp(1e9);
  return DataType.isStruct(type) && name === "metrics" ? {} : null;
}

function cellsOf(batch: RecordBatch, columns: readonly ArrowColumn[]): Cell[][] {
  const { numRows } = batch;
  return columns.map(({ index, name, type }) => {
    const vector: Vector | null = batch.getChildAt(index);
    if (!vector || vector.length !== numRows) {
      throw new Error(`column "${name}" is not as long as the batch`);
    }
    for (const data of vector.data as readonly Data[]) checkLength(data, name);
    return Array.from({ length: numRows }, (_, i) => cellOf(vector.get(i), type));
  });
}

/** Throws where a buffer is shorter than its column: cells behind its end would pass for empty ones. */
function checkLength(data: Data, name: string): void {
  const { type } = data;
  const { length, nullCount } = data;
  if (nullCount === length) return;
  const held = (data.values as ArrayLike<unknown> | undefined)?.length;
  const offsets = data.valueOffsets as ArrayLike<unknown> | undefined;
  const isShort =
    DataType.isUtf8(type) || DataType.isLargeUtf8(type)
      ? offsets === undefined || offsets.length < length + 1
      : held !== undefined && !DataType.isUtf8View(type) && held < valuesOf(type, length);
  if (isShort) throw new Error(`column "${name}" is cut`);
}

function valuesOf(type: DataType, length: number): number {
  if (DataType.isBool(type)) return Math.ceil(length / 8);
  return DataType.isDecimal(type) ? length * (type.bitWidth / 32) : length;
}

function cellOf(value: unknown, type: DataType): Cell {
  if (value === null || value === undefined) return null;
  if (DataType.isDictionary(type)) return cellOf(value, type.dictionary as DataType);
  if (DataType.isTimestamp(type) || DataType.isDate(type)) {
    return new Timestamp(Number(value) / 1000);
  }
  if (DataType.isDecimal(type)) return decimalOf(integerOf(value as Uint32Array), type.scale);
  if (DataType.isStruct(type)) return (value as { toJSON(): object }).toJSON();
  return value;
}

/** The integer of a decimal number: words of 32 bits, the lowest first, in two's complement. */
function integerOf(words: Uint32Array): bigint {
  let digits = 0n;
  for (let i = words.length - 1; i >= 0; i--) digits = (digits << 32n) | BigInt(words[i] ?? 0);
  return BigInt.asIntN(words.length * 32, digits);
}

export const arrow: Reader = {
  format: "arrow",
  system: "Arrow",
  kind: "log",
  isRewritten: true,
  claims,
  examine,
  read,
};
