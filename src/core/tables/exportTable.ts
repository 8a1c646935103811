/** Points of several runs as one table: the columns that files of exports have, as CSV and as Arrow. */

import {
  Bool,
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

/** All columns have the same length. `x` is the value on the axis. */
export interface ExportColumns {
  /** Names that `run` and `metric` point into. */
  readonly runs: readonly string[];
  readonly metrics: readonly string[];
  readonly run: Int32Array;
  readonly metric: Int32Array;
  readonly attempt: Int32Array;
  readonly step: Float64Array;
  readonly x: Float64Array;
  /** Seconds since 1970, NaN where the file has none. */
  readonly wallTime: Float64Array;
  readonly value: Float64Array;
  /** 1 where a later attempt went back behind the point. */
  readonly superseded: Uint8Array;
}

/** An Arrow IPC file. `axis` names the column of `x`. */
export function toArrow(columns: ExportColumns, axis: string): Uint8Array {
  const { step, x, wallTime, value, attempt, superseded } = columns;
  const { length } = step;
  const names = (ids: Int32Array, of: readonly string[]): Vector => {
    const dictionary = vectorFromArray(of.length === 0 ? [""] : of, new Utf8());
    const type = new Dictionary(new Utf8(), new Int32());
    return makeVector(makeData({ type, length, data: ids, dictionary, nullCount: 0 }));
  };
  const float = (data: Float64Array): Vector =>
    makeVector(makeData({ type: new Float64(), length, data }));
  const table = new Table({
    run: names(columns.run, columns.runs),
    attempt: makeVector(makeData({ type: new Int32(), length, data: attempt })),
    metric: names(columns.metric, columns.metrics),
    step: float(step),
    ...(axis === "step" ? {} : { [columnOf(axis)]: float(x) }),
    wallTime: float(wallTime),
    value: float(value),
    superseded: vectorFromArray(
      Array.from(superseded, (is) => is === 1),
      new Bool(),
    ),
  });
  return tableToIPC(table, "file");
}

/** Points in one piece of text. */
const PIECE = 4096;

/** CSV in pieces, the names of the columns first. What is not known is empty; NaN and infinities are `NaN`, `Infinity`. */
export function* toCsv(columns: ExportColumns, axis: string): Generator<string> {
  const { runs, metrics, step, x, wallTime, value, attempt, superseded } = columns;
  const isStep = axis === "step";
  const head = ["run", "attempt", "metric", "step", ...(isStep ? [] : [columnOf(axis)])];
  yield `${[...head, "wallTime", "value", "superseded"].map(quoted).join(",")}\n`;
  const [runNames, metricNames] = [runs.map(quoted), metrics.map(quoted)];
  let piece = "";
  for (let i = 0; i < step.length; i++) {
    const known = (at: number | undefined): string =>
      at === undefined || Number.isNaN(at) ? "" : String(at);
    const fields = [
      runNames[columns.run[i] ?? -1] ?? "",
      String(attempt[i]),
      metricNames[columns.metric[i] ?? -1] ?? "",
      String(step[i]),
      ...(isStep ? [] : [known(x[i])]),
      known(wallTime[i]),
      String(value[i]),
      String(superseded[i] === 1),
    ];
    piece += `${fields.join(",")}\n`;
    if ((i + 1) % PIECE === 0) {
      yield piece;
      piece = "";
    }
  }
  yield piece;
}

const OWN = ["run", "attempt", "metric", "wallTime", "value", "superseded"];

/** A metric may be called as one of the other columns. */
function columnOf(axis: string): string {
  return OWN.includes(axis) ? `axis ${axis}` : axis;
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
