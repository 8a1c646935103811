/**
 * The points of one file in the order of writing, with the run's metric names; grows as the file grows. Of each metric it
 * knows which points are its own.
 */

import type { RestartMark } from "../model/run.js";
import type { PointColumns } from "../model/series.js";
import { MetricPlaces, type KeptPlace } from "./metricPlaces.js";
import { IDS, NarrowColumn, STEPS, VALUES, type Numbers } from "./narrowColumn.js";

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

interface Columns {
  metric: NarrowColumn;
  step: NarrowColumn;
  wallTime: NarrowColumn;
  value: NarrowColumn;
  recorded: NarrowColumn | null;
  stderr: NarrowColumn | null;
}

/** A log as it is kept outside of memory. */
export interface KeptLog {
  readonly columns: Readonly<Record<keyof Columns, Numbers | null>>;
  readonly restarts: readonly RestartMark[];
  /** Indices of all points, metric by metric. */
  readonly order: Uint32Array;
  /** In the order of the metrics' first points; their numbers are those in the columns. */
  readonly places: readonly (KeptPlace & { readonly name: string })[];
  /** Points that have another step than the point before them. */
  readonly changes: number;
}

export class PointLog {
  private columns: Columns = {
    metric: NarrowColumn.of(IDS),
    step: NarrowColumn.of(STEPS),
    wallTime: NarrowColumn.of(VALUES),
    value: NarrowColumn.of(VALUES),
    recorded: null,
    stderr: null,
  };
  /** Where the writer itself says that it goes on from an earlier step; in the order of `at`, an index of this log. */
  restarts: readonly RestartMark[] = [];
  length = 0;
  /** Points of an unfinished last line: the next append replaces them. */
  private provisional = 0;
  private places = new MetricPlaces();
  /** True when a table may look into the columns: then what is in them stays. */
  private isRead = false;

  /** The log that this one is a piece of; itself where it is none. */
  origin: PointLog = this;

  constructor(
    private readonly names: MetricNames,
    private readonly prefix: string,
  ) {}

  /** The log that `kept` was of, whose metrics may have other numbers among `names`. */
  static restored(names: MetricNames, prefix: string, kept: KeptLog): PointLog {
    const log = new PointLog(names, prefix);
    const ids = new Map(kept.places.map(({ metric, name }) => [metric, names.idOf(name)]));
    const { metric, step, wallTime, value, recorded, stderr } = kept.columns;
    const isSame = [...ids].every(([before, now]) => before === now);
    log.columns = {
      metric: isSame
        ? NarrowColumn.holding(IDS, metric as Numbers)
        : withIds(metric as Numbers, ids),
      step: NarrowColumn.holding(STEPS, step as Numbers),
      wallTime: NarrowColumn.holding(VALUES, wallTime as Numbers),
      value: NarrowColumn.holding(VALUES, value as Numbers),
      recorded: recorded && NarrowColumn.holding(IDS, recorded, 1),
      stderr: stderr && NarrowColumn.holding(VALUES, stderr, NaN),
    };
    log.length = (step as Numbers).length;
    log.restarts = kept.restarts;
    log.places = MetricPlaces.restored(
      kept.order,
      kept.places.map((place) => ({ ...place, metric: ids.get(place.metric) as number })),
      kept.changes,
    );
    return log;
  }

  /** The settled points, as they can be kept; what is in the arrays stays while the log grows. O(points). */
  kept(): KeptLog {
    if (this.provisional > 0) return this.piece(0, this.settled).kept();
    const { length, restarts } = this;
    const { order, places, changes } = this.byMetric().kept();
    const { metric, step, wallTime, value, recorded, stderr } = this;
    const used = (numbers: Numbers): Numbers => numbers.subarray(0, length);
    return {
      columns: {
        metric: used(metric),
        step: used(step),
        wallTime: used(wallTime),
        value: used(value),
        recorded: recorded && used(recorded),
        stderr: stderr && used(stderr),
      },
      restarts,
      order,
      places: places.map((place) => ({ ...place, name: this.names.names[place.metric] as string })),
      changes,
    };
  }

  get metric(): Numbers {
    return this.columns.metric.numbers;
  }

  get step(): Numbers {
    return this.columns.step.numbers;
  }

  get wallTime(): Numbers {
    return this.columns.wallTime.numbers;
  }

  get value(): Numbers {
    return this.columns.value.numbers;
  }

  /** 0 where nothing was recorded; null when all are recorded. */
  get recorded(): Numbers | null {
    return this.columns.recorded?.numbers ?? null;
  }

  /** NaN where none; null when none has one. */
  get stderr(): Numbers | null {
    return this.columns.stderr?.numbers ?? null;
  }

