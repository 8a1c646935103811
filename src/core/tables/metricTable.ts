/**
 * All points of a run, metric by metric. Nothing of a metric is copied or sorted until it is asked for; only metrics that
 * several sources give are compared as a whole, before what they contradict is told.
 */

import { guessKind, type MetricKind } from "../model/metric.js";
import type { Attempt, MetricSummary } from "../model/run.js";
import type { Curve, Series } from "../model/series.js";
import {
  mergeSources,
  SHOWN_CONTRADICTIONS,
  type Contradiction,
  type Merged,
} from "./mergeSources.js";
import { toIpc } from "./metricIpc.js";
import {
  gather,
  isRepeated,
  reordered,
  seriesOf,
  sortedOrder,
  supersededOf,
  type MetricRows,
  type RowColumns,
} from "./metricRows.js";
import type { MetricSource } from "./metricSource.js";
import { PlainMetric } from "./plainMetric.js";
import type { PointLog } from "./pointLog.js";
import { SeriesCurve } from "./seriesCurve.js";

export type { Contradiction };

/** A metric's points as they are in the file, all attempts, for export: sorted by attempt and step. */
export type MetricPoints = Omit<MetricRows, "stderr">;

/** Points that no later attempt superseded, by step, and within a step by time. */
export interface PointTimes {
  readonly step: Float64Array;
  /** Seconds since 1970, NaN where there is none. */
  readonly wallTime: Float64Array;
}

/** A metric that has a recorded value. */
export interface TableMetric {
  /** Its number among the names. */
  readonly id: number;
  /** Logs that have it, in the order in which later ones win. */
  readonly sources: readonly MetricSource[];
}

/** What comparing the sources of metrics that have several has given. */
interface Comparison {
  readonly contradictions: readonly Contradiction[];
  readonly contradictionCount: number;
  readonly rowsByLog: ReadonlyMap<PointLog, number>;
  readonly length: number;
  /** Rows of metrics that several streams give. */
  readonly rows: ReadonlyMap<string, number>;
}

/** A metric that had to be put in order, for drawing. */
interface OrderedCurves {
  readonly curve: SeriesCurve;
  readonly superseded: readonly SeriesCurve[];
}

function bytesOf({ curve, superseded }: OrderedCurves): number {
  return superseded.reduce((sum, { bytes }) => sum + bytes, curve.bytes);
}

/** What is kept of curves that had to be put in order, but for the one asked for last. */
const KEPT_BYTES = 64 * 1024 * 1024;

export class MetricTable {
  private readonly held = new Map<string, WeakRef<Series>>();
  private readonly plain = new Map<string, PlainMetric | null>();
  /** The one that was asked for last is at the end. */
  private readonly ordered = new Map<string, OrderedCurves>();
  private orderedBytes = 0;
  private compared: Comparison | null = null;

  constructor(
    readonly attempts: readonly Attempt[],
    /** Numbers of the streams whose steps have no order. */
    readonly unordered: readonly number[],
    private readonly names: readonly string[],
    /** By name, in alphabetical order. */
    private readonly metrics: ReadonlyMap<string, TableMetric>,
    private readonly columns: RowColumns,
  ) {}

  /** Rows of all metrics. */
  get length(): number {
    return this.comparison().length;
  }

  /** Bytes that it holds beside the logs. */
  get bytes(): number {
    return this.orderedBytes;
  }

  /** Values that two sources give differently for one step: the first few. */
  get contradictions(): readonly Contradiction[] {
    return this.comparison().contradictions;
  }

  get contradictionCount(): number {
    return this.comparison().contradictionCount;
  }

  /** Rows that came from one file: those that another file gives too are counted for one of the two. */
  rowsFrom(log: PointLog): number {
    return this.comparison().rowsByLog.get(log) ?? 0;
  }

  /** Names of the metrics that have a recorded value, in alphabetical order. */
  metricNames(): string[] {
    return [...this.metrics.keys()];
  }

  kindOf(metric: string): MetricKind {
    return this.isEvaluation(metric) ? "evaluation" : guessKind(metric);
  }

  private isEvaluation(metric: string): boolean {
    return this.metrics.get(metric)?.sources.some(({ log }) => log.isEvaluation) ?? false;
  }

