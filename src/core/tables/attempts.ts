/** Splits the points of logs into attempts: the contiguous parts of a run between restarts. */

import type { Attempt } from "../model/run.js";
import type { ColumnLog } from "./columnLog.js";
import type { LogPoints, MetricFacts } from "./logPoints.js";
import { POSITION, STEP } from "./segment.js";
import type { Stretch } from "./stretch.js";

/** Logs that continue one another, in the order of writing. */
export interface Stream {
  readonly logs: readonly ColumnLog[];
  /** True when each log is a restart by itself, whatever its steps are. */
  readonly restarts: boolean;
}

/** Where a stream went back. */
export interface Restart {
  /** The step with which it went on: the one of the metric that went backwards. */
  readonly from: number;
  /** The last step that it had reached. */
  readonly reached: number;
}

/** A restart in the order of writing. */
export interface PlacedRestart extends Restart {
  /** Index of the log, and the position in it of the first point behind the restart. */
  readonly file: number;
  readonly position: number;
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

/**
 * A step of a metric that is lower than the metric's last one is a restart; so is a first step of a later file that is
 * not above the last one of the files before. Metrics are told apart, since an evaluation may be logged late.
 *
 * Only a metric's first point in a file and one below its point before can be a restart, so no other one is looked at:
 * O(metrics · files + restarts · metrics · log(points)).
 */
export function splitAttempts(
  files: readonly LogPoints[],
  everyFileRestarts: boolean,
): StreamAttempts {
  const splitter = new Splitter(files);
  const most = everyFileRestarts ? Infinity : Math.max(8, rowsOf(files) / 10);
  for (const [file, points] of files.entries()) {
    if (points.length === 0) continue;
    if (everyFileRestarts && file > 0) splitter.restart(file, 0, points.firstStep);
    splitter.lookInto(file, most);
    if (splitter.restarts.length > most) {
      return { restarts: [], unordered: true, ...extentOf(files) };
    }
  }
  return { restarts: splitter.restarts, unordered: false, ...splitter.extent() };
}

/** How often the step changes from point to point. */
function rowsOf(files: readonly LogPoints[]): number {
  let rows = 0;
  let last = NaN;
  for (const points of files) {
    if (points.length === 0) continue;
    rows += points.rows - (points.firstStep === last ? 1 : 0);
    last = points.lastStep;
  }
  return rows;
}

/** The lowest and the highest of all steps. O(points). */
function extentOf(files: readonly LogPoints[]): { lowest: number; highest: number } {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const points of files) {
    for (const { metric } of points.facts) {
      for (const step of points.stretch(metric).read(STEP)) {
        if (step < lowest) lowest = step;
        if (step > highest) highest = step;
      }
    }
  }
  return { lowest, highest };
}

/** A point that may be a restart. */
interface Candidate {
  readonly position: number;
  readonly step: number;
  /** The metric's point before. */
  readonly before: Place;
  readonly isFirstInFile: boolean;
}

interface Place {
  readonly file: number;
  readonly position: number;
  readonly step: number;
}

class Splitter {
  readonly restarts: PlacedRestart[] = [];
  /** Where the present attempt begins. */
  private file = 0;
  private position = 0;
  /** The last point of each metric, and the first one, in the files that were looked into. */
  private readonly last = new Map<number, Place>();
  private readonly first = new Map<number, Place>();

  constructor(private readonly files: readonly LogPoints[]) {}

  /** Finds the restarts in a file, but no more than one above `most`. */
  lookInto(file: number, most: number): void {
    const { facts } = this.files[file] as LogPoints;
    for (const { position, step, before, isFirstInFile } of this.candidates(file)) {
      const isBack = step < before.step || (step === before.step && isFirstInFile);
      if (!isBack || !this.isPresent(before)) continue;
      this.restart(file, position, step);
      if (this.restarts.length > most) return;
    }
    for (const { metric, firstPosition, firstStep, lastPosition, lastStep } of facts) {
      const first = { file, position: firstPosition, step: firstStep };
      if (!this.first.has(metric)) this.first.set(metric, first);
      this.last.set(metric, { file, position: lastPosition, step: lastStep });
    }
  }

