/** Rows of metrics as an Arrow table in long form, for export. Only this room and the reader of Arrow files see Arrow. */

import {
  Dictionary,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Utf8,
  vectorFromArray,
  type Data,
} from "apache-arrow";
import type { MetricRows } from "./metricRows.js";

/** One record batch per metric, in an IPC file. */
export function ipcOf(
  metrics: readonly string[],
  rowsOf: (metric: string) => MetricRows | null,
  hasStderr: boolean,
): Uint8Array {
  const dictionary = vectorFromArray(metrics.length === 0 ? [""] : metrics, new Utf8());
  const name = new Dictionary(new Utf8(), new Int32());
  const fields = [
    new Field("metric", name, true),
    new Field("attempt", new Int32(), true),
    ...["step", "wallTime", "value", ...(hasStderr ? ["stderr"] : [])].map(
      (column) => new Field(column, new Float64(), true),
    ),
  ];
  const schema = new Schema(fields);
  const writer = new RecordBatchFileWriter();
  writer.reset(undefined, schema);
  for (const [index, metric] of metrics.entries()) {
    const rows = rowsOf(metric);
    if (!rows) continue;
    const { attempt, step, wallTime, value, recorded, stderr } = rows;
    const { length } = step;
    const data = new Int32Array(length).fill(index);
    const children: Data[] = [
      makeData({ type: name, length, data, dictionary, nullCount: 0 }),
      makeData({ type: new Int32(), length, data: attempt }),
      floats(step, () => false),
      floats(wallTime, (i) => Number.isNaN(wallTime[i])),
      floats(value, (i) => recorded?.[i] === 0),
    ];
    if (hasStderr) {
      const errors = stderr ?? new Float64Array(length).fill(NaN);
      children.push(floats(errors, (i) => Number.isNaN(errors[i])));
    }
    const type = new Struct(fields);
    writer.write(new RecordBatch(schema, makeData({ type, length, nullCount: 0, children })));
  }
  writer.finish();
  return writer.toUint8Array(true);
}

function floats(data: Float64Array, isNull: (i: number) => boolean): Data<Float64> {
  const { length } = data;
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    if (isNull(i)) nullCount++;
    else nullBitmap[i >> 3]! |= 1 << (i & 7);
  }
  const type = new Float64();
  return nullCount === 0
    ? makeData({ type, length, data })
    : makeData({ type, length, data, nullCount, nullBitmap });
}
