/** Builds a run's table: places the points of all its logs in the run's attempts, and tells which logs have which metric. */

import {
  GrowingAttempts,
  joinAttempts,
  type PlacedAttempts,
  type Stream,
  type StreamAttempts,
} from "./attempts.js";
import type { MetricSource, TableLog } from "./metricSource.js";
import { MetricTable, type TableMetric } from "./metricTable.js";
import type { MetricNames, PointLog } from "./pointLog.js";

/** What a run's table is made of. */
export interface TableInput {
  readonly names: MetricNames;
  /** Logs that continue one another; of two streams that have the same point the later one counts. */
  readonly streams: readonly Stream[];
  /** Evaluations of single checkpoints, earlier made ones first. */
  readonly evaluations: readonly PointLog[];
}

/**
 * `growing` is what earlier tables of the same run were built with, so that only new points are looked at. O(new points) and
 * a little for each metric of each log.
 */
export function buildMetricTable(input: TableInput, growing = new GrowingAttempts()): MetricTable {
  const { names, streams, evaluations } = input;
  const split = growing.split(streams);
  const isOfRun = (index: number): boolean => streams[index]?.apart === undefined;
  const ofRun = split.filter((_, index) => isOfRun(index));
  const joined = joinAttempts(ofRun);
  const { attempts, cutoffs } = joined;
  const lastAttempt = attempts.length - 1;
  const sources = new Map<number, MetricSource[]>();
  const add = (log: PointLog, place: Omit<TableLog, keyof LogColumns>): void => {
    const places = log.byMetric();
    const shared = { ...columnsOf(log), ...place };
    for (const metric of places.metrics()) {
      const own = sources.get(metric) ?? [];
      if (own.length === 0) sources.set(metric, own);
      const source = places.of(metric);
      if (source) own.push({ ...source, log: shared });
    }
  };
  for (const [index, { logs, apart }] of streams.entries()) {
    const own = split[index] as StreamAttempts;
    // Steps that count something else say nothing of the run's attempts, and are split by themselves.
    const { placed, attempts: all } = isOfRun(index) ? joined : joinAttempts([own]);
    const place = placed[isOfRun(index) ? ofRun.indexOf(own) : 0] as PlacedAttempts;
    let next = 0;
    for (const [file, log] of logs.entries()) {
      const firstLocal = next;
      while (own.restarts[next]?.file === file) next += 1;
      add(log, {
        stream: index,
        isEvaluation: false,
        axis: apart ?? null,
        attempts: all,
        firsts: place.firsts,
        firstLocal,
        cuts: own.restarts.slice(firstLocal, next).map(({ at }) => at),
        cutoffs: place.cutoffs,
        lastAttempt,
      });
    }
  }
  for (const [index, log] of evaluations.entries()) {
    const anywhere = { firsts: [0], firstLocal: 0, cuts: [] };
    const stream = streams.length + index;
    add(log, {
      stream,
      isEvaluation: true,
      axis: null,
      attempts,
      ...anywhere,
      cutoffs,
      lastAttempt,
    });
  }
  const named = [...sources]
    .filter(([, own]) => own.some(({ recorded }) => recorded > 0))
    .map(([id, own]): [string, TableMetric] => [names.names[id] as string, { id, sources: own }])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const unordered = split.flatMap((own, index) => (own.unordered ? [index] : []));
  const logs = [...streams.flatMap(({ logs: own }) => own), ...evaluations];
  return new MetricTable(attempts, unordered, names.names.slice(), new Map(named), {
    withRecorded: logs.some(({ recorded }) => recorded !== null),
    withStderr: logs.some(({ stderr }) => stderr !== null),
  });
}

type LogColumns = Pick<TableLog, "origin" | "step" | "wallTime" | "value" | "recorded" | "stderr">;

function columnsOf({ origin, step, wallTime, value, recorded, stderr }: PointLog): LogColumns {
  return { origin, step, wallTime, value, recorded, stderr };
}
