/** Exact optimal partitioning for absolute deviations from segments' medians, by functional pruning. */

/** Shortest segment: a value that is seen only once is no level. */
export const MIN_MEDIAN_SEGMENT = 2;

/**
 * The segments of at least two points that minimise the sum of absolute deviations from their medians plus `penalty` for
 * each break: the first index of each segment but the first, ascending. `values` are finite.
 *
 * Functional pruning (Rigaill 2015; Maidstone et al. 2017): for each level `μ` of the last segment the best start is
 * kept. As a function of `μ` the cost of a start is convex and has a corner at each value of its segment. It is kept where
 * it leads, as the corners and what holds at both ends, so that a further value is one more corner. A start leads on fewer
 * levels the more values there are: about O(√n) corners and O(log n) starts at a time, O(n log n) in all with short moves
 * of memory; O(n²) at worst.
 */
export function findMedianPartition(values: Float64Array, penalty: number): number[] {
  const n = values.length;
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  if (n < 2 * MIN_MEDIAN_SEGMENT || !(high > low)) return [];
  const bestStart = new Int32Array(n + 1);
  /** Best cost of the first points, by their number, with a penalty for the break behind them. */
  const best = new Float64Array(n + 1).fill(Infinity);
  best[0] = 0;
  let leaders = [new Leader(0, low, high, 0)];
  for (let t = MIN_MEDIAN_SEGMENT; t <= n; t++) {
    const start = t - MIN_MEDIAN_SEGMENT;
    leaders = withStart(leaders, start, best[start] as number);
    // The leaders know the values before `start`; a segment from there on has two more.
    const a = values[start] as number;
    const b = values[start + 1] as number;
    let least = Infinity;
    for (const leader of leaders) {
      const cost = leader.leastWith(Math.min(a, b), Math.max(a, b));
      if (cost < least) {
        least = cost;
        bestStart[t] = leader.start;
      }
    }
    best[t] = least + penalty;
    for (const leader of leaders) leader.add(a);
  }
  const breaks: number[] = [];
  for (let end = bestStart[n] as number; end > 0; end = bestStart[end] as number) breaks.push(end);
  return breaks.reverse();
}

/** The leaders after `start` came in, which costs `cost` at every level: it leads wherever the others cost more. */
function withStart(leaders: Leader[], start: number, cost: number): Leader[] {
  if (cost === Infinity) return leaders;
  const left: Leader[] = [];
  const lead = (low: number, high: number): void => {
    if (!(high > low)) return;
    const previous = left.at(-1);
    if (previous?.start === start) previous.high = high;
    else left.push(new Leader(start, low, high, cost));
  };
  for (const leader of leaders) {
    const { low, high } = leader;
    if (leader.least > cost) {
      lead(low, high);
      continue;
    }
    leader.keepBelow(cost);
    lead(low, leader.low);
    left.push(leader);
    lead(leader.high, high);
  }
  return left;
}

/** One start, on the levels from `low` to `high` where it leads: a convex function of the level, in straight pieces. */
class Leader {
  /** Values between `low` and `high`, ascending: the slope grows by 2 at each. */
  private readonly corners: number[] = [];
  /** Slope just above `low`. */
  private slope = 0;
  private costAtLow: number;
  private costAtHigh: number;
  /** The lowest cost, and where: 0 is `low`, `i` the i-th corner, and behind the last corner `high`. */
  least: number;
  private place = 0;

  constructor(
    readonly start: number,
    public low: number,
    public high: number,
    cost: number,
  ) {
    this.costAtLow = this.costAtHigh = this.least = cost;
  }

  private levelAt(place: number): number {
    if (place === 0) return this.low;
    return place > this.corners.length ? this.high : (this.corners[place - 1] as number);
  }

  /** Slope between a place and the next. */
  private slopeAfter(place: number): number {
    return this.slope + 2 * place;
  }

  /** Adds `|value − μ|`. */
  add(value: number): void {
    const { corners, low, high } = this;
    this.least += Math.abs(value - this.levelAt(this.place));
    this.costAtLow += Math.abs(value - low);
    this.costAtHigh += Math.abs(value - high);
    if (value <= low) this.slope += 1;
    else {
      this.slope -= 1;
      if (value < high) {
        const index = lowerBound(corners, value);
        corners.splice(index, 0, value);
        if (index < this.place) this.place += 1;
      }
    }
    this.settle();
  }

  /** Moves to the lowest place: by one step after one more value. */
  private settle(): void {
    while (this.place <= this.corners.length && this.slopeAfter(this.place) < 0) {
      const from = this.levelAt(this.place);
      this.least += this.slopeAfter(this.place) * (this.levelAt(this.place + 1) - from);
      this.place += 1;
    }
    while (this.place > 0 && this.slopeAfter(this.place - 1) > 0) {
      const to = this.levelAt(this.place - 1);
      this.least -= this.slopeAfter(this.place - 1) * (this.levelAt(this.place) - to);
      this.place -= 1;
    }
  }

  /** The lowest of the cost plus `|a − μ| + |b − μ|`, with `a ≤ b`: at most a few places from the lowest cost. */
  leastWith(a: number, b: number): number {
    let level = this.levelAt(this.place);
    let cost = this.least + Math.abs(a - level) + Math.abs(b - level);
    for (let place = this.place; place <= this.corners.length;) {
      const slope = this.slopeAfter(place) + (a <= level ? 1 : -1) + (b <= level ? 1 : -1);
      if (slope >= 0) break;
      let next = this.levelAt(place + 1);
      if (a > level && a < next) next = a;
      else if (b > level && b < next) next = b;
      else place += 1;
      cost += slope * (next - level);
      level = next;
    }
    if (level !== this.levelAt(this.place)) return cost;
    for (let place = this.place; place > 0;) {
      const slope = this.slopeAfter(place - 1) + (a < level ? 1 : -1) + (b < level ? 1 : -1);
      if (slope <= 0) break;
      let next = this.levelAt(place - 1);
      if (b < level && b > next) next = b;
      else if (a < level && a > next) next = a;
      else place -= 1;
      cost -= slope * (level - next);
      level = next;
    }
    return cost;
  }

  /** Gives up the levels at both ends that cost more than `cost`, which some level does not. */
  keepBelow(cost: number): void {
    const { corners } = this;
    if (this.costAtLow > cost) {
      let passed = 0;
      let at = this.costAtLow;
      for (;;) {
        const slope = this.slopeAfter(passed);
        const [from, to] = [this.levelAt(passed), this.levelAt(passed + 1)];
        const next = at + slope * (to - from);
        if (next <= cost || passed + 1 >= this.place) {
          this.low = slope < 0 ? Math.min(to, from + (cost - at) / slope) : from;
          break;
        }
        at = next;
        passed += 1;
      }
      corners.splice(0, passed);
      this.slope += 2 * passed;
      this.place -= passed;
      this.costAtLow = cost;
    }
    if (this.costAtHigh > cost) {
      let place = corners.length + 1;
      let at = this.costAtHigh;
      for (;;) {
        const slope = this.slopeAfter(place - 1);
        const [to, from] = [this.levelAt(place - 1), this.levelAt(place)];
        const next = at - slope * (from - to);
        if (next <= cost || place - 1 <= this.place) {
          this.high = slope > 0 ? Math.max(to, from - (at - cost) / slope) : from;
          break;
        }
        at = next;
        place -= 1;
      }
      corners.length = Math.min(corners.length, place - 1);
      this.costAtHigh = cost;
    }
  }
}

/** First index of an ascending list whose value is at least `value`. */
function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
