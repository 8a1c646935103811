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
}

/** What is kept of curves that had to be put in order, but for the one asked for last. */
const KEPT_BYTES = 64 * 1024 * 1024;

export class MetricTable {
  private readonly held = new Map<string, WeakRef<Series>>();
  private readonly plain = new Map<string, PlainMetric | null>();
  /** The one that was asked for last is at the end. */
  private readonly curves = new Map<string, SeriesCurve>();
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
    let bytes = 0;
    for (const curve of this.curves.values()) bytes += curve.bytes;
    return bytes;
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
    const plain = this.plainOf(metric, found);
    if (plain) return plain.curve;
    let curve = this.curves.get(metric);
    if (!curve) {
      const series = this.series(metric);
      curve = series ? new SeriesCurve(series.step, series.value) : undefined;
    }
    if (!curve) return null;
    this.curves.delete(metric);
    this.curves.set(metric, curve);
    let { bytes } = this;
    for (const [other, { bytes: own }] of this.curves) {
      if (bytes <= KEPT_BYTES || other === metric) break;
      this.curves.delete(other);
      bytes -= own;
    }
    return curve;
  }

  /** For drawing, what later attempts superseded, attempt by attempt. */
  supersededCurves(metric: string): Curve[] {
    const found = this.metrics.get(metric);
    const superseded = this.attempts.flatMap((one, attempt) => (one.superseded ? [attempt] : []));
    if (!found || superseded.length === 0) return [];
    const plain = this.plainOf(metric, found);
    const rows = plain ? null : this.rowsOf(found);
    const curves = superseded.flatMap((attempt): Curve[] => {
      if (plain) return [plain.superseded(attempt)];
      if (!rows) return [];
      const { step, value } = supersededOf(rows, attempt);
      return [new SeriesCurve(step, value)];
    });
    return curves.filter(({ length }) => length > 0);
  }

  /** How many points a metric has in its files, those of superseded attempts and without a value included; at most. */
  pointCount(metric: string): number {
    const { sources = [] } = this.metrics.get(metric) ?? {};
    return sources.reduce((sum, { count }) => sum + count, 0);
  }

  /** O(n), or O(n log n) where the points are not sorted. */
  points(metric: string): MetricPoints | null {
    const found = this.metrics.get(metric);
    return found ? this.rowsOf(found) : null;
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
    const merged = this.merged(sources);
    const isReduced =
      merged.contradictionCount === 0 && !this.isEvaluation(name) && isRepeated(merged.rows);
    return seriesOf(merged.rows, isReduced);
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
    let contradictionCount = 0;
    let length = 0;
    const count = ({ log }: MetricSource, rows: number): void => {
      rowsByLog.set(log.origin, (rowsByLog.get(log.origin) ?? 0) + rows);
      length += rows;
    };
    for (const [metric, { sources }] of this.metrics) {
      if (isOfOneStream(sources)) {
        for (const source of sources) count(source, source.count);
        continue;
      }
      const merged = this.merged(sources);
      const counts = new Uint32Array(sources.length);
      for (const source of merged.origin) counts[source]! += 1;
      for (const [i, source] of sources.entries()) count(source, counts[i] as number);
      contradictionCount += merged.contradictionCount;
      const room = SHOWN_CONTRADICTIONS - contradictions.length;
      const shown = merged.contradictions.slice(0, room);
      contradictions.push(...shown.map((one) => ({ metric, ...one })));
    }
    this.compared = { contradictions, contradictionCount, rowsByLog, length };
    return this.compared;
  }
}

function isOfOneStream(sources: readonly MetricSource[]): boolean {
  return sources.every(({ log }) => log.stream === sources[0]?.log.stream);
}
