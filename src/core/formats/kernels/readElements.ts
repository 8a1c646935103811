/** Elements of a list in a JSON document by the kernel; those that are like no other are read by the plain reader's code. */

import { readPieces, type ByteSource } from "../../io/files.js";
import type { ElementHandler, JsonArraySplitter } from "../framing/jsonArray.js";
import type { Chunk } from "../reader.js";
import { PIECE_BYTES, type Kernel } from "./kernel.js";
import { RowKernel, type PlainRows } from "./rowKernel.js";
import type { TextTemplate } from "./rowText.js";

const COMMA = 0x2c;

/** What makes rows of elements. */
export interface ElementRows {
  readonly rows: PlainRows;
  /** True once all that was read is void. */
  readonly isVoid: boolean;
  readonly onElement: ElementHandler;
  /** Says that so many elements were read elsewhere. */
  onOthers(count: number): void;
  /** Of an element that was just read; null where its like have to be read plainly. */
  templateOf(element: Uint8Array): TextTemplate | null;
}

/**
 * Reads the document to the list's end or its own, or until all that was read is void. Yields now and then, with points that
 * come before those that the plain code has. Without a kernel all elements are read plainly.
 */
export async function* readElements(
  kernel: Kernel | null,
  source: ByteSource,
  splitter: JsonArraySplitter,
  elements: ElementRows,
  signal?: AbortSignal,
): AsyncGenerator<Chunk | null, void> {
  let read = 0;
  const onElement: ElementHandler = (element, offset) => {
    read += 1;
    elements.onElement(element, offset);
  };
  if (kernel === null) {
    for await (const piece of readPieces(source, 0, signal)) {
      splitter.push(piece, onElement);
      yield null;
      if (splitter.ended || elements.isVoid) return;
    }
    return;
  }
  const { wasm, buffer } = kernel;
  const rows = new RowKernel(kernel, elements.rows);
  const templateOf = (row: Uint8Array): TextTemplate | null => templateWithin(row, elements);
  for (let offset = 0; ;) {
    signal?.throwIfAborted();
    const count = await source.read(offset, kernel.bytes(buffer, PIECE_BYTES));
    if (count === 0) return;
    offset += count;
    const end = buffer + count;
    for (let start = buffer; start < end && !splitter.ended;) {
      const isBetween = splitter.isBetween;
      if (isBetween) {
        const isFull = rows.read(start, end);
        elements.onOthers(wasm.rowsRead());
        splitter.pass(wasm.rowAt() - start);
        start = wasm.rowAt();
        if (isFull) {
          yield rows.take();
          continue;
        }
      }
      const before = read;
      const length = splitter.pushOne(kernel.bytes(start, end - start), onElement);
      if (elements.isVoid) return;
      const row = kernel.bytes(start, length);
      if (isBetween && read > before && row.at(-1) === COMMA) rows.learn(row.slice(), templateOf);
      start += length;
    }
    yield rows.take();
    if (splitter.ended) return;
  }
}

/** Of a row that is an element with what stands before it, and the comma behind it. */
function templateWithin(row: Uint8Array, elements: ElementRows): TextTemplate | null {
  const start = row.findIndex((byte) => byte > 0x20);
  const template = elements.templateOf(row.subarray(start, -1));
  return (
    template && {
      row: template.row,
      spans: template.spans.map((span) => ({
        ...span,
        start: span.start + start,
        end: span.end + start,
      })),
    }
  );
}
