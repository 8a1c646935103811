/** Lines of a table by the kernel; those that are like no other are read by the plain reader's own code. */

import { readPieces, type ByteSource } from "../../io/files.js";
import type { LineHandler, LineSplitter } from "../framing/lines.js";
import type { Chunk } from "../reader.js";
import type { TableRows } from "../table/rows.js";
import { BUFFER_BYTES, PIECE_BYTES, type Kernel } from "./kernel.js";
import { RowKernel } from "./rowKernel.js";
import type { TextTemplate } from "./rowText.js";

/** What makes rows of lines. */
export interface LineRows {
  readonly table: TableRows;
  /** True where the next line is no beginning of a row. */
  readonly isWithinRow: boolean;
  readonly onLine: LineHandler;
  /** Of a line, end included, whose row was just added; null where its like have to be read plainly. */
  templateOf(line: Uint8Array): TextTemplate | null;
}

/**
 * Reads the lines from where the splitter is to the file's end, or until all that was read is void; what is behind the last
 * line's end is in the splitter then. Yields now and then, with points that come before those that the table has. Without a
 * kernel all lines are read plainly.
 */
export async function* readLines(
  kernel: Kernel | null,
  source: ByteSource,
  splitter: LineSplitter,
  lines: LineRows,
  signal?: AbortSignal,
): AsyncGenerator<Chunk | null, void> {
  const { table } = lines;
  const onLine: LineHandler = (line, offset, number) => {
    lines.onLine(line, offset, number);
  };
  if (kernel === null) {
    for await (const piece of readPieces(source, splitter.offset, signal)) {
      splitter.push(piece, onLine);
      yield null;
      if (table.isVoid) return;
    }
    return;
  }
  const { wasm, buffer } = kernel;
  const rows = new RowKernel(kernel, table);
  const templateOf = (line: Uint8Array): TextTemplate | null => lines.templateOf(line);
  // The buffer holds the file's bytes before `offset`, between `start` and `end`.
  let { offset } = splitter;
  let start = buffer;
  let end = buffer;
  const pushAll = (): void => {
    splitter.push(kernel.bytes(start, end - start), onLine);
    start = end = buffer;
  };
  for (;;) {
    signal?.throwIfAborted();
    if (end - start > BUFFER_BYTES - PIECE_BYTES) pushAll();
    kernel.bytes(buffer, end - buffer).copyWithin(0, start - buffer);
    end -= start - buffer;
    start = buffer;
    const count = await source.read(offset, kernel.bytes(end, PIECE_BYTES));
    if (count === 0) break;
    offset += count;
    end += count;
    for (;;) {
      if (!splitter.isWithinLine && !lines.isWithinRow) {
        const isFull = rows.read(start, end);
        splitter.offset += wasm.rowAt() - start;
        splitter.number += wasm.rowsRead();
        start = wasm.rowAt();
        if (isFull) {
          yield rows.take();
          continue;
        }
      }
      const newline = kernel.bytes(start, end - start).indexOf(10);
      if (newline < 0) break;
      const isWhole = !splitter.isWithinLine;
      const { points } = table;
      splitter.push(kernel.bytes(start, newline + 1), onLine);
      if (table.isVoid) return;
      if (isWhole && table.points > points && !lines.isWithinRow)
        rows.learn(kernel.bytes(start, newline + 1).slice(), templateOf);
      start += newline + 1;
    }
    if (splitter.isWithinLine) pushAll();
    yield rows.take();
  }
  pushAll();
}