  restart(file: number, position: number, from: number): void {
    this.restarts.push({ from, reached: this.reachedBefore(file, position), file, position });
    this.file = file;
    this.position = position;
  }

  /** Lowest step of the first attempt and highest one of the last: within one, those of a metric do not descend. */
  extent(): { lowest: number; highest: number } {
    const [restart] = this.restarts;
    let lowest = Infinity;
    for (const { file, position, step } of this.first.values()) {
      const isBefore =
        !restart || file < restart.file || (file === restart.file && position < restart.position);
      if (isBefore) lowest = Math.min(lowest, step);
    }
    let highest = -Infinity;
    for (const place of this.last.values()) {
      if (this.isPresent(place)) highest = Math.max(highest, place.step);
    }
    return { lowest, highest };
  }

  /** In the order of writing. */
  private *candidates(file: number): Generator<Candidate> {
    const { facts, descents } = this.files[file] as LogPoints;
    const firsts = facts.flatMap(({ metric, firstPosition: position, firstStep: step }) => {
      const before = this.last.get(metric);
      return before ? [{ position, step, before, isFirstInFile: true }] : [];
    });
    firsts.sort((a, b) => a.position - b.position);
    let next = 0;
    for (let i = 0; i < descents.length; i++) {
      const { position, step, beforePosition, beforeStep } = descents.at(i);
      for (; next < firsts.length; next++) {
        const first = firsts[next] as Candidate;
        if (first.position > position) break;
        yield first;
      }
      const before = { file, position: beforePosition, step: beforeStep };
      yield { position, step, before, isFirstInFile: false };
    }
    yield* firsts.slice(next);
  }

  /** True where a point belongs to the present attempt. */
  private isPresent({ file, position }: Place): boolean {
    return file > this.file || (file === this.file && position >= this.position);
  }

  /** The highest step of the present attempt before a point; minus infinity where it has none. */
  private reachedBefore(file: number, position: number): number {
    const points = this.files[file] as LogPoints;
    let reached = -Infinity;
    const take = (place: Place | undefined): void => {
      if (place && this.isPresent(place)) reached = Math.max(reached, place.step);
    };
    for (const facts of points.facts) take(this.lastBefore(facts, file, position));
    for (const place of this.last.values()) take(place);
    return reached;
  }

  private lastBefore(facts: MetricFacts, file: number, position: number): Place | undefined {
    const { metric, firstPosition, lastPosition, lastStep } = facts;
    if (firstPosition >= position) return undefined;
    if (lastPosition < position) return { file, position: lastPosition, step: lastStep };
    const points = this.stretchOf(metric, file);
    const index = points.lowerBound(POSITION, position) - 1;
    return { file, position: points.numberAt(POSITION, index), step: points.numberAt(STEP, index) };
  }

  private stretches = new Map<number, Stretch>();
  private stretchesOf = -1;

  private stretchOf(metric: number, file: number): Stretch {
    if (this.stretchesOf !== file) this.stretches = new Map();
    this.stretchesOf = file;
    let points = this.stretches.get(metric);
    if (!points) {
      points = (this.files[file] as LogPoints).stretch(metric);
      this.stretches.set(metric, points);
    }
    return points;
  }
}

/** Where the points of a metric in one of a stream's files begin another attempt: the first one's number and the indices. */
export function cutsOf(
  { restarts }: StreamAttempts,
  file: number,
  points: Stretch,
): { readonly first: number; readonly cuts: readonly number[] } {
  const first = restarts.filter((restart) => restart.file < file).length;
  const own = restarts.slice(first).filter((restart) => restart.file === file);
  return { first, cuts: own.map(({ position }) => points.lowerBound(POSITION, position)) };
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
  streams: readonly StreamAttempts[],
): JoinedAttempts {
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
    if (lowest < (first[0] as number)) first[0] = lowest;
    // The end of an attempt that another one follows is known from the restart; the last one ends where it ends.
    const isLast = firsts.at(-1) === count - 1;
    if (isLast && highest > (last[count - 1] as number)) last[count - 1] = highest;
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
