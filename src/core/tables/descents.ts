/** Where the steps of a log's metrics go back, in the order of writing. */

/** A point whose step is below that of its metric's point before. */
export interface Descent {
  readonly metric: number;
  readonly position: number;
  readonly step: number;
  readonly beforePosition: number;
  readonly beforeStep: number;
}

const NUMBERS = 5;

/** Numbers that several lists begin with: the longest of them may write on. */
interface Shared {
  numbers: Float64Array;
  used: number;
}

/** A list that never changes. One that goes on from another shares its memory. */
export class Descents {
  static readonly NONE = new Descents({ numbers: new Float64Array(0), used: 0 }, 0);

  private constructor(
    private readonly shared: Shared,
    readonly length: number,
  ) {}

  at(index: number): Descent {
    const { numbers } = this.shared;
    const i = NUMBERS * index;
    return {
      metric: numbers[i] as number,
      position: numbers[i + 1] as number,
      step: numbers[i + 2] as number,
      beforePosition: numbers[i + 3] as number,
      beforeStep: numbers[i + 4] as number,
    };
  }

  /** This list and what comes behind it. O(what comes), amortised. */
  with(more: readonly Descent[]): Descents {
    if (more.length === 0) return this;
    const length = this.length + more.length;
    let { shared } = this;
    if (shared.used !== this.length || NUMBERS * length > shared.numbers.length) {
      const numbers = new Float64Array(NUMBERS * Math.ceil(1.5 * length));
      numbers.set(shared.numbers.subarray(0, NUMBERS * this.length));
      shared = { numbers, used: this.length };
    }
    let at = NUMBERS * this.length;
    for (const { metric, position, step, beforePosition, beforeStep } of more) {
      shared.numbers.set([metric, position, step, beforePosition, beforeStep], at);
      at += NUMBERS;
    }
    shared.used = length;
    return new Descents(shared, length);
  }

  get bytes(): number {
    return 8 * NUMBERS * this.length;
  }
}
