/**
 * All points of a run, metric by metric. Nothing of a metric is sorted or merged until it is asked for; only metrics that
 * several sources give are compared as a whole, before their contradictions are.
 */

import { guessKind, type MetricKind } from "../model/metric.js";
import type { Attempt, MetricSummary } from "../model/run.js";
import type { Curve, Series } from "../model/series.js";
import {
  joinAttempts,
  splitAttempts,
  type PlacedAttempts,
  type Stream,
  type StreamAttempts,
} from "./attempts.js";
import type { ColumnLog, MetricNames } from "./columnLog.js";
import { GatheredPoints, SHOWN_CONTRADICTIONS, type Contradiction } from "./mergeSources.js";
import { ipcOf } from "./metricIpc.js";
import type { MetricPoints, MetricRows } from "./metricRows.js";
import type { MetricSource, TableLog } from "./metricSource.js";
import { OrderedMetric } from "./orderedMetric.js";
import { PlainMetric } from "./plainMetric.js";

/** What a run's table is made of. */
export interface TableInput {
  readonly names: MetricNames;
  /** Logs that continue one another; of two streams that have the same point the later one counts. */
  readonly streams: readonly Stream[];
  /** Results of evaluations in the order in which they were made: of one step the later one counts. */
  readonly evaluations: readonly ColumnLog[];
}

/** What comparing the sources of metrics that have several has given. */
interface Comparison {
  readonly contradictions: readonly Contradiction[];
  readonly contradictionCount: number;
  readonly rowsByLog: ReadonlyMap<ColumnLog, number>;
  readonly length: number;
  /** Metrics of several sources that evaluations have rows of. */
  readonly evaluations: ReadonlySet<string>;
}

/** Bytes of ordered metrics that are kept for the next question, but for the one asked for last. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Of one metric, what its table asks. */
interface TableMetric {
  /** Rows with a recorded value. */
  readonly recorded: number;
  readonly curve: Curve;
  series(): Series;
  rows(): MetricRows;
  /** What later attempts superseded of an attempt. */
  superseded(attempt: number): Curve;
}

export class MetricTable {
  private readonly plain = new Map<string, PlainMetric | null>();
  /** The one that was asked for last is at the end. */
  private readonly ordered = new Map<string, OrderedMetric>();
  private compared: Comparison | null = null;
  private summarised: MetricSummary[] | null = null;

  constructor(
    readonly attempts: readonly Attempt[],
    /** Numbers of the streams whose steps have no order. */
    readonly unordered: readonly number[],
    /** By metric, in alphabetical order. */
    private readonly sources: ReadonlyMap<string, readonly MetricSource[]>,
    private readonly hasStderr: boolean,
  ) {}

  /** Rows of all metrics. */
  get length(): number {
    return this.comparison().length;
  }

