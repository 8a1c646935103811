/** Median and MAD of the values before a place, for place after place. */

/**
 * The finite ones of the `width` values before a place, sorted. A step to the next place costs O(log width) looks and one
 * short move of memory, a jump a sorting; median and MAD are exact.
 */
export class TrailingWindow {
  private readonly sorted: Float64Array;
  private end = 0;
  /** Finite values in the window. */
  length = 0;

  constructor(
    private readonly values: Float64Array,
    private readonly width: number,
  ) {
    this.sorted = new Float64Array(width);
  }

  /** Moves to the values before index `end`, which is not before any earlier one. */
  moveTo(end: number): void {
    const { values, width } = this;
    if (end - this.end > width / 4) {
      const window = values.subarray(Math.max(0, end - width), end).filter(Number.isFinite);
      this.sorted.set(window.sort());
      this.length = window.length;
    } else {
      for (let i = this.end; i < end; i++) {
        if (i >= width) this.drop(values[i - width] as number);
        this.add(values[i] as number);
      }
    }
    this.end = end;
  }

  /** NaN where there is no finite value. */
  median(): number {
    const { sorted, length } = this;
    const half = length >> 1;
    const upper = length === 0 ? NaN : (sorted[half] as number);
    return length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
  }

  /** Median absolute deviation from `centre`, the median: the deviations on both sides grow outwards. O(width). */
  deviation(centre: number): number {
    const { sorted, length } = this;
    let above = this.firstFrom(centre);
    let below = above - 1;
    let [before, last] = [NaN, NaN];
    for (let taken = 0; taken <= length >> 1 && taken < length; taken++) {
      const up = above < length ? (sorted[above] as number) - centre : Infinity;
      const down = below >= 0 ? centre - (sorted[below] as number) : Infinity;
      before = last;
      if (up <= down) above++;
      else below--;
      last = Math.min(up, down);
    }
    return length % 2 === 1 ? last : (before + last) / 2;
  }

  /** False where the MAD from `centre` is certainly not below `limit`: fewer than half lie so near. O(log width). */
  mayDeviateLess(centre: number, limit: number): boolean {
    const reach = limit * (1 + 1e-9);
    return 2 * (this.firstFrom(centre + reach) - this.firstFrom(centre - reach)) >= this.length;
  }

  /** Index of the first value that is not below `value`. */
  private firstFrom(value: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private add(value: number): void {
    if (!Number.isFinite(value)) return;
    const at = this.firstFrom(value);
    this.sorted.copyWithin(at + 1, at, this.length);
    this.sorted[at] = value;
    this.length += 1;
  }

  private drop(value: number): void {
    if (!Number.isFinite(value)) return;
    const at = this.firstFrom(value);
    this.sorted.copyWithin(at, at + 1, this.length);
    this.length -= 1;
  }
}
