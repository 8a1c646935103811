/**
 * Points of one file by metric instead of in the order of writing: what a store keeps. Of that order remains what
 * analyses need: where the steps went back, and how many rows there were.
 */

import type { Restart } from "./attempts.js";

/** Some of a file's points. `columns` may be views that hold until the next batch is asked for. */
export interface ColumnBatch {
  /** The file's metrics so far, in the order of their first points. */
  readonly metrics: readonly string[];
  /** The points of one of the metrics, by its index, in the order of writing; null where there are none. */
  columns(metric: number): MetricColumns | null;
  /** Where the steps went back, in the order of writing. */
  readonly restarts: readonly Restart[];
  /** Changes of the step from point to point, in the order of writing. */
  readonly rows: number;
}

export interface MetricColumns {
  /** Number of points. */
  readonly length: number;
  readonly steps: Float64Array | StepRuns;
  /** Seconds since 1970, NaN where there is none; null where no point has one. */
  readonly wallTimes: Float64Array | WallTimeChanges | null;
  /** NaN where nothing was recorded. */
  readonly values: Float32Array | Float64Array;
  /** 0 where the file says that no value was recorded; null when all are recorded. */
  readonly recorded: Uint8Array | null;
  /** Standard error, NaN where none; null when none has one. */
  readonly stderr: Float64Array | null;
  /**
   * Pairs: the number of restarts of this batch, from 1, and the index of the metric's first point behind the last of
   * them. Empty where all points are of the attempt that the batch began in.
   */
  readonly attempts: Uint32Array;
}

/** Steps as runs: first step, stride, number of steps. Step i of a run is `first + i * stride`, to the last bit. */
export interface StepRuns {
  readonly runs: Float64Array;
}

/** Wall times by how far the bits of each, taken as a whole number, are from those of the one before it. */
export interface WallTimeChanges {
  readonly first: number;
  /** One for each point; the first is 0. */
  readonly changes: Int32Array;
}

/** Where the reading of a stream of logs stands: what later points are compared with to find a restart. */
export interface Ends {
  /** By metric, the step below which a point is a restart. */
  readonly floors: ReadonlyMap<string, number>;
  /** Highest step of the attempt, minus infinity where there is none. */
  readonly reached: number;
  /** Step of the last point, NaN where there is none. */
  readonly step: number;
}

export const NO_ENDS: Ends = { floors: new Map(), reached: -Infinity, step: NaN };

/** The same for points of a later file of the stream: there, a metric that begins with its last step is a restart too. */
export function endsForNextFile(ends: Ends): Ends {
  const floors = new Map([...ends.floors].map(([name, floor]) => [name, nextAbove(floor)]));
  return { ...ends, floors };
}

/** All steps of a metric. */
export function stepsOf({ steps, length }: MetricColumns): Float64Array {
  if (steps instanceof Float64Array) return steps;
  const { runs } = steps;
  const all = new Float64Array(length);
  let at = 0;
  for (let run = 0; run < runs.length; run += 3) {
    const first = runs[run] as number;
    const stride = runs[run + 1] as number;
    const count = runs[run + 2] as number;
    for (let i = 0; i < count; i++) all[at++] = first + i * stride;
  }
  return all;
}

/** All wall times of a metric. */
export function wallTimesOf({ wallTimes, length }: MetricColumns): Float64Array {
  if (wallTimes === null) return new Float64Array(length).fill(NaN);
  if (wallTimes instanceof Float64Array) return wallTimes;
  const all = new Float64Array(length);
  const words = new Uint32Array(all.buffer);
  all[0] = wallTimes.first;
  const { changes } = wallTimes;
  let low = words[0] as number;
  let high = words[1] as number;
  for (let i = 1; i < length; i++) {
    const sum = low + (changes[i] as number);
    low = sum >>> 0;
    if (sum < 0) high -= 1;
    else if (sum > 0xffffffff) high += 1;
    words[2 * i] = low;
    words[2 * i + 1] = high;
  }
  return all;
}

/** Points that each metric had in the batch at the moment of its restart `index`, from 0. */
export function lengthsAt(batch: ColumnBatch, index: number): Uint32Array {
  return Uint32Array.from(batch.metrics, (_, metric) => {
    const columns = batch.columns(metric);
    if (columns === null) return 0;
    const { attempts, length } = columns;
    for (let i = 0; i < attempts.length; i += 2) {
      if ((attempts[i] as number) > index) return attempts[i + 1] as number;
    }
    return length;
  });
}

/** The next larger number. */
function nextAbove(x: number): number {
  if (!Number.isFinite(x)) return x;
  if (x === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const number = new Float64Array(bits.buffer);
  number[0] = x;
  bits[0] = (bits[0] as bigint) + (x > 0 ? 1n : -1n);
  return number[0];
}
