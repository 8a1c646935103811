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

/** A restart in the order of writing: it comes before the point `at` of its file. */
export interface PlacedRestart extends Restart {
  readonly file: number;
  readonly at: number;
}

export interface StreamAttempts {
  /** What begins each attempt but the first. */
  readonly restarts: readonly PlacedRestart[];
  /** Steps go backwards so often that the order of writing means nothing: all points are one attempt. */
  readonly unordered: boolean;
  /** Lowest step of the first attempt and highest one of the last; infinite where it has no point. */
  readonly lowest: number;
  readonly highest: number;
}

/** Splits streams into attempts again and again while they grow. */
export class GrowingAttempts {
  private splitters = new Map<PointLog, AttemptSplitter>();

  /** O(points that are new since the last time). */
  split(streams: readonly Stream[]): StreamAttempts[] {
    const known = this.splitters;
    this.splitters = new Map();
    return streams.map(({ logs, restarts }) => {
      const [first] = logs;
      if (!first) return new AttemptSplitter(restarts).result();
      const before = known.get(first);
      const splitter = before?.isBeginningOf(logs) ? before : new AttemptSplitter(restarts);
      this.splitters.set(first, splitter);
      if (splitter.take(logs, true)) return splitter.result();
      const unsettled = splitter.copy();
      unsettled.take(logs, false);
      return unsettled.result();
    });
  }
}

/**
 * A step of a metric that is lower than the metric's last one is a restart; so is a first step of a later file that is
 * not above the last one of the files before, and a step that the writer itself says to go on from, where something was
 * logged at or behind it. Metrics are told apart, since an evaluation may be logged late.
 */
class AttemptSplitter {
  private readonly taken: Taken[] = [];
  private restarts: PlacedRestart[] = [];
  /** By metric: its last step, and the attempt and the file of that. */
  private last = new Float64Array(0);
  private attempt = new Int32Array(0);
  private file = new Int32Array(0);
  /** What writers say themselves, until a point follows. */
  private marks: (RestartMark & { readonly file: number })[] = [];
  private announced = 0;
  private reached = -Infinity;
  private rows = 0;
  private rowStep = NaN;
  private readonly all = new Extent();
  private readonly first = new Extent();
  private present = new Extent();

  constructor(private readonly everyFileRestarts: boolean) {}

  copy(): AttemptSplitter {
    const copy = new AttemptSplitter(this.everyFileRestarts);
    const { taken, restarts, last, attempt, file, marks, all, first, present } = this;
    Object.assign(copy, this, {
      taken: taken.map((one) => ({ ...one })),
      restarts: restarts.slice(),
      last: last.slice(),
      attempt: attempt.slice(),
      file: file.slice(),
      marks: marks.slice(),
      all: all.copy(),
      first: first.copy(),
      present: present.copy(),
    });
    return copy;
  }

  /** True where the logs go on from what was taken. */
  isBeginningOf(logs: readonly PointLog[]): boolean {
    const last = this.taken.length - 1;
    return this.taken.every(({ log, length, marks }, file) => {
      const now = logs[file];
      if (now !== log) return false;
      if (file === last) return now.settled >= length;
      return now.length === length && now.restarts.length === marks;
    });
  }

  /** Takes what is new in the logs. False where it has stopped before points that may be replaced. */
  take(logs: readonly PointLog[], onlySettled: boolean): boolean {
    for (let file = Math.max(0, this.taken.length - 1); file < logs.length; file++) {
      const log = logs[file] as PointLog;
      this.takeFrom(log, file, onlySettled ? log.settled : log.length);
      if (onlySettled && log.settled < log.length) return false;
    }
    return true;
  }

  result(): StreamAttempts {
    const { restarts, announced, rows, all, first, present } = this;
    if (!this.everyFileRestarts && restarts.length - announced > Math.max(8, rows / 10)) {
      return { restarts: [], unordered: true, lowest: all.lowest, highest: all.highest };
    }
    const { lowest } = first;
    return { restarts: restarts.slice(), unordered: false, lowest, highest: present.highest };
  }

