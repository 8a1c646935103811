/**
 * A SQLite database, reading only: pages of the file and of its write-ahead log, the schema, the rows of a table in the
 * order in which they were inserted. After https://www.sqlite.org/fileformat2.html. Page by page, so that a database of
 * any size takes little memory.
 */

import { readRange, type ByteSource } from "../../io/files.js";
import { baseName } from "../../io/path.js";
import type { FileInput } from "../reader.js";
import { recordOf, varintAt, type Encoding, type SqlValue } from "./record.js";
import { columnsOf, type TableColumns } from "./schema.js";
import { isPageSize, pageInWal, readWal, type WriteAheadLog } from "./wal.js";

const MARK = "SQLite format 3\0";
const HEADER_BYTES = 100;
/** Pages are read in blocks of so many bytes. */
const BLOCK_BYTES = 256 * 1024;
/** A row longer than this is no row of metrics. */
const MAX_ROW_BYTES = 16 * 2 ** 20;
const MAX_DEPTH = 40;

const INTERIOR = 0x05;
const LEAF = 0x0d;

/** Names of the files that SQLite keeps beside a database. */
export function filesBeside(name: string): readonly string[] {
  return [`${name}-wal`, `${name}-journal`];
}

export function hasMark(head: Uint8Array): boolean {
  return MARK.split("").every((char, i) => head[i] === char.charCodeAt(0));
}

export interface Table extends TableColumns {
  readonly name: string;
  readonly root: number;
}

/** Called for what is damaged: the page's number and why it is not read. */
export type OnDamage = (page: number, reason: string) => void;

export class Database {
  private block: { start: number; bytes: Uint8Array } = { start: 0, bytes: new Uint8Array() };

  private constructor(
    private readonly source: ByteSource,
    private readonly log: WriteAheadLog | null,
    private readonly pageSize: number,
    private readonly usable: number,
    private readonly pageCount: number,
    private readonly encoding: Encoding,
  ) {}

  /** Throws an `Error` that says why the database cannot be read. */
  static async open(input: FileInput, signal?: AbortSignal): Promise<Database> {
    const { source, beside } = input;
    const [walName, journalName] = filesBeside(baseName(input.file));
    const journal = beside?.get(journalName ?? "");
    if (journal && (await isHot(journal))) {
      throw new Error("a transaction is not finished: its rollback journal lies beside the file");
    }
    const wal = beside?.get(walName ?? "");
    const log = wal ? await readWal(wal, signal) : null;
    const first = (log && (await pageInWal(log, 1))) ?? (await readRange(source, 0, HEADER_BYTES));
    if (first.length < HEADER_BYTES || !hasMark(first)) throw new Error("its header is damaged");
    const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
    const pageSize = view.getUint16(16) === 1 ? 65_536 : view.getUint16(16);
    if (!isPageSize(pageSize)) throw new Error(`its page size is ${pageSize}`);
    if (log && log.pageSize !== pageSize) {
      throw new Error("its write-ahead log is of another database");
    }
    const usable = pageSize - view.getUint8(20);
    if (usable < 480) throw new Error(`${usable} usable bytes in a page are too few`);
    const pageCount = log?.pageCount ?? Math.ceil(source.stamp.size / pageSize);
    const code = view.getUint32(56);
    const encoding = code === 2 ? "utf-16le" : code === 3 ? "utf-16be" : "utf-8";
    return new Database(source, log, pageSize, usable, pageCount, encoding);
  }

  /** The tables by name. */
  async tables(onDamage: OnDamage): Promise<ReadonlyMap<string, Table>> {
    const tables = new Map<string, Table>();
    for await (const { values } of this.recordsAt(1, onDamage)) {
      const [type, name, , root, sql] = values;
      if (type !== "table" || typeof name !== "string" || typeof sql !== "string") continue;
      if (typeof root !== "number") continue;
      const columns = columnsOf(sql);
      if (columns) tables.set(name, { ...columns, name, root });
    }
    return tables;
  }

  /** Values of the wanted columns, row by row; null for a column that the table or the row does not have. */
  async *rows(
    table: Table,
    wanted: readonly string[],
    onDamage: OnDamage,
  ): AsyncGenerator<SqlValue[]> {
    const places = wanted.map((name) => table.stored.indexOf(name));
    const rowId = wanted.indexOf(table.rowId ?? "");
    for await (const { id, values } of this.recordsAt(table.root, onDamage)) {
      const row = places.map((place): SqlValue => values[place] ?? null);
      if (rowId >= 0) row[rowId] = id;
      yield row;
    }
  }

