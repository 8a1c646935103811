/** Splits the points of a log into attempts: the contiguous parts of a run between restarts. */

import type { Attempt, RestartMark } from "../model/run.js";
import type { PointLog } from "./pointLog.js";

/** Logs that continue one another, in the order of writing. */
export interface Stream {
  readonly logs: readonly PointLog[];
  /** True when each log is a restart by itself, whatever its steps are. */
  readonly restarts: boolean;
  /** What its steps count, where they count something else than those of the run. */
  readonly apart?: string;
}

/** Where a stream went back. */
export interface Restart {
  /** The step with which it went on: the one of the metric that went backwards. */
  readonly from: number;
  /** The last step that it had reached. */
  readonly reached: number;
}

export interface StreamAttempts {
  /** Attempt of each point within the stream, log by log, from 0. */
  readonly attempt: readonly Int32Array[];
  /** What begins each attempt but the first. */
  readonly restarts: readonly Restart[];
  /** Steps go backwards so often that the order of writing means nothing: all points are one attempt. */
  readonly unordered: boolean;
}

/**
 * A step of a metric that is lower than the metric's last one is a restart; so is a first step of a later file that is
 * not above the last one of the files before, and a step that the writer itself says to go on from, where something was
 * logged at or behind it. Metrics are told apart, since an evaluation may be logged late. O(points).
 */
export function splitAttempts(stream: Stream, metricCount: number): StreamAttempts {
  const last = new Float64Array(metricCount).fill(-Infinity);
  const seenIn = new Int32Array(metricCount).fill(-1);
  const attempt = stream.logs.map((log) => new Int32Array(log.length));
  const restarts: Restart[] = [];
  /** What writers say themselves, until a point follows. */
  const marks: (RestartMark & { readonly file: number })[] = [];
  let announced = 0;
  let reached = -Infinity;
  let rows = 0;
  let rowStep = NaN;
  const restart = (from: number, file: number): void => {
    restarts.push({ from, reached });
    last.fill(-Infinity);
    seenIn.fill(file);
    reached = -Infinity;
  };
  for (const [file, log] of stream.logs.entries()) {
    if (stream.restarts && file > 0 && log.length > 0) restart(log.step[0] as number, file);
    marks.push(...log.restarts.map(({ at, step }) => ({ file, at, step })));
    for (let i = 0; i < log.length; i++) {
      for (let mark = marks[0]; mark && (mark.file < file || mark.at <= i); mark = marks[0]) {
        marks.shift();
        if (mark.step > reached) continue;
        restart(mark.step, file);
        announced += 1;
      }
      const metric = log.metric[i] as number;
      const step = log.step[i] as number;
      if (step !== rowStep) rows += 1;
      rowStep = step;
      const before = last[metric] as number;
      const isFirstInFile = seenIn[metric] !== file;
      if (step < before || (step === before && isFirstInFile && file > 0)) restart(step, file);
      seenIn[metric] = file;
      last[metric] = step;
      reached = Math.max(reached, step);
      (attempt[file] as Int32Array)[i] = restarts.length;
    }
  }
  if (!stream.restarts && restarts.length - announced > Math.max(8, rows / 10)) {
    for (const column of attempt) column.fill(0);
    return { attempt, restarts: [], unordered: true };
  }
  return { attempt, restarts, unordered: false };
}

/** A stream's attempts among those of its run. */
export interface PlacedAttempts {
  /** Of each attempt of the stream, the first attempt of the run that it can be a part of. */
  readonly firsts: readonly number[];
  /** By attempt of the run: the step from which on a later attempt superseded this stream's points. */
  readonly cutoffs: Float64Array;
}

export interface JoinedAttempts {
  readonly attempts: readonly Attempt[];
  readonly placed: readonly PlacedAttempts[];
  /** Cutoffs for points that belong to no stream. */
  readonly cutoffs: Float64Array;
}

/** A restart of the run, as several of its streams may have seen it. */
interface JoinedRestart extends Restart {
  /** Index of the stream's own restart, by stream. */
  readonly seenBy: ReadonlyMap<number, number>;
}

/**
 * The attempts of a run that logs several streams. Two streams saw the same restart when the steps that they repeat
 * overlap; a restart that only one of them saw, since the others log too seldom or never repeated a step, is one of the
 * run all the same, but each stream's points are superseded by what that stream itself repeated wherever it did.
 */
