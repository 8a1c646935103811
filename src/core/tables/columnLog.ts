/**
 * The points of one file metric by metric, with what tells in which order they were written; grows as the file grows. A
 * point takes about eight bytes where an event file holds it.
 */

import type { ColumnBatch, Numbers, PointColumns } from "../model/series.js";
import { LogPoints, type NewColumns, type NewPoints } from "./logPoints.js";
import { PlainBuffer } from "./plainBuffer.js";
import { POSITION, STDERR, STEP, VALUE, WALL_TIME } from "./segment.js";

/** Metric names of a run, numbered in the order of their first point. Shared by all files of the run. */
export class MetricNames {
  readonly names: string[] = [];
  private readonly ids = new Map<string, number>();

  idOf(name: string): number {
    let id = this.ids.get(name);
    if (id === undefined) {
      id = this.names.length;
      this.names.push(name);
      this.ids.set(name, id);
    }
    return id;
  }
}

export class ColumnLog {
  /** What it holds now. */
  points = LogPoints.NONE;
  /** The same without the points of an unfinished last line: the next append replaces them. */
  private settled = LogPoints.NONE;
  /** The log that this one is a piece of; itself where it is none. */
  origin: ColumnLog = this;

  constructor(
    private readonly names: MetricNames,
    private readonly prefix: string,
  ) {}

  get length(): number {
    return this.points.length;
  }

  get bytes(): number {
    return this.points.bytes;
  }

  append(points: PointColumns | ColumnBatch, isProvisional = false): void {
    const ids = points.metrics.map((name) => this.names.idOf(this.prefix + name));
    const { end } = this.settled;
    const added = "columns" in points ? fromBatch(points, ids, end) : fromRows(points, ids, end);
    this.points = this.settled.with(added);
    if (!isProvisional) this.settled = this.points;
  }

  dropProvisional(): void {
    this.points = this.settled;
  }

  /** The points from the one with the number `start` on, each of which has its own position. Not to be appended to. O(n). */
  from(start: number): ColumnLog {
    const { points, names } = this;
    const length = Math.max(0, points.length - start);
    const rest = {
      metrics: names.names,
      metric: new Uint32Array(length),
      step: new Float64Array(length),
      wallTime: new Float64Array(length),
      value: new Float64Array(length),
      recorded: new Uint8Array(length),
      stderr: points.hasStderr ? new Float64Array(length) : null,
    };
    for (const { metric } of points.facts) {
      const all = points.stretch(metric);
      const own = all.part(all.lowerBound(POSITION, start), all.length);
      const [step, wallTime, value] = [own.read(STEP), own.read(WALL_TIME), own.read(VALUE)];
      const stderr = rest.stderr && own.read(STDERR);
      const recorded = own.readRecorded(new Uint8Array(own.length), 0);
      for (const [i, position] of own.read(POSITION).entries()) {
        const at = position - start;
        rest.metric[at] = metric;
        rest.step[at] = step[i] as number;
        rest.wallTime[at] = wallTime[i] as number;
        rest.value[at] = value[i] as number;
        rest.recorded[at] = recorded[i] as number;
        if (rest.stderr && stderr) rest.stderr[at] = stderr[i] as number;
      }
    }
    const piece = new ColumnLog(names, "");
    piece.append(rest);
    piece.origin = this.origin;
    return piece;
  }
}

/** Groups points by metric; each has its place in the file for its position. O(n). */
function fromRows(points: PointColumns, ids: readonly number[], end: number): NewPoints {
  const { metric, step, wallTime, value, recorded, stderr } = points;
  const { length } = step;
  const counts = new Uint32Array(ids.length);
  for (let i = 0; i < length; i++) counts[metric[i] as number]! += 1;
  const present = new Set(ids.filter((_, i) => (counts[i] as number) > 0));
  const metrics = [...present].sort((a, b) => a - b);
  // Of each name, the place of its metric: a table may give two columns one name.
  const places = new Map(metrics.map((id, place) => [id, place]));
  const placeOf = Uint32Array.from(ids, (id) => places.get(id) ?? 0);
  const starts = new Uint32Array(metrics.length + 1);
  for (const [i, count] of counts.entries()) {
    if (count > 0) starts[(placeOf[i] as number) + 1]! += count;
  }
  for (let place = 0; place < metrics.length; place++) starts[place + 1]! += starts[place] as number;
  const next = starts.slice();
  const room = buffer.begin(length);
  let rows = 0;
  for (let i = 0; i < length; i++) {
    const at = next[placeOf[metric[i] as number] as number]!++;
    room.position[at] = end + i;
    room.step[at] = step[i] as number;
    room.wallTime[at] = wallTime[i] as number;
    room.value[at] = value[i] as number;
    if (recorded) room.recorded[at] = recorded[i] as number;
    if (stderr) room.stderr[at] = stderr[i] as number;
    if (i === 0 || step[i] !== step[i - 1]) rows += 1;
  }
  const plain = { ...room, recorded: recorded && room.recorded, stderr: stderr && room.stderr };
  return {
    metrics: metrics.map((id, place): NewColumns => {
      const [from, to] = [starts[place] as number, starts[place + 1] as number];
      return { metric: id, plain, from, to };
    }),
    ...{ length, rows, firstStep: step[0] ?? NaN, lastStep: step[length - 1] ?? NaN },
  };
}

const buffer = new PlainBuffer();

function fromBatch(batch: ColumnBatch, ids: readonly number[], end: number): NewPoints {
  const { length, rows, firstStep, lastStep } = batch;
  const metrics = batch.columns.flatMap((columns, i): NewColumns[] => {
    if (columns === null) return [];
    const position = raised(columns.position, end);
    const count = lengthOf(columns.value);
    return [{ metric: ids[i] as number, columns: { ...columns, position }, count }];
  });
  metrics.sort((a, b) => a.metric - b.metric);
  return { metrics, length, rows, firstStep, lastStep };
}

function lengthOf(numbers: Numbers): number {
  return "differences" in numbers ? numbers.differences.length + 1 : numbers.length;
}

/** Numbers that are whole, each greater by `by`. */
function raised(numbers: Numbers, by: number): Numbers {
  if (by === 0) return numbers;
  if ("stride" in numbers) return { ...numbers, first: numbers.first.map((first) => first + by) };
  if ("differences" in numbers) throw new RangeError("positions are not given by their bits");
  return Float64Array.from(numbers, (number) => number + by);
}

/** How many points two logs have in common from their beginning on. Each point has its own position. O(n). */
export function commonPoints(a: LogPoints, b: LogPoints): number {
  let common = Math.min(a.length, b.length);
  for (const metric of new Set([...a.facts, ...b.facts].map((facts) => facts.metric))) {
    const [ofA, ofB] = [a.stretch(metric), b.stretch(metric)];
    const [positionA, positionB] = [ofA.read(POSITION), ofB.read(POSITION)];
    const [stepA, stepB] = [ofA.read(STEP), ofB.read(STEP)];
    const [valueA, valueB] = [ofA.read(VALUE), ofB.read(VALUE)];
    for (let i = 0; i < ofA.length || i < ofB.length; i++) {
      const first = Math.min(positionA[i] ?? Infinity, positionB[i] ?? Infinity);
      if (first >= common) break;
      const isSame =
        positionA[i] === positionB[i] &&
        stepA[i] === stepB[i] &&
        Object.is(valueA[i], valueB[i]);
      if (!isSame) {
        common = first;
        break;
      }
    }
  }
  return common;
}
