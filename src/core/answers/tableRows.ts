/** The rows of a Parquet or Arrow table as they are stored, some at a time. */

import { openArrow, type ArrowRows } from "../formats/arrow.js";
import { openParquet, readParquetGroup } from "../formats/parquet.js";
import { Timestamp, type Cell } from "../formats/table/cells.js";
import type { ByteSource } from "../io/files.js";
import { extensionOf } from "../io/path.js";
import { reasonOf } from "../model/problem.js";

/** Bytes of an Arrow table that are kept: its batches can only be found one after the other. */
const MAX_KEPT = 256 * 2 ** 20;
/** Most columns that are shown. */
const MAX_COLUMNS = 1_000;
/** Most rows at once. */
const MAX_ROWS = 1_000;
/** Characters of a cell. */
const MAX_TEXT = 500;

/** Null where the table has nothing. Non-finite numbers are numbers. */
export type ShownCell = string | number | boolean | null;

export interface TableRows {
  readonly from: number;
  /** Row by row; shorter than asked for at the table's end. */
  readonly rows: readonly (readonly ShownCell[])[];
  /** Why rows are missing, else null. */
  readonly note: string | null;
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
}

/** A table whose schema was read: of the file as it was when it was opened. */
export interface OpenTable {
  /** Those whose cells are shown; at most a thousand. */
  readonly columns: readonly TableColumn[];
  /** Nested columns and raw bytes, and those behind the thousandth. */
  readonly left: readonly TableColumn[];
  readonly rows: number;
  /** What is not shown and why, else null. */
  readonly note: string | null;
  read(source: ByteSource, from: number, to: number): Promise<TableRows>;
}

/** Throws where the schema is damaged, with the reason. */
export function openTable(
  source: ByteSource,
  name: string,
  signal?: AbortSignal,
): Promise<OpenTable> {
  const isParquet = /^\.(parquet|pq)$/.test(extensionOf(name));
  return isParquet ? openParquetTable(source) : openArrowTable(source, signal);
}

async function openParquetTable(opened: ByteSource): Promise<OpenTable> {
  const table = await openParquet(opened);
  const shown = table.columns.slice(0, MAX_COLUMNS);
  const groups = table.metadata.row_groups.map(({ num_rows: rows }) => Number(rows));
  const typeOf = new Map(
    table.metadata.schema.map(({ name, type, logical_type, converted_type }) => [
      name,
      (logical_type?.type ?? converted_type ?? type ?? "nested").toLowerCase(),
    ]),
  );
  const names = new Set(shown.map(({ name }) => name));
  const tops = new Set(
    table.metadata.row_groups[0]?.columns.map(({ meta_data: chunk }) => chunk?.path_in_schema[0]),
  );
  const toColumn = (name: string): TableColumn => ({ name, type: typeOf.get(name) ?? "" });
  /** The group that was read last: scrolling stays in it for long. */
  let last: { group: number; cells: readonly ArrayLike<Cell>[] } | null = null;
  return {
    columns: shown.map(({ name }) => toColumn(name)),
    left: [...tops].flatMap((name) => (name && !names.has(name) ? [toColumn(name)] : [])),
    rows: groups.reduce((sum, rows) => sum + rows, 0),
    note: null,
    read: async (source, from, to) => {
      const rows: ShownCell[][] = [];
      let note: string | null = null;
      let start = 0;
      for (const [group, count] of groups.entries()) {
        const [begin, end] = [Math.max(from, start), Math.min(to, start + count, from + MAX_ROWS)];
        if (begin < end) {
          try {
            if (last?.group !== group) {
              last = null;
              const now = await openParquet(source);
              const own = now.columns.slice(0, MAX_COLUMNS);
              last = { group, cells: await readParquetGroup(now, group, start, own) };
            }
            const { cells } = last;
            for (let row = begin; row < end; row++) {
              rows.push(cells.map((column) => shownCell(column[row - start])));
            }
          } catch (error) {
            note = reasonOf(error);
            for (let row = begin; row < end; row++) rows.push(shown.map(() => null));
          }
        }
        start += count;
      }
      return { from, rows, note };
    },
  };
}

async function openArrowTable(source: ByteSource, signal?: AbortSignal): Promise<OpenTable> {
  const { columns, isRead, batches } = await openArrow(source);
  const kept: { readonly start: number; readonly batch: ArrowRows }[] = [];
  let rows = 0;
  let bytes = 0;
  let note: string | null = null;
  try {
    for await (const batch of batches) {
      signal?.throwIfAborted();
      bytes += batch.bytes;
      if (bytes > MAX_KEPT) {
        note = `only the first ${rows} rows are shown: the table is larger than 256 MiB`;
        break;
      }
      kept.push({ start: rows, batch });
      rows += batch.rows;
    }
  } catch (error) {
    if (signal?.aborted === true) throw error;
    note = `damaged behind row ${rows}: ${reasonOf(error)}`;
  }
  const read = columns.filter((_, i) => isRead[i]);
  return {
    columns: read.slice(0, MAX_COLUMNS),
    left: [...columns.filter((_, i) => !isRead[i]), ...read.slice(MAX_COLUMNS)],
    rows,
    note,
    read: (_source, from, to) => {
      const found: ShownCell[][] = [];
      let reason: string | null = null;
      for (const { start, batch } of kept) {
        const begin = Math.max(from, start);
        const end = Math.min(to, start + batch.rows, from + MAX_ROWS);
        if (begin >= end) continue;
        try {
          const cells = batch.cells(begin - start, end - start).slice(0, MAX_COLUMNS);
          for (let row = 0; row < end - begin; row++) {
            found.push(cells.map((column) => shownCell(column[row])));
          }
        } catch (error) {
          reason = reasonOf(error);
          for (let row = begin; row < end; row++) found.push(read.map(() => null));
        }
      }
      return Promise.resolve({ from, rows: found, note: reason });
    },
  };
}

function shownCell(cell: Cell): ShownCell {
  if (cell === undefined || cell === null) return null;
  if (typeof cell === "number" || typeof cell === "boolean") return cell;
  if (typeof cell === "bigint") return String(cell);
  if (cell instanceof Timestamp) return timeText(cell.seconds);
  if (cell instanceof Uint8Array) return `${cell.length} bytes`;
  const text = typeof cell === "string" ? cell : jsonOf(cell);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function jsonOf(cell: object): string {
  return JSON.stringify(cell, (_key, value: unknown) =>
    typeof value === "bigint" ? Number(value) : value,
  );
}

function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}