  /** Points that no later append replaces. */
  get settled(): number {
    return this.length - this.provisional;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    const columns = Object.values(this.columns) as readonly (NarrowColumn | null)[];
    return columns.reduce(
      (sum, column) => sum + (column?.numbers.byteLength ?? 0),
      this.places.bytes,
    );
  }

  /**
   * Which points each metric has. From now on no number in the columns changes: those of an unfinished line are replaced in
   * copies. O(what was appended since the last time).
   */
  byMetric(): MetricPlaces {
    this.isRead = true;
    this.places.readOn(this);
    return this.places;
  }

  /** The points from index `start` on as they are now, without a copy. Not to be appended to. */
  from(start: number): PointLog {
    return this.piece(start, this.length);
  }

  private piece(start: number, end: number): PointLog {
    const piece = new PointLog(this.names, this.prefix);
    this.isRead = true;
    const { columns } = this;
    const part = (column: NarrowColumn): NarrowColumn => column.part(start, end);
    piece.columns = {
      metric: part(columns.metric),
      step: part(columns.step),
      wallTime: part(columns.wallTime),
      value: part(columns.value),
      recorded: columns.recorded && part(columns.recorded),
      stderr: columns.stderr && part(columns.stderr),
    };
    piece.restarts = this.restarts
      .filter(({ at }) => at >= start)
      .map(({ at, step }) => ({ at: at - start, step }));
    piece.length = Math.max(0, end - start);
    piece.origin = this.origin;
    return piece;
  }

  /** Numbers of the metrics that it has points of. */
  metricIds(): Set<number> {
    return new Set(this.byMetric().metrics());
  }

  /** The log with `suffix` behind the names of those metrics that are in `taken`, without a copy of anything else. */
  renamed(taken: ReadonlySet<number>, suffix: string): PointLog {
    const copy = this.from(0);
    const ids = new Map<number, number>();
    for (const id of this.metricIds()) {
      const name = this.names.names[id] as string;
      ids.set(id, taken.has(id) ? this.names.idOf(name + suffix) : id);
    }
    copy.columns.metric = withIds(copy.metric, ids);
    return copy;
  }

  append(points: PointColumns, isProvisional = false, restarts: readonly RestartMark[] = []): void {
    this.dropProvisional();
    const { columns, length: before } = this;
    const count = points.step.length;
    if (restarts.length > 0) {
      const marks = restarts.map(({ at, step }) => ({ at: before + at, step }));
      this.restarts = [...this.restarts, ...marks];
    }
    const ids = points.metrics.map((name) => this.names.idOf(this.prefix + name));
    const isSame = ids.every((id, i) => id === i);
    columns.metric.write(
      isSame ? points.metric : Uint32Array.from(points.metric, (id) => ids[id] as number),
      before,
    );
    columns.step.write(points.step, before);
    columns.wallTime.write(points.wallTime, before);
    columns.value.write(points.value, before);
    if (points.recorded) columns.recorded ??= filled(NarrowColumn.of(IDS, 1), before);
    columns.recorded?.write(points.recorded ?? new Uint8Array(count).fill(1), before);
    if (points.stderr) columns.stderr ??= filled(NarrowColumn.of(VALUES, NaN), before);
    columns.stderr?.write(points.stderr ?? new Float64Array(count).fill(NaN), before);
    this.length += count;
    this.provisional = isProvisional ? count : 0;
  }

  /** To be called when nothing is appended for a while: gives back memory. */
  trim(): void {
    for (const column of Object.values(this.columns) as (NarrowColumn | null)[]) {
      column?.trim(this.length);
    }
  }

  dropProvisional(): void {
    if (this.provisional === 0) return;
    this.length -= this.provisional;
    this.provisional = 0;
    this.places.cut(this);
    if (!this.isRead) return;
    this.isRead = false;
    const { columns } = this;
    this.columns = {
      metric: columns.metric.copy(),
      step: columns.step.copy(),
      wallTime: columns.wallTime.copy(),
      value: columns.value.copy(),
      recorded: columns.recorded?.copy() ?? null,
      stderr: columns.stderr?.copy() ?? null,
    };
  }
}

/** The column with other numbers for its metrics. */
function withIds(metric: Numbers, ids: ReadonlyMap<number, number>): NarrowColumn {
  const renamed = NarrowColumn.of(IDS);
  renamed.write(
    Uint32Array.from(metric, (id) => ids.get(id) as number),
    0,
  );
  return renamed;
}

function filled(column: NarrowColumn, length: number): NarrowColumn {
  column.reserve(length);
  return column;
}
