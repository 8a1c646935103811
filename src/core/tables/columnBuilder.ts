/** Makes column batches of points in the order of writing. O(points). */

import type { PointColumns } from "../model/series.js";
import type { Restart } from "./attempts.js";
import { NO_ENDS, type ColumnBatch, type Ends, type MetricColumns } from "./columnBatch.js";

/** What is known of a metric while its points come. */
interface Growing {
  /** Index among the file's metrics. */
  readonly id: number;
  floor: number;
  /** Restarts that had happened before its last point. */
  attempt: number;
}

export class ColumnBuilder {
  private readonly names: string[] = [];
  private readonly metrics = new Map<string, Growing>();
  private restarted = 0;
  private reached: number;
  private rowStep: number;

  constructor(private readonly before: Ends = NO_ENDS) {
    this.reached = before.reached;
    this.rowStep = before.step;
  }

  /** A batch of these points, which follow those of the batch before. */
  batch(points: PointColumns): ColumnBatch {
    const restarts: Restart[] = [];
    const counts = new Uint32Array(points.metrics.length);
    for (const metric of points.metric) counts[metric] = (counts[metric] as number) + 1;
    const columns = points.metrics.map((_, i) => emptyColumns(points, counts[i] as number));
    const filled = new Uint32Array(points.metrics.length);
    const attempts: number[][] = points.metrics.map(() => []);
    const growing: (Growing | undefined)[] = [];
    const restartedBefore = this.restarted;
    let rows = 0;
    for (let i = 0; i < points.step.length; i++) {
      const index = points.metric[i] as number;
      const step = points.step[i] as number;
      const metric = (growing[index] ??= this.metricOf(points.metrics[index] as string));
      if (step !== this.rowStep) rows += 1;
      this.rowStep = step;
      if (metric.attempt === this.restarted && step < metric.floor) {
        restarts.push({ from: step, reached: this.reached });
        this.restarted += 1;
        this.reached = -Infinity;
      }
      const at = filled[index] as number;
      filled[index] = at + 1;
      const now = this.restarted - restartedBefore;
      const own = attempts[index] as number[];
      if (now > (own.at(-2) ?? 0)) own.push(now, at);
      metric.floor = step;
      metric.attempt = this.restarted;
      this.reached = Math.max(this.reached, step);
      const into = columns[index] as WritableColumns;
      into.steps[at] = step;
      into.wallTimes[at] = points.wallTime[i] as number;
      into.values[at] = points.value[i] as number;
      if (into.recorded && points.recorded) into.recorded[at] = points.recorded[i] as number;
      if (into.stderr && points.stderr) into.stderr[at] = points.stderr[i] as number;
    }
    const byMetric = new Map<number, MetricColumns>();
    for (const [index, metric] of growing.entries()) {
      if (!metric) continue;
      const own = columns[index] as WritableColumns;
      byMetric.set(metric.id, { ...own, attempts: Uint32Array.from(attempts[index] ?? []) });
    }
    return {
      metrics: this.names.slice(),
      columns: (metric) => byMetric.get(metric) ?? null,
      restarts,
      rows,
    };
  }

  /** Where the points so far end. */
  ends(): Ends {
    const floors = new Map(this.restarted === 0 ? this.before.floors : []);
    for (const [name, { floor, attempt }] of this.metrics) {
      if (attempt === this.restarted) floors.set(name, floor);
    }
    return { floors, reached: this.reached, step: this.rowStep };
  }

  private metricOf(name: string): Growing {
    let metric = this.metrics.get(name);
    if (!metric) {
      const floor = this.restarted === 0 ? this.before.floors.get(name) : undefined;
      metric = { id: this.names.length, floor: floor ?? -Infinity, attempt: this.restarted };
      this.names.push(name);
      this.metrics.set(name, metric);
    }
    return metric;
  }
}

interface WritableColumns {
  readonly length: number;
  readonly steps: Float64Array;
  readonly wallTimes: Float64Array;
  readonly values: Float64Array;
  readonly recorded: Uint8Array | null;
  readonly stderr: Float64Array | null;
}

function emptyColumns(points: PointColumns, length: number): WritableColumns {
  return {
    length,
    steps: new Float64Array(length),
    wallTimes: new Float64Array(length),
    values: new Float64Array(length),
    recorded: points.recorded ? new Uint8Array(length) : null,
    stderr: points.stderr ? new Float64Array(length) : null,
  };
}
