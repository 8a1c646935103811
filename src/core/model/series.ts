/** Columns of points as readers give them, and the series of one metric as analyses take them. */

/** Numbers of any kind that a column is made of. */
export type Numbers =
  Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** Points in the order of the file. All columns have the same length. */
export interface PointColumns {
  /** Names that `metric` points into. */
  readonly metrics: readonly string[];
  readonly metric: Numbers;
  readonly step: Numbers;
  /** Seconds since 1970, NaN where the file has none. */
  readonly wallTime: Numbers;
  readonly value: Numbers;
  /** 0 where the file says that no value was recorded (null); null when all are recorded. */
  readonly recorded: Numbers | null;
  /** Standard error that the evaluation reports, NaN where none; null when none has one. */
  readonly stderr: Numbers | null;
}

/**
 * One metric of one run, one value per step, taken from the surviving attempts (rule 0). Steps ascend strictly.
 * `value` may hold NaN and infinities: they are data.
 */
export interface Series {
  readonly step: Float64Array;
  readonly value: Float64Array;
  /** Standard error by point, NaN where none; null when none has one. */
  readonly stderr: Float64Array | null;
  /** Steps at which the file says that no value was recorded. */
  readonly notRecorded: number;
  /** True when several values at a step were reduced to their mean. */
  readonly reduced: boolean;
}

/** Indices of the first lowest, first highest, first NaN and first infinite of some values; −1 where there is none. */
export interface Extremes {
  /** Of the finite values. */
  readonly lowest: number;
  readonly highest: number;
  readonly nan: number;
  readonly infinite: number;
}

/** Points of one metric as drawing needs them, steps ascending: looked up one by one, the extremes of any part at hand. */
export interface Curve {
  readonly length: number;
  stepAt(index: number): number;
  valueAt(index: number): number;
  /** Of the values from index `from` to before `to`. */
  extremes(from: number, to: number): Extremes;
}

interface PointMark {
  readonly length: number;
  readonly names: number;
}

/** A growable set of columns, filled by a reader. */
export class PointBuffer {
  private names: string[] = [];
  private readonly ids = new Map<string, number>();
  private metric = new Uint32Array(256);
  private step = new Float64Array(256);
  private wallTime = new Float64Array(256);
  private value = new Float64Array(256);
  private recorded: Uint8Array | null = null;
  private stderr: Float64Array | null = null;
  length = 0;

  /** Names by number. */
  get metrics(): readonly string[] {
    return this.names;
  }

  idOf(metric: string): number {
    let id = this.ids.get(metric);
    if (id === undefined) {
      id = this.names.length;
      this.names.push(metric);
      this.ids.set(metric, id);
    }
    return id;
  }

  /** Adds a point. `value` null means that the file says "not recorded". */
  add(metric: number, step: number, wallTime: number, value: number | null, stderr = NaN): void {
    const i = this.length;
    if (i === this.step.length) this.grow();
    this.metric[i] = metric;
    this.step[i] = step;
    this.wallTime[i] = wallTime;
    this.value[i] = value ?? NaN;
    if (value === null) this.recorded ??= new Uint8Array(this.step.length).fill(1);
    if (this.recorded) this.recorded[i] = value === null ? 0 : 1;
    if (!Number.isNaN(stderr)) this.stderr ??= new Float64Array(this.step.length).fill(NaN);
    if (this.stderr) this.stderr[i] = stderr;
    this.length = i + 1;
  }

  /** What `cut` needs to come back to where the buffer is now. */
  mark(): PointMark {
    return { length: this.length, names: this.names.length };
  }

  /** Forgets the points that came after `mark`, and the names of metrics that did. */
  cut({ length, names }: PointMark): void {
    this.length = length;
    for (const name of this.names.splice(names)) this.ids.delete(name);
  }

  /** Gives away the points so far, one by one; the buffer starts anew but keeps its metric names. */
  drain(
    to: (
      metric: string,
      step: number,
      wallTime: number,
      value: number | null,
      stderr: number,
    ) => void,
  ): void {
    for (let i = 0; i < this.length; i++) {
      to(
        this.names[this.metric[i] as number] as string,
        this.step[i] as number,
        this.wallTime[i] as number,
        this.recorded?.[i] === 0 ? null : (this.value[i] as number),
        this.stderr?.[i] ?? NaN,
      );
    }
    this.restart();
  }

  /** The columns so far; the buffer starts anew but keeps its metric names. */
  take(): PointColumns {
    const n = this.length;
    const columns: PointColumns = {
      metrics: this.names.slice(),
      metric: this.metric.slice(0, n),
      step: this.step.slice(0, n),
      wallTime: this.wallTime.slice(0, n),
      value: this.value.slice(0, n),
      recorded: this.recorded?.slice(0, n) ?? null,
      stderr: this.stderr?.slice(0, n) ?? null,
    };
    this.restart();
    return columns;
  }

  private restart(): void {
    this.length = 0;
    this.recorded = null;
    this.stderr = null;
  }

  private grow(): void {
    const size = this.step.length * 2;
    const grown = <T extends Uint32Array | Float64Array | Uint8Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.metric = grown(this.metric, new Uint32Array(size));
    this.step = grown(this.step, new Float64Array(size));
    this.wallTime = grown(this.wallTime, new Float64Array(size));
    this.value = grown(this.value, new Float64Array(size));
    if (this.recorded) this.recorded = grown(this.recorded, new Uint8Array(size).fill(1));
    if (this.stderr) this.stderr = grown(this.stderr, new Float64Array(size).fill(NaN));
  }
}

export function emptyColumns(): PointColumns {
  return new PointBuffer().take();
}
