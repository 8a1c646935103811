/** A metric's points as they are in the files, and the series that follows from them. */

import type { Series } from "../model/series.js";
import type { MetricSource } from "./metricSource.js";
import { attemptIn, piecesOf } from "./metricSource.js";

/** All attempts, for export: sorted by attempt and step. */
export interface MetricRows {
  readonly attempt: Int32Array;
  readonly step: Float64Array;
  readonly wallTime: Float64Array;
  /** NaN where nothing was recorded too; see `recorded`. */
  readonly value: Float64Array;
  readonly recorded: Uint8Array | null;
  /** NaN where none; null when no metric of the run has one. */
  readonly stderr: Float64Array | null;
  /** 1 where a later attempt went back behind the point. */
  readonly superseded: Uint8Array;
}

/** What the rows of all metrics of a run have. */
export interface RowColumns {
  readonly withRecorded: boolean;
  readonly withStderr: boolean;
}

/** The points of all sources, one source behind the other, and the index of each one's source. O(points). */
export function gather(
  sources: readonly MetricSource[],
  { withRecorded, withStderr }: RowColumns,
): { rows: MetricRows; origin: Uint16Array | Uint32Array } {
  const length = sources.reduce((sum, { count }) => sum + count, 0);
  const rows: MetricRows = {
    attempt: new Int32Array(length),
    step: new Float64Array(length),
    wallTime: new Float64Array(length),
    value: new Float64Array(length),
    recorded: withRecorded ? new Uint8Array(length) : null,
    stderr: withStderr ? new Float64Array(length) : null,
    superseded: new Uint8Array(length),
  };
  const origin = new (sources.length < 2 ** 16 ? Uint16Array : Uint32Array)(length);
  let at = 0;
  for (const [number, source] of sources.entries()) {
    const { log, index } = source;
    for (const piece of piecesOf(source)) {
      for (let k = piece.from; k < piece.to; k++, at++) {
        const i = index[k] as number;
        const step = log.step[i] as number;
        const attempt = attemptIn(piece, step);
        origin[at] = number;
        rows.attempt[at] = Math.min(attempt, log.lastAttempt);
        rows.step[at] = step;
        rows.superseded[at] = step >= (log.cutoffs[attempt] as number) ? 1 : 0;
        rows.wallTime[at] = log.wallTime[i] as number;
        rows.value[at] = log.value[i] as number;
        if (rows.recorded) rows.recorded[at] = log.recorded?.[i] ?? 1;
        if (rows.stderr) rows.stderr[at] = log.stderr?.[i] ?? NaN;
      }
    }
  }
  return { rows, origin };
}

/** The rows that `order` names, in its order. O(rows). */
export function reordered(rows: MetricRows, order: Uint32Array): MetricRows {
  const doubles = (from: Float64Array): Float64Array => {
    const to = new Float64Array(order.length);
    for (let i = 0; i < order.length; i++) to[i] = from[order[i] as number] as number;
    return to;
  };
  const bytes = (from: Uint8Array): Uint8Array => {
    const to = new Uint8Array(order.length);
    for (let i = 0; i < order.length; i++) to[i] = from[order[i] as number] as number;
    return to;
  };
  return {
    attempt: Int32Array.from(order, (i) => rows.attempt[i] as number),
    step: doubles(rows.step),
    wallTime: doubles(rows.wallTime),
    value: doubles(rows.value),
    recorded: rows.recorded && bytes(rows.recorded),
    stderr: rows.stderr && doubles(rows.stderr),
    superseded: bytes(rows.superseded),
  };
}

/**
 * Indices of rows sorted by attempt and step, equal ones as they are: a merge sort of the runs that are sorted already, since
 * files are written in order. Null where all of them are. O(n log(runs)).
 */
