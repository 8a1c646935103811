/** What is in one file, whatever it belongs to: the answer behind the read-only editors. */

import { readEventTags, type EventTag } from "../formats/eventTags.js";
import { lfsPointerIn } from "../formats/gitLfs.js";
import { readers } from "../formats/index.js";
import { HEAD_BYTES, START, type Reader } from "../formats/reader.js";
import { readSafetensorsHeader } from "../formats/safetensors.js";
import { FileError, readRange, type ByteSource, type Files } from "../io/files.js";
import { baseName, extensionOf } from "../io/path.js";
import { sameStamp } from "../io/tail.js";
import { problem, reasonOf, type Problem } from "../model/problem.js";
import { readFileSeries, type SeriesInFile } from "./fileSeries.js";
import { openTable, type OpenTable, type TableColumn, type TableRows } from "./tableRows.js";
import { describeTensors, type TensorsAnswer } from "./tensors.js";

export type FileContents = {
  /** Bytes; null where the file cannot be opened. */
  readonly bytes: number | null;
  /** What could not be read, the rest being there. */
  readonly problems: readonly Problem[];
} & (
  | TensorsAnswer
  | (SeriesInFile & {
      readonly kind: "events";
      /** What is no scalar. */
      readonly tags: readonly EventTag[];
    })
  | {
      readonly kind: "table";
      readonly columns: readonly TableColumn[];
      /** Columns that are not shown. */
      readonly left: readonly TableColumn[];
      readonly rows: number;
      /** Null for a table that is no log of metrics. */
      readonly metrics: SeriesInFile | null;
    }
  | {
      readonly kind: "unreadable";
      /** Subject of the sentence is the file. */
      readonly reason: string;
    }
);

/** Answers about files that somebody looks into; the table that was opened last is kept for its rows. */
export class FileReader {
  private table: {
    readonly file: string;
    readonly stamp: ByteSource["stamp"];
    readonly open: OpenTable;
  } | null = null;

  constructor(private readonly files: Files) {}

  /** What the file holds. Of a safetensors file only the header is read, of any other all of it. */
  async contents(file: string, signal?: AbortSignal): Promise<FileContents> {
    return this.with(
      file,
      async (source) => {
        const bytes = source.stamp.size;
        const pointer = await lfsPointerIn(source);
        if (pointer !== null) {
          return unreadable(bytes, `is ${pointer}; fetch it with git lfs pull`);
        }
        const name = baseName(file);
        if (extensionOf(name) === ".safetensors") return tensorsOf(source, file);
        if (isTable(name)) return this.tableOf(source, file, signal);
        return eventsOf(source, file, signal);
      },
      (error) => unreadable(null, error.message),
    );
  }

  /** Rows of a table from `from` on, at most a thousand. */
  async rows(file: string, from: number, to: number, signal?: AbortSignal): Promise<TableRows> {
    return this.with(
      file,
      async (source) => (await this.open(source, file, signal)).read(source, from, to),
      (error) => ({ from, rows: [], note: error.message }),
    );
  }

  private async with<T>(
    file: string,
    use: (source: ByteSource) => Promise<T>,
    otherwise: (error: FileError) => T,
  ): Promise<T> {
    let source: ByteSource | null = null;
    try {
      source = await this.files.open(file);
      return await use(source);
    } catch (error) {
      if (error instanceof FileError) return otherwise(error);
      throw error;
    } finally {
      await source?.close();
    }
  }

  private async open(
    source: ByteSource,
    file: string,
    signal: AbortSignal | undefined,
  ): Promise<OpenTable> {
    const known = this.table;
    if (known?.file === file && sameStamp(known.stamp, source.stamp)) return known.open;
    this.table = null;
    const open = await openTable(source, baseName(file), signal);
    this.table = { file, stamp: source.stamp, open };
    return open;
  }

  private async tableOf(
    source: ByteSource,
    file: string,
    signal: AbortSignal | undefined,
  ): Promise<FileContents> {
    const bytes = source.stamp.size;
    let table: OpenTable;
    try {
      table = await this.open(source, file, signal);
    } catch (error) {
      if (error instanceof FileError || signal?.aborted === true) throw error;
      return unreadable(bytes, `cannot be read as a table: ${reasonOf(error)}`);
    }
    const { columns, left, rows, note } = table;
    const reader = await readerFor(source, file, signal);
    const input = { source, file, from: START };
    const metrics = reader ? await readFileSeries(reader, input, signal) : null;
    const own = note === null ? [] : [problem("table/not-shown", file, note)];
    const problems = [...own, ...(metrics?.problems ?? [])];
    return { kind: "table", bytes, columns, left, rows, metrics, problems };
  }
}

function unreadable(bytes: number | null, reason: string): FileContents {
  return { kind: "unreadable", bytes, reason, problems: [] };
}

async function tensorsOf(source: ByteSource, file: string): Promise<FileContents> {
  const bytes = source.stamp.size;
  const result = await readSafetensorsHeader(source);
  if (!result.ok) return unreadable(bytes, result.reason);
  const { bytes: expected } = result.header;
  const message =
    bytes < expected
      ? `ends early: it has ${bytes} of the ${expected} bytes that its header says`
      : `has ${bytes - expected} bytes behind its last tensor`;
  return {
    ...describeTensors(result.header),
    bytes,
    problems: bytes === expected ? [] : [problem("safetensors/length", file, message)],
  };
}

async function eventsOf(
  source: ByteSource,
  file: string,
  signal: AbortSignal | undefined,
): Promise<FileContents> {
  const bytes = source.stamp.size;
  const reader = await readerFor(source, file, signal);
  if (!reader) return unreadable(bytes, "is no event file that Onset knows");
  const series = await readFileSeries(reader, { source, file, from: START }, signal);
  return { kind: "events", bytes, ...series, tags: await readEventTags(source, signal) };
}

function isTable(name: string): boolean {
  return /^\.(parquet|pq|arrow|arrows|feather|ipc)$/.test(extensionOf(name));
}

/** The reader that takes the file as a log of metrics; null where none does. */
async function readerFor(
  source: ByteSource,
  file: string,
  signal: AbortSignal | undefined,
): Promise<Reader | null> {
  const head = await readRange(source, 0, HEAD_BYTES);
  for (const reader of readers) {
    let { kind } = reader.claims(baseName(file), null);
    if (kind === "look") ({ kind } = reader.claims(baseName(file), head));
    if (kind === "examine" && reader.examine) {
      ({
        claim: { kind },
      } = await reader.examine({ source, file }, signal));
    }
    if (kind === "yes") return reader;
  }
  return null;
}