  private async *recordsAt(
    root: number,
    onDamage: OnDamage,
  ): AsyncGenerator<{ id: number; values: SqlValue[] }> {
    const seen = new Set<number>();
    const stack: { page: number; depth: number }[] = [{ page: root, depth: 0 }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { page, depth } = next;
      if (seen.has(page) || depth > MAX_DEPTH) {
        onDamage(page, "the tree of pages leads back to it");
        continue;
      }
      seen.add(page);
      let bytes: Uint8Array;
      try {
        bytes = await this.page(page);
      } catch (error) {
        if (!(error instanceof DamagedPage)) throw error;
        onDamage(page, error.message);
        continue;
      }
      const start = page === 1 ? HEADER_BYTES : 0;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const type = view.getUint8(start);
      const cells = view.getUint16(start + 3);
      const pointers = start + (type === INTERIOR ? 12 : 8);
      if ((type !== INTERIOR && type !== LEAF) || pointers + cells * 2 > bytes.length) {
        onDamage(page, "it is no page of a table");
        continue;
      }
      const cellAt = (i: number): number => view.getUint16(pointers + i * 2);
      if (type === INTERIOR) {
        stack.push({ page: view.getUint32(start + 8), depth: depth + 1 });
        for (let i = cells - 1; i >= 0; i--) {
          const at = cellAt(i);
          if (at + 4 <= bytes.length) stack.push({ page: view.getUint32(at), depth: depth + 1 });
          else onDamage(page, "a pointer leads out of it");
        }
        continue;
      }
      for (let i = 0; i < cells; i++) {
        try {
          const { id, payload } = await this.payloadAt(bytes, cellAt(i));
          yield { id, values: recordOf(payload, this.encoding) };
        } catch (error) {
          if (!(error instanceof RangeError || error instanceof DamagedPage)) throw error;
          onDamage(page, `row ${i + 1} of ${cells}: ${error.message}`);
        }
      }
    }
  }

  /** The row that a leaf's cell holds, with what of it lies on overflow pages. */
  private async payloadAt(
    page: Uint8Array,
    at: number,
  ): Promise<{ id: number; payload: Uint8Array }> {
    const length = varintAt(page, at);
    const id = varintAt(page, length.next);
    const total = Number(length.value);
    if (!(total >= 0 && total <= MAX_ROW_BYTES)) throw new DamagedPage(`${total} bytes long`);
    const { usable } = this;
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const most = usable - 35;
    const spilled = least + ((total - least) % (usable - 4));
    const local = total <= most ? total : spilled <= most ? spilled : least;
    const end = id.next + local;
    if (end + (local < total ? 4 : 0) > page.length)
      throw new DamagedPage("it ends out of its page");
    const part = page.subarray(id.next, end);
    if (local === total) return { id: Number(id.value), payload: part.slice() };
    const payload = new Uint8Array(total);
    payload.set(part);
    let next = new DataView(page.buffer, page.byteOffset).getUint32(end);
    for (let filled = local; filled < total;) {
      const bytes = await this.page(next);
      const count = Math.min(usable - 4, total - filled);
      payload.set(bytes.subarray(4, 4 + count), filled);
      filled += count;
      next = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    }
    return { id: Number(id.value), payload };
  }

  /** A page's bytes: of the log where that has it. Valid for as long as they are kept: no buffer is used again. */
  private async page(page: number): Promise<Uint8Array> {
    if (page < 1 || page > this.pageCount) throw new DamagedPage("it lies out of the file");
    const newer = this.log && (await pageInWal(this.log, page));
    if (newer) return newer;
    const offset = (page - 1) * this.pageSize;
    if (
      offset < this.block.start ||
      offset + this.pageSize > this.block.start + this.block.bytes.length
    ) {
      const start = offset - (offset % BLOCK_BYTES);
      this.block = { start, bytes: await readRange(this.source, start, BLOCK_BYTES) };
    }
    const bytes = this.block.bytes.subarray(
      offset - this.block.start,
      offset - this.block.start + this.pageSize,
    );
    if (bytes.length < this.pageSize) throw new DamagedPage("the file ends before it");
    return bytes;
  }
}

class DamagedPage extends Error {
  override readonly name = "DamagedPage";
}

/** Whether a rollback journal belongs to a transaction that was not finished: then its header is not zeroed. */
async function isHot(journal: ByteSource): Promise<boolean> {
  const mark = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
  const head = await readRange(journal, 0, mark.length);
  return head.length === mark.length && mark.every((byte, i) => head[i] === byte);
}
