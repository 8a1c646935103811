/** A growing column of numbers, each kept exactly in the narrowest array that all of them fit into. */

import type { Numbers, PointColumns } from "../model/series.js";

export type { Numbers };
type NumbersType = new (length: number) => Numbers;

/** Arrays to try, from narrow to wide; the last one holds any number of its column. */
export const IDS: readonly NumbersType[] = [Uint8Array, Uint16Array, Uint32Array];
export const STEPS: readonly NumbersType[] = [Int32Array, Float64Array];
export const VALUES: readonly NumbersType[] = [Float32Array, Float64Array];

/** Room beyond what is needed, as a share, while much is written: few copies. */
const SPARE = 1 / 2;
/** What is left of it then: little memory that nothing is in. */
const KEPT_SPARE = 1 / 8;

/** The points in the narrowest arrays that hold them exactly, in memory of their own. O(points). */
export function narrowed(points: PointColumns): PointColumns {
  const { metrics, metric, step, wallTime, value, recorded, stderr } = points;
  return {
    metrics,
    metric: NarrowColumn.narrowed(IDS, metric),
    step: NarrowColumn.narrowed(STEPS, step),
    wallTime: NarrowColumn.narrowed(VALUES, wallTime),
    value: NarrowColumn.narrowed(VALUES, value),
    recorded: recorded && NarrowColumn.narrowed(IDS, recorded),
    stderr: stderr && NarrowColumn.narrowed(VALUES, stderr),
  };
}

export class NarrowColumn {
  /** Longer than what is in use. */
  numbers: Numbers;

  private constructor(
    private readonly types: readonly NumbersType[],
    numbers: Numbers | null,
    private readonly fill: number,
  ) {
    this.numbers = numbers ?? new (types[0] as NumbersType)(0);
  }

  /** `fill` is what stands where nothing was written. */
  static of(types: readonly NumbersType[], fill = 0): NarrowColumn {
    return new NarrowColumn(types, null, fill);
  }

  /** A column of what is there already. */
  static holding(types: readonly NumbersType[], numbers: Numbers, fill = 0): NarrowColumn {
    return new NarrowColumn(types, numbers, fill);
  }

  /** Numbers from index `start` to before `end` as a column of its own, without a copy. */
  part(start: number, end: number): NarrowColumn {
    return new NarrowColumn(this.types, this.numbers.subarray(start, end), this.fill);
  }

  copy(): NarrowColumn {
    return new NarrowColumn(this.types, this.numbers.slice(), this.fill);
  }

  /** Numbers in the narrowest of the arrays that all of them fit into, in memory of their own. */
  static narrowed(types: readonly NumbersType[], numbers: Numbers): Numbers {
    const column = NarrowColumn.of(types);
    column.write(numbers, 0);
    return column.numbers.slice(0, numbers.length);
  }

  /** Writes numbers from index `at` on. O(numbers), amortised. */
  write(from: Numbers, at: number): void {
    this.reserve(at + from.length);
    const width = this.types.indexOf(from.constructor as NumbersType);
    if (width >= 0 && width <= this.types.indexOf(this.numbers.constructor as NumbersType)) {
      this.numbers.set(from, at);
      return;
    }
    for (let i = 0; i < from.length; i++) {
      const number = from[i] as number;
      this.numbers[at + i] = number;
      while (!Object.is(this.numbers[at + i], number)) {
        this.widen();
        this.numbers[at + i] = number;
      }
    }
  }

  /** Gives back most of the room beyond `length`. */
  trim(length: number): void {
    const { numbers } = this;
    const enough = Math.ceil(length * (1 + KEPT_SPARE));
    if (numbers.length > enough) this.numbers = numbers.slice(0, enough);
  }

  reserve(length: number): void {
    const { numbers } = this;
    if (length > numbers.length) this.copyTo(numbers.constructor as NumbersType, length);
  }

  private widen(): void {
    const wider = this.types[this.types.indexOf(this.numbers.constructor as NumbersType) + 1];
    if (!wider) throw new RangeError("a number that fits no array of its column");
    this.copyTo(wider, this.numbers.length);
  }

  private copyTo(type: NumbersType, length: number): void {
    const before = this.numbers;
    const isGrowing = length > before.length;
    this.numbers = new type(isGrowing ? Math.ceil(length * (1 + SPARE)) : length);
    this.numbers.set(before);
    if (isGrowing && this.fill !== 0) this.numbers.fill(this.fill, before.length);
  }
}
