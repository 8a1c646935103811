/** Rows of metrics as an Arrow table in long form. Only this room and the reader of Arrow files see Arrow. */

import {
  Dictionary,
  Float64,
  Int32,
  makeData,
  makeVector,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
  type Vector,
} from "apache-arrow";
import type { MetricRows } from "./metricRows.js";

/** One metric's rows, and which of the names it has. */
export interface NamedRows {
  readonly metric: number;
  readonly rows: MetricRows;
}

/** An Arrow IPC file of the metrics one behind the other, each as a batch of its own where `inBatches` is set. */
export function toIpc(
  names: readonly string[],
  metrics: readonly NamedRows[],
  withStderr: boolean,
  inBatches: boolean,
): Uint8Array {
  const dictionary = vectorFromArray(names.length === 0 ? [""] : names, new Utf8());
  const tableOf = (parts: readonly NamedRows[]): Table => toArrow(dictionary, parts, withStderr);
  if (!inBatches || metrics.length === 0) return tableToIPC(tableOf(metrics), "file");
  const [first, ...others] = metrics.map((one) => tableOf([one]));
  return tableToIPC((first as Table).concat(...others), "file");
}

function toArrow(
  dictionary: Vector<Utf8>,
  metrics: readonly NamedRows[],
  withStderr: boolean,
): Table {
  const length = metrics.reduce((sum, { rows }) => sum + rows.step.length, 0);
  const metric = new Int32Array(length);
  const attempt = new Int32Array(length);
  const [step, wallTime, value, stderr] = [0, 1, 2, 3].map(() => new Float64Array(length)) as [
    ...[Float64Array, Float64Array, Float64Array, Float64Array],
  ];
  const recorded = new Uint8Array(length).fill(1);
  let at = 0;
  for (const { metric: id, rows } of metrics) {
    const end = at + rows.step.length;
    metric.fill(id, at, end);
    attempt.set(rows.attempt, at);
    step.set(rows.step, at);
    wallTime.set(rows.wallTime, at);
    value.set(rows.value, at);
    if (rows.recorded) recorded.set(rows.recorded, at);
    if (rows.stderr) stderr.set(rows.stderr, at);
    else stderr.fill(NaN, at, end);
    at = end;
  }
  return new Table({
    metric: makeVector(
      makeData({
        type: new Dictionary(new Utf8(), new Int32()),
        length,
        data: metric,
        dictionary,
        nullCount: 0,
      }),
    ),
    attempt: makeVector(makeData({ type: new Int32(), length, data: attempt })),
    step: floats(step, () => false),
    wallTime: floats(wallTime, (i) => Number.isNaN(wallTime[i])),
    value: floats(value, (i) => recorded[i] === 0),
    ...(withStderr ? { stderr: floats(stderr, (i) => Number.isNaN(stderr[i])) } : {}),
  });
}

function floats(data: Float64Array, isNull: (i: number) => boolean): Vector<Float64> {
  const { length } = data;
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    if (isNull(i)) nullCount++;
    else nullBitmap[i >> 3]! |= 1 << (i & 7);
  }
  const type = new Float64();
  return makeVector(
    nullCount === 0
      ? makeData({ type, length, data })
      : makeData({ type, length, data, nullCount, nullBitmap }),
  );
}
