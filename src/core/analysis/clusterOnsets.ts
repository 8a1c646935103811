/** Which examples were learned together: clusters of their first-learned steps. */

import type { Learning } from "./firstLearned.js";

export interface OnsetCluster {
  /** `first`: learned at the first evaluation or before it. `never` and `unknown` are clusters of their own too. */
  readonly kind: "first" | "learned" | "never" | "unknown";
  /** Ends of the examples' intervals, the outermost ones; null where open. */
  readonly after: number | null;
  readonly by: number | null;
  readonly examples: number;
}

export interface OnsetClusters {
  /** In the order of learning; none is empty. */
  readonly clusters: readonly OnsetCluster[];
  /** By example, its index in `clusters`. */
  readonly of: Uint32Array;
}

/**
 * Segments of the first-learned steps on a logarithmic axis: Gaussian segments of their own means and variances, with
 * the shares of the examples in the likelihood (the completed likelihood of a mixture), and as many as the Bayesian
 * information criterion takes: the ICL-BIC of Biernacki, Celeux & Govaert 2000, which counts clusters, and not the
 * components that a skewed one would need. With many examples that alone would still split on every skew, so that a
 * cluster must also gain 0.2 per example (a choice of ours; two equal waves that are four standard deviations apart gain
 * 0.22). Exact, by optimal partitioning (Jackson et al. 2005).
 *
 * An onset is an interval, so an example counts as spread evenly over its own: its position has a variance, and the grid
 * of evaluations alone makes no clusters. Examples with the same right end stay together. Open intervals take no part:
 * right at the first evaluation, never learned, and never known are a cluster each.
 *
 * O(examples + m²) for m different right ends, at most the number of checkpoints.
 */
export function clusterOnsets({ after, by }: Learning): OnsetClusters {
  const groups = groupByEnd(after, by);
  const segments = new Map<number, number>();
  for (const [segment, members] of partition(groups).entries()) {
    for (const group of members) segments.set(group.by, segment);
  }
  const keys = Array.from(by, (end, i) => {
    if (Number.isNaN(end)) return Number.isNaN(after[i]) ? UNKNOWN : NEVER;
    return Number.isNaN(after[i]) ? FIRST : (segments.get(end) as number);
  });
  const found = new Map<number, { after: number; by: number; examples: number }>();
  for (const [i, key] of keys.entries()) {
    let cluster = found.get(key);
    if (!cluster) found.set(key, (cluster = { after: Infinity, by: -Infinity, examples: 0 }));
    cluster.examples++;
    cluster.after = Math.min(cluster.after, after[i] as number);
    cluster.by = Math.max(cluster.by, by[i] as number);
  }
  const order = [...found].sort(([a], [b]) => a - b);
  const places = new Map(order.map(([key], place) => [key, place]));
  return {
    clusters: order.map(([key, cluster]) => ({
      kind: kindOf(key),
      after: Number.isNaN(cluster.after) ? null : cluster.after,
      by: Number.isNaN(cluster.by) ? null : cluster.by,
      examples: cluster.examples,
    })),
    of: Uint32Array.from(keys, (key) => places.get(key) as number),
  };
}

/** Keys of the clusters that are no segment, so that all keys ascend in the order of learning. */
const FIRST = -1;
const NEVER = Number.MAX_SAFE_INTEGER - 1;
const UNKNOWN = Number.MAX_SAFE_INTEGER;

function kindOf(key: number): OnsetCluster["kind"] {
  if (key === FIRST) return "first";
  if (key === NEVER) return "never";
  return key === UNKNOWN ? "unknown" : "learned";
}

/** Examples with the same right end: how many, and the moments of their positions. */
interface Group {
  readonly by: number;
  count: number;
  sum: number;
  squares: number;
}

/** Examples with both ends, by their right end, ascending. */
function groupByEnd(after: Float64Array, by: Float64Array): Group[] {
  const groups = new Map<number, Group>();
  // Positions are counted from the last one: there the intervals are narrowest, and rounding would matter most.
  const last = by.reduce((latest, end) => (end > latest ? end : latest), -Infinity);
  for (let i = 0; i < by.length; i++) {
    const [left, right] = [after[i] as number, by[i] as number];
    if (Number.isNaN(left) || Number.isNaN(right)) continue;
    let group = groups.get(right);
    if (!group) groups.set(right, (group = { by: right, count: 0, sum: 0, squares: 0 }));
    const middle = (logOf(left) + logOf(right)) / 2 - logOf(last);
    const width = logOf(right) - logOf(left);
    group.count++;
    group.sum += middle;
    group.squares += middle * middle + (width * width) / 12;
  }
  return [...groups.values()].sort((a, b) => a.by - b.by);
}

/** A step on a logarithmic axis on which step 0 has a place. */
function logOf(step: number): number {
  return Math.sign(step) * Math.log1p(Math.abs(step));
}

/** Narrower segments than a millionth of their step are rounding. */
const MIN_VARIANCE = 1e-12;
/** Of a segment: its mean, its variance, its share. */
const PARAMETERS = 3;
/** What a segment must gain for each of all examples, in −2 log likelihood. */
const GAIN = 0.2;

/** The segments of least cost, in order. */
function partition(groups: readonly Group[]): Group[][] {
  const m = groups.length;
  const count = new Float64Array(m + 1);
  const sum = new Float64Array(m + 1);
  const squares = new Float64Array(m + 1);
  for (const [j, group] of groups.entries()) {
    count[j + 1] = (count[j] as number) + group.count;
    sum[j + 1] = (sum[j] as number) + group.sum;
    squares[j + 1] = (squares[j] as number) + group.squares;
  }
  const n = count[m] as number;
  const penalty = PARAMETERS * Math.log(n) + GAIN * n;
  /** −2 log likelihood of the groups from `i` to before `j`, without what is the same for all partitions. */
  const cost = (i: number, j: number): number => {
    const k = (count[j] as number) - (count[i] as number);
    const mean = ((sum[j] as number) - (sum[i] as number)) / k;
    const variance = ((squares[j] as number) - (squares[i] as number)) / k - mean * mean;
    return k * (Math.log(Math.max(variance, MIN_VARIANCE)) - 2 * Math.log(k / n)) + penalty;
  };
  const best = new Float64Array(m + 1);
  const from = new Uint32Array(m + 1);
  for (let j = 1; j <= m; j++) {
    best[j] = Infinity;
    for (let i = 0; i < j; i++) {
      const total = (best[i] as number) + cost(i, j);
      if (total < (best[j] as number)) {
        best[j] = total;
        from[j] = i;
      }
    }
  }
  const segments: Group[][] = [];
  for (let j = m; j > 0; j = from[j] as number) segments.unshift(groups.slice(from[j], j));
  return segments;
}