  private takeFrom(log: PointLog, file: number, end: number): void {
    const known = (this.taken[file] ??= { log, length: 0, marks: 0 });
    const start = known.length;
    known.length = end;
    if (this.everyFileRestarts && file > 0 && start === 0 && end > 0) {
      this.restart(log.step[0] as number, file, 0);
    }
    for (const { at, step } of log.restarts.slice(known.marks)) this.marks.push({ file, at, step });
    known.marks = log.restarts.length;
    if (start === 0 && end === log.length && end > 0 && this.takeWhole(log, file)) return;
    const { metric: metrics, step: steps } = log;
    for (let i = start; i < end; i++) {
      const step = steps[i] as number;
      if (this.marks.length > 0) this.heed(file, i);
      const metric = metrics[i] as number;
      if (metric >= this.last.length) this.reserve(metric + 1);
      if (step !== this.rowStep) this.rows += 1;
      this.rowStep = step;
      if (this.goesBack(metric, step, file)) this.restart(step, file, i);
      this.last[metric] = step;
      this.attempt[metric] = this.restarts.length;
      this.file[metric] = file;
      this.reached = Math.max(this.reached, step);
      this.extend(step);
    }
  }

  /**
   * Takes a file in which no step goes back, without a look at each point. False, and nothing taken, where there is one, or
   * the file begins anew what those before it have. O(metrics), where the log knows what its metrics have.
   */
  private takeWhole(log: PointLog, file: number): boolean {
    if (this.marks.length > 0) return false;
    const places = log.byMetric();
    const own: { metric: number; first: number; last: number }[] = [];
    for (const metric of places.metrics()) {
      const place = places.of(metric);
      if (!place || place.descents > 0) return false;
      const first = log.step[place.index[0] as number] as number;
      if (metric >= this.last.length) this.reserve(metric + 1);
      if (this.goesBack(metric, first, file)) return false;
      own.push({ metric, first, last: log.step[place.index[place.count - 1] as number] as number });
    }
    this.rows += places.changes + (log.step[0] === this.rowStep ? 0 : 1);
    this.rowStep = log.step[log.length - 1] as number;
    for (const { metric, first, last } of own) {
      this.last[metric] = last;
      this.attempt[metric] = this.restarts.length;
      this.file[metric] = file;
      this.reached = Math.max(this.reached, last);
      for (const step of [first, last]) this.extend(step);
    }
    return true;
  }

  /** True where a metric's next step is a restart. */
  private goesBack(metric: number, step: number, file: number): boolean {
    const isSeen = this.attempt[metric] === this.restarts.length;
    const before = isSeen ? (this.last[metric] as number) : -Infinity;
    const isFirstInFile = this.file[metric] !== file && this.restarts.at(-1)?.file !== file;
    return step < before || (step === before && isFirstInFile && file > 0);
  }

  private extend(step: number): void {
    this.all.take(step);
    this.present.take(step);
    if (this.restarts.length === 0) this.first.take(step);
  }

  /** Restarts where the writer has said so before a point. */
  private heed(file: number, at: number): void {
    for (let mark = this.marks[0]; mark; mark = this.marks[0]) {
      if (mark.file === file && mark.at > at) return;
      this.marks.shift();
      if (mark.step > this.reached) continue;
      this.restart(mark.step, file, at);
      this.announced += 1;
    }
  }

  private restart(from: number, file: number, at: number): void {
    this.restarts.push({ from, reached: this.reached, file, at });
    this.reached = -Infinity;
    this.present = new Extent();
  }

  private reserve(metrics: number): void {
    const size = Math.ceil(1.5 * metrics);
    const { last, attempt, file } = this;
    this.last = new Float64Array(size);
    this.attempt = new Int32Array(size).fill(-1);
    this.file = new Int32Array(size).fill(-1);
    this.last.set(last);
    this.attempt.set(attempt);
    this.file.set(file);
  }
}

/** How much of a log was taken. */
interface Taken {
  readonly log: PointLog;
  length: number;
  /** How often its writer has said that it goes on from an earlier step. */
  marks: number;
}

/** The lowest and the highest of some steps. */
class Extent {
  lowest = Infinity;
  highest = -Infinity;

  take(step: number): void {
    if (step < this.lowest) this.lowest = step;
    if (step > this.highest) this.highest = step;
  }

  copy(): Extent {
    return Object.assign(new Extent(), this);
  }
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
export function joinAttempts(streams: readonly StreamAttempts[]): JoinedAttempts {
  const order = streams.map((_, index) => index);
  const restartsOf = (index: number): readonly Restart[] => streams[index]?.restarts ?? [];
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
  for (const [index, { lowest, highest }] of streams.entries()) {
    const { firsts } = placed[index] as PlacedAttempts;
    first[0] = Math.min(first[0] as number, lowest);
    // The end of an attempt that another one follows is known from the restart; the last one ends where it ends.
    if (firsts.at(-1) === count - 1) last[count - 1] = Math.max(last[count - 1] as number, highest);
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