  /** Bytes that it holds beside the logs. */
  get bytes(): number {
    let bytes = 0;
    for (const metric of this.ordered.values()) bytes += metric.bytes;
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
  rowsFrom(log: ColumnLog): number {
    return this.comparison().rowsByLog.get(log) ?? 0;
  }

  /** Names of the metrics that have a recorded value, in alphabetical order. */
  metricNames(): string[] {
    return [...this.sources.keys()];
  }

  kindOf(metric: string): MetricKind {
    const sources = this.sources.get(metric) ?? [];
    const isEvaluation = isOfOneStream(sources)
      ? isOfEvaluation(sources)
      : this.comparison().evaluations.has(metric);
    return isEvaluation ? "evaluation" : guessKind(metric);
  }

  /** One value per step from the surviving attempts, steps ascending; null for a metric that the run does not have. */
  series(metric: string): Series | null {
    return this.metricOf(metric)?.series() ?? null;
  }

  /** The same for drawing. */
  curve(metric: string): Curve | null {
    return this.metricOf(metric)?.curve ?? null;
  }

  /** For drawing, what later attempts superseded, attempt by attempt. */
  supersededCurves(metric: string): Curve[] {
    const found = this.metricOf(metric);
    const curves = this.attempts.flatMap(({ superseded }, attempt) =>
      superseded && found ? [found.superseded(attempt)] : [],
    );
    return curves.filter(({ length }) => length > 0);
  }

  points(metric: string): MetricPoints | null {
    return this.metricOf(metric)?.rows() ?? null;
  }

  /** A row per metric that has a recorded value; first and last are those of the series. */
  summaries(): readonly MetricSummary[] {
    this.summarised ??= this.metricNames().flatMap((name): MetricSummary[] => {
      const metric = this.metricOf(name);
      if (!metric || metric.curve.length === 0) return [];
      const { recorded, curve } = metric;
      const pointAt = (i: number): { step: number; value: number } => ({
        step: curve.stepAt(i),
        value: curve.valueAt(i),
      });
      const [first, last] = [pointAt(0), pointAt(curve.length - 1)];
      return [{ name, kind: this.kindOf(name), points: recorded, first, last }];
    });
    return this.summarised;
  }

  /** The rows of some metrics, or of all, as an Arrow table in long form in an IPC file. */
  toIpc(metrics: readonly string[] | null): Uint8Array {
    const wanted = (metrics ?? this.metricNames()).filter((metric) => this.sources.has(metric));
    return ipcOf(wanted, (metric) => this.metricOf(metric)?.rows() ?? null, this.hasStderr);
  }

  private metricOf(name: string): TableMetric | null {
    const sources = this.sources.get(name);
    if (!sources) return null;
    let plain = this.plain.get(name);
    if (plain === undefined) {
      plain = PlainMetric.of(sources, this.attempts);
      this.plain.set(name, plain);
    }
    return plain ?? this.orderedOf(name, sources);
  }

  private orderedOf(name: string, sources: readonly MetricSource[]): OrderedMetric {
    const metric =
      this.ordered.get(name) ??
      new OrderedMetric(new GatheredPoints(sources, this.attempts), this.kindOf(name) === "evaluation");
    this.ordered.delete(name);
    this.ordered.set(name, metric);
    let { bytes } = this;
    for (const [other, { bytes: own }] of this.ordered) {
      if (bytes <= KEPT_BYTES || other === name) break;
      this.ordered.delete(other);
      bytes -= own;
    }
    return metric;
  }

  /** Metrics of one stream have all their points as rows; of the others, the sources are compared here. O(points). */
  private comparison(): Comparison {
    if (this.compared) return this.compared;
    const rowsByLog = new Map<ColumnLog, number>();
    const contradictions: Contradiction[] = [];
    const evaluations = new Set<string>();
    let contradictionCount = 0;
    let length = 0;
    const count = ({ origin }: TableLog, rows: number): void => {
      rowsByLog.set(origin, (rowsByLog.get(origin) ?? 0) + rows);
      length += rows;
    };
    for (const [metric, sources] of this.sources) {
      if (isOfOneStream(sources)) {
        for (const { log, facts } of sources) count(log, facts.count);
        continue;
      }
      const merged = new GatheredPoints(sources, this.attempts).merge();
      for (const [log, rows] of merged.counts) count(log, rows);
      if (isOfEvaluation(sources, merged.streams)) evaluations.add(metric);
      contradictionCount += merged.contradictionCount;
      const room = SHOWN_CONTRADICTIONS - contradictions.length;
      contradictions.push(...merged.contradictions.slice(0, room).map((one) => ({ metric, ...one })));
    }
    this.compared = { contradictions, contradictionCount, rowsByLog, length, evaluations };
    return this.compared;
  }
}

function isOfOneStream(sources: readonly MetricSource[]): boolean {
  return sources.every(({ log }) => log.stream === sources[0]?.log.stream);
}

/** True when an evaluation is among the sources: among those of some streams, where they are given. */
function isOfEvaluation(
  sources: readonly MetricSource[],
  streams: ReadonlySet<number> | null = null,
): boolean {
  return sources.some(({ log }) => log.place === null && (streams?.has(log.stream) ?? true));
}

/** O(logs · metrics): of the points, only those where an attempt begins or ends are looked at. */
export function buildMetricTable({ names, streams, evaluations }: TableInput): MetricTable {
  const split = streams.map(({ logs, restarts }) =>
    splitAttempts(
      logs.map(({ points }) => points),
      restarts,
    ),
  );
  const { attempts, placed, cutoffs } = joinAttempts(split);
  const logs = streams.flatMap(({ logs: own }, stream) =>
    own.map(({ origin, points }, file): TableLog => {
      const place = {
        file,
        attempts: split[stream] as StreamAttempts,
        placed: placed[stream] as PlacedAttempts,
      };
      return { origin, points, stream, place, cutoffs: place.placed.cutoffs };
    }),
  );
  for (const [index, { origin, points }] of evaluations.entries()) {
    logs.push({ origin, points, stream: streams.length + index, place: null, cutoffs });
  }
  const byMetric = new Map<number, MetricSource[]>();
  for (const log of logs) {
    for (const facts of log.points.facts) {
      const sources = byMetric.get(facts.metric);
      if (sources) sources.push({ log, facts });
      else byMetric.set(facts.metric, [{ log, facts }]);
    }
  }
  const named = [...byMetric]
    .filter(([, sources]) => sources.some(({ facts }) => facts.recorded > 0))
    .map(([metric, sources]): [string, MetricSource[]] => [names.names[metric] as string, sources])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const unordered = split.flatMap((own, index) => (own.unordered ? [index] : []));
  const hasStderr = logs.some(({ points }) => points.hasStderr);
  return new MetricTable(attempts, unordered, new Map(named), hasStderr);
}