export function sortedOrder({ attempt, step }: MetricRows): Uint32Array | null {
  const { length } = step;
  const isBehind = (a: number, b: number): boolean => {
    const difference = (attempt[a] as number) - (attempt[b] as number);
    return difference > 0 || (difference === 0 && (step[a] as number) > (step[b] as number));
  };
  let bounds = [0];
  for (let i = 1; i < length; i++) if (isBehind(i - 1, i)) bounds.push(i);
  if (bounds.length === 1) return null;
  bounds.push(length);
  let order = Uint32Array.from({ length }, (_, i) => i);
  let merged = new Uint32Array(length);
  while (bounds.length > 2) {
    const wider = [0];
    for (let r = 0; r + 1 < bounds.length; r += 2) {
      const start = bounds[r] as number;
      const middle = bounds[r + 1] as number;
      const end = bounds[r + 2] ?? middle;
      let [a, b] = [start, middle];
      for (let at = start; at < end; at++) {
        const isSecond =
          a === middle || (b < end && isBehind(order[a] as number, order[b] as number));
        merged[at] = order[isSecond ? b++ : a++] as number;
      }
      wider.push(end);
    }
    [order, merged, bounds] = [merged, order, wider];
  }
  return order;
}

/** Whether most steps of sorted rows have several. */
export function isRepeated({ attempt, step }: MetricRows): boolean {
  let several = 0;
  let distinct = 0;
  for (let from = 0, to: number; from < step.length; from = to) {
    to = from + 1;
    while (to < step.length && step[to] === step[from] && attempt[to] === attempt[from]) to++;
    distinct += 1;
    if (to - from > 1) several += 1;
  }
  return several > distinct / 2;
}

/**
 * One value per step from the surviving attempts, steps ascending: of several values the last one, or their mean where
 * there are several at most steps by design of the logger. O(n), or O(n log n) where attempts overlap.
 */
export function seriesOf(rows: MetricRows, isReduced: boolean): Series {
  const { attempt, step, value, recorded, stderr } = rows;
  const surviving = survivingOf(rows);
  const steps = new Float64Array(surviving.length);
  const values = new Float64Array(surviving.length);
  const errors = stderr && new Float64Array(surviving.length);
  let length = 0;
  let lastAttempt = -1;
  let count = 0;
  let sum = 0;
  let notRecorded = 0;
  for (const i of surviving) {
    if (recorded && recorded[i] === 0) {
      notRecorded += 1;
      continue;
    }
    const at = step[i] as number;
    const isSameStep = length > 0 && steps[length - 1] === at;
    if (isSameStep && lastAttempt === attempt[i]) {
      count += 1;
      sum += value[i] as number;
    } else {
      count = 1;
      sum = value[i] as number;
      lastAttempt = attempt[i] as number;
    }
    const place = isSameStep ? length - 1 : length++;
    steps[place] = at;
    values[place] = isReduced && count > 1 ? sum / count : (value[i] as number);
    if (errors) errors[place] = stderr[i] as number;
  }
  return {
    step: steps.slice(0, length),
    value: values.slice(0, length),
    stderr: someErrors(errors?.slice(0, length) ?? null),
    notRecorded,
    reduced: isReduced,
  };
}

/** Null where no error is known. */
export function someErrors(errors: Float64Array | null): Float64Array | null {
  return errors?.some((error) => !Number.isNaN(error)) ? errors : null;
}

/** Rows that no later attempt superseded, steps ascending, of one step those of later attempts last. */
function survivingOf({ step, superseded }: MetricRows): Uint32Array {
  const surviving = new Uint32Array(step.length);
  let count = 0;
  let isAscending = true;
  for (let i = 0; i < step.length; i++) {
    if (superseded[i] === 1) continue;
    if (count > 0 && (step[surviving[count - 1] as number] as number) > (step[i] as number)) {
      isAscending = false;
    }
    surviving[count++] = i;
  }
  const rows = surviving.subarray(0, count);
  // What a later attempt logged late lies before the end of the one that it went on from.
  return isAscending
    ? rows
    : rows.sort((a, b) => (step[a] as number) - (step[b] as number) || a - b);
}

/** Rows of one attempt that a later one superseded. */
export function supersededOf(
  { attempt, step, value, superseded }: MetricRows,
  of: number,
): { step: Float64Array; value: Float64Array } {
  const isOne = (_: number, i: number): boolean => attempt[i] === of && superseded[i] === 1;
  return { step: step.filter(isOne), value: value.filter(isOne) };
}
