/** Columns of equal length as an Arrow IPC stream of one batch, and back, neither with a copy of a number. */

import {
  Float32,
  Float64,
  Int32,
  makeData,
  makeVector,
  RecordBatchStreamWriter,
  Table,
  tableFromIPC,
  Uint16,
  Uint32,
  Uint8,
  type Vector,
} from "apache-arrow";
import type { Numbers } from "./narrowColumn.js";

export type NamedColumns = Readonly<Record<string, Numbers>>;

/** The stream's bytes, one behind the other: mostly views of the columns. */
export async function columnsToIpc(columns: NamedColumns): Promise<Uint8Array[]> {
  const vectors = Object.entries(columns).map(([name, numbers]) => [name, vectorOf(numbers)]);
  const writer = RecordBatchStreamWriter.writeAll(
    new Table(Object.fromEntries(vectors) as Record<string, Vector>),
  );
  const pieces: Uint8Array[] = [];
  for await (const piece of writer as AsyncIterable<Uint8Array>) pieces.push(piece);
  return pieces;
}

/** Views of `bytes`, which begin at a multiple of 8. */
export function columnsFromIpc(bytes: Uint8Array): NamedColumns {
  const table = tableFromIPC(bytes);
  return Object.fromEntries(
    table.schema.fields.map(({ name }, i) => {
      const numbers = table.getChildAt(i)?.data[0]?.values as Numbers;
      return [name, numbers.subarray(0, table.numRows)];
    }),
  );
}

function vectorOf(data: Numbers): Vector {
  const { length } = data;
  const nullCount = 0;
  if (data instanceof Uint8Array)
    return makeVector(makeData({ type: new Uint8(), length, data, nullCount }));
  if (data instanceof Uint16Array)
    return makeVector(makeData({ type: new Uint16(), length, data, nullCount }));
  if (data instanceof Uint32Array)
    return makeVector(makeData({ type: new Uint32(), length, data, nullCount }));
  if (data instanceof Int32Array)
    return makeVector(makeData({ type: new Int32(), length, data, nullCount }));
  if (data instanceof Float32Array)
    return makeVector(makeData({ type: new Float32(), length, data, nullCount }));
  return makeVector(makeData({ type: new Float64(), length, data, nullCount }));
}
