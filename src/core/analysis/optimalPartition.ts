/** Exact optimal partitioning of a series into segments, for costs that splitting a segment never raises. */

/** Cost of one segment, of the points `from` to `to − 1`; 0 for none. What adds up over points may be left out of it. */
export type SegmentCost = (from: number, to: number) => number;

/** log₂ of the number of starts in the smallest block. */
const LEAF_BITS = 3;
const LEAF = 1 << LEAF_BITS;

/**
 * The segments that minimise the sum of their costs plus `penalty` for each break between two of them, none shorter than
 * `minSegment` points: the first index of each segment but the first, ascending. Equal to the recursion of optimal
 * partitioning, `F(t) = min F(s) + cost(s, t) + penalty` over the starts `s` (Jackson et al. 2005), for every cost with
 * `cost(a, c) ≥ cost(a, b) + cost(b, c)`, which is PELT's condition (Killick et al. 2012).
 *
 * PELT looks at every start that is not ruled out for good; where breaks are few that is nearly all of them. Here starts
 * are grouped into blocks, and blocks into blocks of twice the size. With `e` the end of a block,
 * `F(s) + cost(s, t) ≥ min_s(F(s) + cost(s, e)) + cost(e, t)` for each `s` in it, so that one comparison passes over the
 * whole block, and only a block that may hold the best start is opened. About O(n log n) evaluations of the cost where
 * segments fit, O(n²) at worst; O(n) memory. 400 to 600 plain scans of 100,000 points
 * with ten shifts, and about twice as long a point of a million (bench/changePoints.mjs). Null where that would take more than about `budget` evaluations.
 */
export function findOptimalPartition(
  n: number,
  cost: SegmentCost,
  penalty: number,
  minSegment: number,
  budget = Infinity,
): number[] | null {
  if (n < 2 * minSegment) return [];
  const best = new Float64Array(n + 1).fill(Infinity);
  const bestStart = new Int32Array(n + 1);
  best[0] = -penalty;
  const blocks = new Blocks(n);
  const { first, second, holder, ruledOutFrom } = blocks;
  /** Blocks still to be looked at: the block's number within its level, and the level. */
  const pending = new Int32Array(64);

  let start = 0;
  let spent = 0;
  for (let t = minSegment; t <= n; t++) {
    if (spent > budget) return null;
    const starts = t - minSegment + 1;
    const closed = starts >> LEAF_BITS;
    if (closed << LEAF_BITS === starts) blocks.close(closed, best, cost);
    let least = (best[start] as number) + cost(start, t);
    for (let s = closed << LEAF_BITS; s < starts; s++) {
      const total = (best[s] as number) + cost(s, t);
      if (total < least) {
        least = total;
        start = s;
      }
    }
    let depth = 0;
    for (let level = 31 - Math.clz32(closed); level >= 0; level--) {
      if ((closed >> level) & 1) pending[depth++] = (((closed >> level) - 1) << 5) | level;
    }
    while (depth > 0) {
      spent += 1;
      const next = pending[--depth] as number;
      const level = next & 31;
      const number = next >> 5;
      const block = blockIndex(number, level);
      if ((ruledOutFrom[block] as number) <= t) continue;
      const end = (number + 1) << (LEAF_BITS + level);
      const limit = least - cost(end, t);
      const lowest = first[block] as number;
      // The start that leads so far was looked at already: what counts is the best of the others.
      if ((holder[block] === start ? (second[block] as number) : lowest) >= limit) {
        // A break at t is then as good as any start in the block, for every end that t can be a start of.
        if (lowest >= limit + penalty) {
          ruledOutFrom[block] = Math.min(ruledOutFrom[block] as number, t + minSegment);
        }
      } else if (level > 0) {
        pending[depth++] = ((2 * number) << 5) | (level - 1);
        pending[depth++] = ((2 * number + 1) << 5) | (level - 1);
      } else {
        spent += LEAF;
        for (let s = end - LEAF; s < end; s++) {
          const total = (best[s] as number) + cost(s, t);
          if (total < least) {
            least = total;
            start = s;
          }
        }
      }
    }
    best[t] = least + penalty;
    bestStart[t] = start;
  }

  const breaks: number[] = [];
  for (let end = bestStart[n] as number; end > 0; end = bestStart[end] as number) breaks.push(end);
  return breaks.reverse();
}

/** The `number`-th block of a level lies between its two halves, as in a tree written from left to right. */
function blockIndex(number: number, level: number): number {
  return ((2 * number + 1) << level) - 1;
}

/** What is known of each block of starts `s`, as columns: values of `F(s) + cost(s, e)` at the block's end `e`. */
class Blocks {
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** The start that has the lowest value. */
  readonly holder: Int32Array;
  /** From which end on none of the block's starts can be best. */
  readonly ruledOutFrom: Int32Array;

  constructor(n: number) {
    const length = 2 * (n >> LEAF_BITS) + 2;
    this.first = new Float64Array(length);
    this.second = new Float64Array(length);
    this.holder = new Int32Array(length);
    this.ruledOutFrom = new Int32Array(length).fill(n + 1);
  }

  /** Fills in all blocks that end with the smallest block number `closed − 1`. */
  close(closed: number, best: Float64Array, cost: SegmentCost): void {
    const end = closed << LEAF_BITS;
    let first = Infinity;
    let second = Infinity;
    let holder = -1;
    let from = end;
    for (let level = 0; (closed >> level) << level === closed && closed >> level > 0; level++) {
      const low = end - (LEAF << level);
      for (let s = low; s < from; s++) {
        const value = (best[s] as number) + cost(s, end);
        if (value < first) {
          second = first;
          first = value;
          holder = s;
        } else if (value < second) second = value;
      }
      from = low;
      const block = blockIndex((closed >> level) - 1, level);
      this.first[block] = first;
      this.second[block] = second;
      this.holder[block] = holder;
    }
  }
}
