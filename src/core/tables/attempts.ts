/** Splits the points of a log into attempts: the contiguous parts of a run between restarts. */

import type { Attempt } from "../model/run.js";
import type { PointLog } from "./pointLog.js";

/** Logs that continue one another, in the order of writing. */
export interface Stream {
  readonly logs: readonly PointLog[];
  /** True when each log is a restart by itself, whatever its steps are. */
  readonly restarts: boolean;
}

export interface StreamAttempts {
  /** Attempt of each point, log by log, from 0. */
  readonly attempt: readonly Int32Array[];
  readonly count: number;
  /** Steps go backwards so often that the order of writing means nothing: all points are one attempt. */
  readonly unordered: boolean;
}

/**
 * A step of a metric that is lower than the metric's last one is a restart; so is a first step of a later file that is
 * not above the last one of the files before. Metrics are told apart, since an evaluation may be logged late. O(points).
 */
export function splitAttempts(stream: Stream, metricCount: number): StreamAttempts {
  const last = new Float64Array(metricCount).fill(-Infinity);
  const seenIn = new Int32Array(metricCount).fill(-1);
  const attempt = stream.logs.map((log) => new Int32Array(log.length));
  let current = 0;
  let rows = 0;
  let rowStep = NaN;
  for (const [file, log] of stream.logs.entries()) {
    if (stream.restarts && file > 0) {
      current += 1;
      last.fill(-Infinity);
    }
    for (let i = 0; i < log.length; i++) {
      const metric = log.metric[i] as number;
      const step = log.step[i] as number;
      if (step !== rowStep) rows += 1;
      rowStep = step;
      const before = last[metric] as number;
      const isFirstInFile = seenIn[metric] !== file;
      if (step < before || (step === before && isFirstInFile && file > 0)) {
        current += 1;
        last.fill(-Infinity);
        seenIn.fill(file);
      }
      seenIn[metric] = file;
      last[metric] = step;
      (attempt[file] as Int32Array)[i] = current;
    }
  }
  if (!stream.restarts && current > Math.max(8, rows / 10)) {
    for (const column of attempt) column.fill(0);
    return { attempt, count: 1, unordered: true };
  }
  return { attempt, count: current + 1, unordered: false };
}

/**
 * First and last step per attempt over all streams of a run. Attempts of different streams are the same ones counted
 * from the end: the last one is the one that is still going on in all of them.
 */
export function joinAttempts(
  streams: readonly { readonly stream: Stream; readonly attempts: StreamAttempts }[],
): Attempt[] {
  const count = Math.max(0, ...streams.map(({ attempts }) => attempts.count));
  const first = new Float64Array(count).fill(Infinity);
  const last = new Float64Array(count).fill(-Infinity);
  for (const { stream, attempts } of streams) {
    // A stream without restarts spans all attempts; only its steps count, not where it was restarted.
    if (attempts.count === 1 && count > 1) continue;
    const shift = count - attempts.count;
    for (const [file, log] of stream.logs.entries()) {
      const column = attempts.attempt[file] as Int32Array;
      for (let i = 0; i < log.length; i++) {
        const index = (column[i] as number) + shift;
        const step = log.step[i] as number;
        if (step < (first[index] as number)) first[index] = step;
        if (step > (last[index] as number)) last[index] = step;
      }
    }
  }
  const joined: Attempt[] = [];
  let cutoff = Infinity;
  for (let i = count - 1; i >= 0; i--) {
    const from = first[i] as number;
    const to = last[i] as number;
    joined.unshift({ first: from, last: to, superseded: to >= cutoff });
    cutoff = Math.min(cutoff, from);
  }
  return joined;
}

/** Steps from which on a point of an attempt is superseded by a later one; infinity for the last attempt. */
export function cutoffsOf(attempts: readonly Attempt[]): Float64Array {
  const cutoffs = new Float64Array(attempts.length);
  let cutoff = Infinity;
  for (let i = attempts.length - 1; i >= 0; i--) {
    cutoffs[i] = cutoff;
    cutoff = Math.min(cutoff, (attempts[i] as Attempt).first);
  }
  return cutoffs;
}

/** The attempt that a step of the surviving trajectory lies in. */
export function attemptAt(attempts: readonly Attempt[], step: number): number {
  for (let i = attempts.length - 1; i > 0; i--) {
    if ((attempts[i] as Attempt).first <= step) return i;
  }
  return 0;
}
