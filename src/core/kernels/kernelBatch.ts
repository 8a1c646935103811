/** A batch as `takeBatch` of `assembly/columns.ts` lays it out: one piece of memory, looked into where it is asked. */

import type { Restart } from "../tables/attempts.js";
import type { ColumnBatch, MetricColumns } from "../tables/columnBatch.js";

const HEADER = 16;
const DESCRIPTION = 48;

/** Numbers of a description. */
const NAME = 0;
const POINTS = 1;
const RUNS = 2;
const STEPS_AT = 3;
const WALL_KIND = 4;
const WALLS_AT = 5;
const IS_WIDE = 6;
const VALUES_AT = 7;
const RECORDED_AT = 8;
const STDERR_AT = 9;
const ATTEMPTS = 10;
const ATTEMPTS_AT = 11;
const NUMBERS = 12;

const RAW = 0xffffffff;

export class KernelBatch implements ColumnBatch {
  readonly metrics: readonly string[];
  readonly restarts: readonly Restart[];
  readonly rows: number;
  private readonly descriptions: Uint32Array;

  constructor(
    private readonly memory: ArrayBuffer,
    names: readonly string[],
  ) {
    const [, count = 0, restarts = 0, rows = 0] = new Uint32Array(memory, 0, HEADER / 4);
    const steps = new Float64Array(memory, HEADER, 2 * restarts);
    this.restarts = Array.from({ length: restarts }, (_, i) => ({
      from: steps[2 * i] as number,
      reached: steps[2 * i + 1] as number,
    }));
    this.rows = rows;
    this.descriptions = new Uint32Array(memory, HEADER + 16 * restarts, (count * DESCRIPTION) / 4);
    this.metrics = Array.from({ length: count }, (_, id) => names[this.number(id, NAME)] as string);
  }

  private number(metric: number, which: number): number {
    return this.descriptions[metric * NUMBERS + which] as number;
  }

  columns(metric: number): MetricColumns | null {
    const { memory } = this;
    const of = (which: number): number => this.number(metric, which);
    if (metric >= this.metrics.length || of(POINTS) === 0) return null;
    const length = of(POINTS);
    const runs = of(RUNS);
    return {
      length,
      steps:
        runs === RAW
          ? new Float64Array(memory, of(STEPS_AT), length)
          : { runs: new Float64Array(memory, of(STEPS_AT), 3 * runs) },
      wallTimes: this.wallTimes(of(WALL_KIND), of(WALLS_AT), length),
      values: new (of(IS_WIDE) === 1 ? Float64Array : Float32Array)(memory, of(VALUES_AT), length),
      recorded: of(RECORDED_AT) === 0 ? null : new Uint8Array(memory, of(RECORDED_AT), length),
      stderr: of(STDERR_AT) === 0 ? null : new Float64Array(memory, of(STDERR_AT), length),
      attempts: new Uint32Array(memory, of(ATTEMPTS_AT), 2 * of(ATTEMPTS)),
    };
  }

  private wallTimes(kind: number, at: number, length: number): MetricColumns["wallTimes"] {
    if (kind === 0) return null;
    if (kind === 2) return new Float64Array(this.memory, at, length);
    const first = new Float64Array(this.memory, at, 1)[0] as number;
    return { first, changes: new Int32Array(this.memory, at + 8, length) };
  }
}