  /** What the metric's steps count, where they count something else than those of the run; else null. */
  axisOf(metric: string): string | null {
    return this.metrics.get(metric)?.sources[0]?.log.axis ?? null;
  }

  /**
   * One value per step from the surviving attempts, steps ascending; null for a metric that the run does not have. O(rows),
   * once as long as somebody holds it: one answer asks for the same series many times.
   */
  series(metric: string): Series | null {
    const found = this.metrics.get(metric);
    if (!found) return null;
    const held = this.held.get(metric)?.deref();
    if (held) return held;
    const series = this.plainOf(metric, found)?.series() ?? this.orderedSeries(metric, found);
    this.held.set(metric, new WeakRef(series));
    return series;
  }

  /** The same for drawing: a run that has grown costs what is new, where each step of the metric comes once. */
  curve(metric: string): Curve | null {
    const found = this.metrics.get(metric);
    if (!found) return null;
    return this.plainOf(metric, found)?.curve ?? this.orderedCurves(metric, found).curve;
  }

  /** For drawing, what later attempts superseded, attempt by attempt. */
  supersededCurves(metric: string): readonly Curve[] {
    const found = this.metrics.get(metric);
    if (!found || !this.attempts.some(({ superseded }) => superseded)) return [];
    const plain = this.plainOf(metric, found);
    if (!plain) return this.orderedCurves(metric, found).superseded;
    return this.ofSuperseded((attempt) => plain.superseded(attempt));
  }

  /** How many points a metric has, those of superseded attempts and without a value included. */
  rowCount(metric: string): number {
    const { sources = [] } = this.metrics.get(metric) ?? {};
    if (!isOfOneStream(sources)) return this.comparison().rows.get(metric) ?? 0;
    return sources.reduce((sum, { count }) => sum + count, 0);
  }

  /** O(n), or O(n log n) where the points are not sorted. */
  points(metric: string): MetricPoints | null {
    const found = this.metrics.get(metric);
    return found ? this.rowsOf(found) : null;
  }

  /** When its points were written. O(n), or O(n log n) where the points are not sorted. */
  times(metric: string): PointTimes {
    const found = this.metrics.get(metric);
    const curve = found && this.plainOf(metric, found)?.curve;
    if (curve) return { step: curve.read("step"), wallTime: curve.read("wallTime") };
    const rows = found && this.rowsOf(found);
    if (!rows) return { step: new Float64Array(0), wallTime: new Float64Array(0) };
    const { step, wallTime, superseded } = rows;
    const timed = Uint32Array.from(step.keys()).filter(
      (i) => superseded[i] === 0 && Number.isFinite(wallTime[i]),
    );
    const at = (from: Float64Array, i: number): number => from[i] as number;
    timed.sort((a, b) => at(step, a) - at(step, b) || at(wallTime, a) - at(wallTime, b));
    const inOrder = (from: Float64Array): Float64Array =>
      Float64Array.from(timed, (i) => at(from, i));
    return { step: inOrder(step), wallTime: inOrder(wallTime) };
  }

  /** A row per metric that has a recorded value; first and last are those of the series. */
  summaries(): MetricSummary[] {
    const summaries: MetricSummary[] = [];
    for (const [name, { sources }] of this.metrics) {
      const curve = this.curve(name);
      const axis = this.axisOf(name);
      if (!curve || curve.length === 0) continue;
      const pointAt = (i: number): { step: number; value: number } => ({
        step: curve.stepAt(i),
        value: curve.valueAt(i),
      });
      summaries.push({
        name,
        kind: this.kindOf(name),
        ...(axis === null ? {} : { axis }),
        points: this.recordedRows(name, sources),
        first: pointAt(0),
        last: pointAt(curve.length - 1),
      });
    }
    return summaries;
  }

  /** The table, or the rows of some metrics, as an Arrow IPC file. */
  toIpc(metrics: readonly string[] | null): Uint8Array {
    const wanted = (metrics ?? this.metricNames()).flatMap((name) => {
      const found = this.metrics.get(name);
      return found ? [{ metric: found.id, rows: this.rowsOf(found) }] : [];
    });
    return toIpc(this.names, wanted, this.columns.withStderr, metrics !== null);
  }