export function joinAttempts(
  streams: readonly { readonly stream: Stream; readonly attempts: StreamAttempts }[],
): JoinedAttempts {
  const order = streams.map((_, index) => index);
  const restartsOf = (index: number): readonly Restart[] => streams[index]?.attempts.restarts ?? [];
  order.sort((a, b) => restartsOf(b).length - restartsOf(a).length || a - b);
  let joined: JoinedRestart[] = [];
  for (const index of order) joined = withRestarts(joined, restartsOf(index), index);
  const count = joined.length + 1;
  const placed = streams.map((_, index): PlacedAttempts => {
    const own = restartsOf(index);
    const firsts = [0];
    const from = new Float64Array(count).fill(Infinity);
    for (const [i, restart] of joined.entries()) {
      const seen = restart.seenBy.get(index);
      if (seen !== undefined) firsts[seen + 1] = i + 1;
      from[i + 1] = seen === undefined ? restart.from : (own[seen] as Restart).from;
    }
    return { firsts, cutoffs: cutoffsFrom(from) };
  });
  const first = Float64Array.from({ length: count }, (_, i) => joined[i - 1]?.from ?? Infinity);
  const last = Float64Array.from({ length: count }, (_, i) => joined[i]?.reached ?? -Infinity);
  for (const [index, { stream, attempts }] of streams.entries()) {
    const { firsts } = placed[index] as PlacedAttempts;
    for (const [file, log] of stream.logs.entries()) {
      const column = attempts.attempt[file] as Int32Array;
      for (let i = 0; i < log.length; i++) {
        const local = column[i] as number;
        const step = log.step[i] as number;
        // The end of an attempt that another one follows is known from the restart; the last one ends where it ends.
        if (local === 0 && step < (first[0] as number)) first[0] = step;
        const isLast = local === firsts.length - 1 && firsts[local] === count - 1;
        if (isLast && step > (last[count - 1] as number)) last[count - 1] = step;
      }
    }
  }
  const cutoffs = cutoffsFrom(first);
  const joinedAttempts = Array.from(first, (from, i): Attempt => ({
    first: from,
    last: last[i] as number,
    superseded: (last[i] as number) >= (cutoffs[i] as number),
  }));
  return { attempts: joinedAttempts, placed, cutoffs };
}

/** Adds a stream's restarts to those that are known, in the order in which they happened. */
function withRestarts(
  known: readonly JoinedRestart[],
  own: readonly Restart[],
  stream: number,
): JoinedRestart[] {
  const joined = [...known];
  let next = 0;
  for (const [index, restart] of own.entries()) {
    const same = joined.findIndex(
      ({ from, reached }, i) => i >= next && from <= restart.reached && restart.from <= reached,
    );
    if (same >= 0) {
      const { from, reached, seenBy } = joined[same] as JoinedRestart;
      joined[same] = {
        from,
        reached: Math.max(reached, restart.reached),
        seenBy: new Map([...seenBy, [stream, index]]),
      };
      next = same + 1;
    } else {
      const later = joined.findIndex(({ reached }, i) => i >= next && reached > restart.reached);
      const at = later < 0 ? joined.length : later;
      joined.splice(at, 0, { ...restart, seenBy: new Map([[stream, index]]) });
      next = at + 1;
    }
  }
  return joined;
}

/** Steps from which on a point of an attempt is superseded by a later one; infinity for the last attempt. */
function cutoffsFrom(first: Float64Array): Float64Array {
  const cutoffs = new Float64Array(first.length);
  let cutoff = Infinity;
  for (let i = first.length - 1; i >= 0; i--) {
    cutoffs[i] = cutoff;
    cutoff = Math.min(cutoff, first[i] as number);
  }
  return cutoffs;
}

/**
 * The attempt, from `low` to `high`, that a point at `step` was measured in: the latest one that has come by the step,
 * `high` where none has.
 */
export function attemptAt(
  attempts: readonly Attempt[],
  step: number,
  low = 0,
  high = attempts.length - 1,
): number {
  for (let i = high; i >= low; i--) {
    const { first, last } = attempts[i] as Attempt;
    if ((first <= step || i === low) && step <= last) return i;
  }
  return Math.max(low, high);
}
