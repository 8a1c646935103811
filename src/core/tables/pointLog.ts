/** The points of one file in the order of writing, with the run's metric names; grows as the file grows. */

import type { RestartMark } from "../model/run.js";
import type { PointColumns } from "../model/series.js";

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

export class PointLog {
  metric = new Uint32Array(0);
  step = new Float64Array(0);
  wallTime = new Float64Array(0);
  value = new Float64Array(0);
  /** 0 where nothing was recorded; null when all are recorded. */
  recorded: Uint8Array | null = null;
  /** NaN where none; null when none has one. */
  stderr: Float64Array | null = null;
  /** Where the writer itself says that it goes on from an earlier step; in the order of `at`, an index of this log. */
  restarts: readonly RestartMark[] = [];
  length = 0;
  /** Points of an unfinished last line: the next append replaces them. */
  private provisional = 0;

  /** The log that this one is a piece of; itself where it is none. */
  origin: PointLog = this;

  constructor(
    private readonly names: MetricNames,
    private readonly prefix: string,
  ) {}

  /** The points from index `start` on, without a copy. Not to be appended to. */
  from(start: number): PointLog {
    const piece = new PointLog(this.names, this.prefix);
    const { length } = this;
    piece.metric = this.metric.subarray(start, length);
    piece.step = this.step.subarray(start, length);
    piece.wallTime = this.wallTime.subarray(start, length);
    piece.value = this.value.subarray(start, length);
    piece.recorded = this.recorded?.subarray(start, length) ?? null;
    piece.stderr = this.stderr?.subarray(start, length) ?? null;
    piece.restarts = this.restarts
      .filter(({ at }) => at >= start)
      .map(({ at, step }) => ({ at: at - start, step }));
    piece.length = Math.max(0, length - start);
    piece.origin = this.origin;
    return piece;
  }

  /** Numbers of the metrics that it has points of. */
  metricIds(): Set<number> {
    return new Set(this.metric.subarray(0, this.length));
  }

  /** The log with `suffix` behind the names of those metrics that are in `taken`, without a copy of anything else. */
  renamed(taken: ReadonlySet<number>, suffix: string): PointLog {
    const copy = this.from(0);
    const ids = new Map<number, number>();
    for (const id of this.metricIds()) {
      const name = this.names.names[id] as string;
      ids.set(id, taken.has(id) ? this.names.idOf(name + suffix) : id);
    }
    copy.metric = copy.metric.map((id) => ids.get(id) as number);
    return copy;
  }

  append(points: PointColumns, isProvisional = false, restarts: readonly RestartMark[] = []): void {
    this.dropProvisional();
    const count = points.step.length;
    const before = this.length;
    if (restarts.length > 0) {
      const marks = restarts.map(({ at, step }) => ({ at: before + at, step }));
      this.restarts = [...this.restarts, ...marks];
    }
    this.reserve(this.length + count);
    const ids = points.metrics.map((name) => this.names.idOf(this.prefix + name));
    for (let i = 0; i < count; i++) {
      this.metric[this.length + i] = ids[points.metric[i] as number] as number;
    }
    this.step.set(points.step, this.length);
    this.wallTime.set(points.wallTime, this.length);
    this.value.set(points.value, this.length);
    if (points.recorded) this.recorded ??= new Uint8Array(this.step.length).fill(1);
    if (points.recorded) this.recorded?.set(points.recorded, this.length);
    else this.recorded?.fill(1, this.length, this.length + count);
    if (points.stderr) this.stderr ??= new Float64Array(this.step.length).fill(NaN);
    if (points.stderr) this.stderr?.set(points.stderr, this.length);
    else this.stderr?.fill(NaN, this.length, this.length + count);
    this.length += count;
    this.provisional = isProvisional ? count : 0;
  }

  dropProvisional(): void {
    this.length -= this.provisional;
    this.provisional = 0;
  }

  private reserve(size: number): void {
    if (size <= this.step.length) return;
    const capacity = Math.max(size, Math.ceil(this.step.length * 1.5));
    const grow = <T extends Uint32Array | Float64Array | Uint8Array>(from: T, to: T): T => {
      to.set(from.subarray(0, this.length));
      return to;
    };
    this.metric = grow(this.metric, new Uint32Array(capacity));
    this.step = grow(this.step, new Float64Array(capacity));
    this.wallTime = grow(this.wallTime, new Float64Array(capacity));
    this.value = grow(this.value, new Float64Array(capacity));
    if (this.recorded) this.recorded = grow(this.recorded, new Uint8Array(capacity).fill(1));
    if (this.stderr) this.stderr = grow(this.stderr, new Float64Array(capacity).fill(NaN));
  }
}