  private plainOf(name: string, { sources }: TableMetric): PlainMetric | null {
    let plain = this.plain.get(name);
    if (plain === undefined) this.plain.set(name, (plain = PlainMetric.of(sources)));
    return plain;
  }

  private orderedSeries(name: string, { sources }: TableMetric): Series {
    return this.seriesOfMerged(name, this.merged(sources));
  }

  private seriesOfMerged(name: string, { rows, contradictionCount }: Merged): Series {
    const isReduced = contradictionCount === 0 && !this.isEvaluation(name) && isRepeated(rows);
    return seriesOf(rows, isReduced);
  }

  private orderedCurves(name: string, { sources }: TableMetric): OrderedCurves {
    let own = this.ordered.get(name);
    if (!own) {
      const merged = this.merged(sources);
      const { step, value } = this.seriesOfMerged(name, merged);
      own = {
        curve: new SeriesCurve(step, value),
        superseded: this.ofSuperseded((attempt) => {
          const points = supersededOf(merged.rows, attempt);
          return new SeriesCurve(points.step, points.value);
        }),
      };
      this.orderedBytes += bytesOf(own);
    }
    this.ordered.delete(name);
    this.ordered.set(name, own);
    for (const [other, longAgo] of this.ordered) {
      if (other === name || this.orderedBytes <= KEPT_BYTES) break;
      this.ordered.delete(other);
      this.orderedBytes -= bytesOf(longAgo);
    }
    return own;
  }

  private ofSuperseded<T extends Curve>(curveOf: (attempt: number) => T): T[] {
    const curves = this.attempts.flatMap((one, attempt) =>
      one.superseded ? [curveOf(attempt)] : [],
    );
    return curves.filter(({ length }) => length > 0);
  }

  private rowsOf({ sources }: TableMetric): MetricRows {
    return this.merged(sources).rows;
  }

  private merged(sources: readonly MetricSource[]): Merged {
    const { rows, origin } = gather(sources, this.columns);
    if (!isOfOneStream(sources)) {
      return mergeSources(
        rows,
        origin,
        sources.map(({ log }) => log.stream),
      );
    }
    const order = sortedOrder(rows);
    const sorted = order ? reordered(rows, order) : rows;
    return { rows: sorted, origin: new Uint32Array(0), contradictions: [], contradictionCount: 0 };
  }

  private recordedRows(name: string, sources: readonly MetricSource[]): number {
    if (isOfOneStream(sources)) return sources.reduce((sum, { recorded }) => sum + recorded, 0);
    const points = this.points(name);
    const recorded = points?.recorded?.reduce((sum, flag) => sum + flag, 0);
    return recorded ?? points?.step.length ?? 0;
  }

  /** Metrics of one stream have all their points as rows; of the others, the sources are compared here. O(their points). */
  private comparison(): Comparison {
    if (this.compared) return this.compared;
    const rowsByLog = new Map<PointLog, number>();
    const contradictions: Contradiction[] = [];
    const rows = new Map<string, number>();
    let contradictionCount = 0;
    let length = 0;
    const add = ({ log }: MetricSource, own: number): void => {
      rowsByLog.set(log.origin, (rowsByLog.get(log.origin) ?? 0) + own);
      length += own;
    };
    for (const [metric, { sources }] of this.metrics) {
      if (isOfOneStream(sources)) {
        for (const source of sources) add(source, source.count);
        continue;
      }
      const merged = this.merged(sources);
      const counts = new Uint32Array(sources.length);
      for (const source of merged.origin) counts[source]! += 1;
      for (const [i, source] of sources.entries()) add(source, counts[i] as number);
      rows.set(metric, merged.rows.step.length);
      contradictionCount += merged.contradictionCount;
      const room = SHOWN_CONTRADICTIONS - contradictions.length;
      const shown = merged.contradictions.slice(0, room);
      contradictions.push(...shown.map((one) => ({ metric, ...one })));
    }
    this.compared = { contradictions, contradictionCount, rowsByLog, length, rows };
    return this.compared;
  }
}

function isOfOneStream(sources: readonly MetricSource[]): boolean {
  return sources.every(({ log }) => log.stream === sources[0]?.log.stream);
}
