/** A metric's points as they are in the files, and the series that follows from them. */

import type { Series } from "../model/series.js";

/** All attempts, for drawing and for export: sorted by attempt and step. */
export interface MetricPoints {
  readonly attempt: Int32Array;
  readonly step: Float64Array;
  readonly wallTime: Float64Array;
  /** NaN where nothing was recorded too; see `recorded`. */
  readonly value: Float64Array;
  readonly recorded: Uint8Array | null;
  /** 1 where a later attempt went back behind the point. */
  readonly superseded: Uint8Array;
}

export interface MetricRows extends MetricPoints {
  readonly stderr: Float64Array | null;
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
    stderr: errors?.subarray(0, length).some((error) => !Number.isNaN(error))
      ? errors.slice(0, length)
      : null,
    notRecorded,
    reduced: isReduced,
  };
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
