/**
 * All points of a run as one Arrow table in long form, sorted by metric, attempt and step; and the series that analyses
 * take from it. Only this room and the reader of Arrow files see Arrow.
 */

import { tableToIPC, type Table } from "apache-arrow";
import { guessKind, type MetricKind } from "../model/metric.js";
import type { Attempt, MetricSummary } from "../model/run.js";
import type { Series } from "../model/series.js";
import type { PointLog } from "./pointLog.js";

/** Where a metric's rows lie in the table. */
export interface Rows {
  readonly start: number;
  readonly end: number;
  readonly isEvaluation: boolean;
  /** Several values at most steps, by design of the logger: the series is their mean. */
  readonly reduced: boolean;
  /** What its steps count, where they count something else than the run's. */
  readonly axis: string | null;
}

/** A metric's points as they are in the file, all attempts, for drawing and for export. */
export interface MetricPoints {
  readonly attempt: Int32Array;
  readonly step: Float64Array;
  readonly wallTime: Float64Array;
  /** NaN where nothing was recorded too; see `recorded`. */
  readonly value: Float64Array;
  readonly recorded: Uint8Array | null;
  /** 1 where a later attempt went back behind the point. */
  readonly superseded: Uint8Array;
}

export interface Contradiction {
  readonly metric: string;
  readonly step: number;
  readonly used: number;
  readonly other: number;
}

export class MetricTable {
  constructor(
    readonly arrow: Table,
    readonly attempts: readonly Attempt[],
    /** Values that two sources give differently for one step: the first few, and how many there are. */
    readonly contradictions: readonly Contradiction[],
    readonly contradictionCount: number,
    /** Names of the logs whose steps have no order. */
    readonly unordered: readonly number[],
    private readonly rows: ReadonlyMap<string, Rows>,
    private readonly columns: SortedColumns,
    private readonly counts: ReadonlyMap<PointLog, number>,
  ) {}

  private readonly held = new Map<string, WeakRef<Series>>();

  get length(): number {
    return this.columns.step.length;
  }

  /** Rows that came from one file: those that another file gives too are counted for one of the two. */
  rowsFrom(log: PointLog): number {
    return this.counts.get(log) ?? 0;
  }

  /** Names of the metrics that have a recorded value, in alphabetical order. */
  metricNames(): string[] {
    return [...this.rows.keys()];
  }

  kindOf(metric: string): MetricKind {
    return this.rows.get(metric)?.isEvaluation ? "evaluation" : guessKind(metric);
  }

  /** What the metric's steps count, where they count something else than those of the run; else null. */
  axisOf(metric: string): string | null {
    return this.rows.get(metric)?.axis ?? null;
  }

  /**
   * One value per step from the surviving attempts, steps ascending; null for a metric that the run does not have. O(rows),
   * once as long as somebody holds it: one answer asks for the same series many times.
   */
  series(metric: string): Series | null {
    const rows = this.rows.get(metric);
    if (!rows) return null;
    const held = this.held.get(metric)?.deref();
    if (held) return held;
    const series = this.reduce(rows);
    this.held.set(metric, new WeakRef(series));
    return series;
  }

  private reduce(rows: Rows): Series {
    const { attempt, step, value, recorded, stderr } = this.columns;
    const steps: number[] = [];
    const values: number[] = [];
    const errors: number[] = [];
    let lastAttempt = -1;
    let count = 0;
    let sum = 0;
    let notRecorded = 0;
    for (const i of this.surviving(rows)) {
      if (recorded && recorded[i] === 0) {
        notRecorded += 1;
        continue;
      }
      const at = step[i] as number;
      const last = steps.length - 1;
      const isSameStep = last >= 0 && steps[last] === at;
      if (isSameStep && lastAttempt === attempt[i]) {
        count += 1;
        sum += value[i] as number;
        values[last] = rows.reduced ? sum / count : (value[i] as number);
        errors[last] = stderr?.[i] ?? NaN;
        continue;
      }
      count = 1;
      sum = value[i] as number;
      lastAttempt = attempt[i] as number;
      const place = isSameStep ? last : last + 1;
      steps[place] = at;
      values[place] = sum;
      errors[place] = stderr?.[i] ?? NaN;
    }
    return {
      step: Float64Array.from(steps),
      value: Float64Array.from(values),
      stderr: errors.some((error) => !Number.isNaN(error)) ? Float64Array.from(errors) : null,
      notRecorded,
      reduced: rows.reduced,
    };
  }

  /** Rows that no later attempt superseded, steps ascending, of one step those of later attempts last. */
  private surviving({ start, end }: Rows): Uint32Array {
    const { step, superseded } = this.columns;
    const surviving = new Uint32Array(end - start);
    let count = 0;
    let isAscending = true;
    for (let i = start; i < end; i++) {
      if (superseded[i] === 1) continue;
      if (count > 0 && (step[surviving[count - 1] as number] as number) > (step[i] as number)) {
        isAscending = false;
      }
      surviving[count++] = i;
    }
    const rows = surviving.subarray(0, count);
    // What a later attempt logged late lies before the end of the one that it went on from.
    return isAscending
      ? rows
      : rows.sort((a, b) => (step[a] as number) - (step[b] as number) || a - b);
  }

  points(metric: string): MetricPoints | null {
    const rows = this.rows.get(metric);
    if (!rows) return null;
    const { start, end } = rows;
    const { attempt, step, wallTime, value, recorded, superseded } = this.columns;
    return {
      attempt: attempt.subarray(start, end),
      step: step.subarray(start, end),
      wallTime: wallTime.subarray(start, end),
      value: value.subarray(start, end),
      recorded: recorded?.subarray(start, end) ?? null,
      superseded: superseded.subarray(start, end),
    };
  }

  /** A row per metric that has a recorded value; first and last are those of the series. */
  summaries(): MetricSummary[] {
    const summaries: MetricSummary[] = [];
    for (const name of this.rows.keys()) {
      const points = this.points(name);
      const series = this.series(name);
      const axis = this.axisOf(name);
      const last = (series?.step.length ?? 0) - 1;
      if (!points || !series || last < 0) continue;
      const recorded = points.recorded?.reduce((sum, flag) => sum + flag, 0) ?? points.step.length;
      summaries.push({
        name,
        kind: this.kindOf(name),
        ...(axis === null ? {} : { axis }),
        points: recorded,
        first: { step: series.step[0] as number, value: series.value[0] as number },
        last: { step: series.step[last] as number, value: series.value[last] as number },
      });
    }
    return summaries;
  }

  /** The table, or the rows of some metrics, as an Arrow IPC file. */
  toIpc(metrics: readonly string[] | null): Uint8Array {
    if (metrics === null) return tableToIPC(this.arrow, "file");
    const parts = metrics.flatMap((metric) => {
      const rows = this.rows.get(metric);
      return rows ? [this.arrow.slice(rows.start, rows.end)] : [];
    });
    const [first, ...others] = parts;
    return tableToIPC(first ? first.concat(...others) : this.arrow.slice(0, 0), "file");
  }
}

/** Rows sorted by metric, attempt and step. */
export interface SortedColumns {
  readonly metric: Int32Array;
  readonly attempt: Int32Array;
  readonly step: Float64Array;
  readonly wallTime: Float64Array;
  readonly value: Float64Array;
  readonly recorded: Uint8Array | null;
  readonly stderr: Float64Array | null;
  readonly superseded: Uint8Array;
}
