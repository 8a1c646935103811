/** Kendall's τ-b and Spearman's ρ: whether two columns are in the same order. */

import { normalTail, studentTail } from "./distributions.js";

export interface RankCorrelation {
  /** Pairs of which both values are known. */
  readonly n: number;
  /** Pairs left out: one of the values is NaN. */
  readonly unknown: number;
  /** Between −1 and 1; null below two pairs, and where all values of one column are equal. */
  readonly coefficient: number | null;
  /** Two-sided, that there is no association; null where the coefficient is, or n is too small. */
  readonly p: number | null;
}

/** Largest sample without ties whose `p` is exact, as in SciPy. */
const MAX_EXACT = 33;

/**
 * Kendall's τ-b (Kendall 1945), `(C − D)/√((C + D + Tₓ)(C + D + T_y))` with C pairs in the same order, D in the opposite one
 * and T tied in one column only. `p` is exact up to 33 pairs without ties, else by the normal approximation with the variance
 * for ties (Kendall 1970). Infinities have their place in the order. O(n log n) by counting the exchanges of a merge sort
 * (Knight 1966). Columns of different lengths are compared as far as both go.
 */
export function kendall(x: ArrayLike<number>, y: ArrayLike<number>): RankCorrelation {
  const { xs, ys, unknown } = knownPairs(x, y);
  const n = xs.length;
  const order = Uint32Array.from(xs.keys()).sort(
    (i, j) => compare(xs[i]!, xs[j]!) || compare(ys[i]!, ys[j]!),
  );
  const tiedX = tieSums(order, (i, j) => xs[i] === xs[j]);
  const tiedBoth = tieSums(order, (i, j) => xs[i] === xs[j] && ys[i] === ys[j]);
  const sortedY = Float64Array.from(order, (i) => ys[i]!);
  const discordant = sortCounting(sortedY);
  const tiedY = tieSums(Uint32Array.from(xs.keys()), (i, j) => sortedY[i] === sortedY[j]);
  const pairs = (n * (n - 1)) / 2;
  // C − D, as C + D + D = all − tied in x or y + D.
  const score = pairs - tiedX.pairs - tiedY.pairs + tiedBoth.pairs - 2 * discordant;
  const scale = Math.sqrt((pairs - tiedX.pairs) * (pairs - tiedY.pairs));
  if (!(scale > 0)) return { n, unknown, coefficient: null, p: null };
  const coefficient = Math.max(-1, Math.min(1, score / scale));
  const isExact = n <= MAX_EXACT && tiedX.pairs === 0 && tiedY.pairs === 0;
  const p = isExact
    ? exactKendallTail(n, Math.min(discordant, pairs - discordant))
    : normalTail(score / Math.sqrt(kendallVariance(n, tiedX, tiedY)));
  return { n, unknown, coefficient, p };
}

/**
 * Spearman's ρ (1904): Pearson's correlation of the ranks, ties having the mean of theirs. `p` is by Student's t with n − 2
 * degrees of freedom, null below three pairs. Infinities have their place in the order. O(n log n).
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): RankCorrelation {
  const { xs, ys, unknown } = knownPairs(x, y);
  const n = xs.length;
  const a = ranks(xs);
  const b = ranks(ys);
  const centre = (n + 1) / 2;
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (let i = 0; i < n; i++) {
    covariance += (a[i]! - centre) * (b[i]! - centre);
    varianceA += (a[i]! - centre) ** 2;
    varianceB += (b[i]! - centre) ** 2;
  }
  const scale = Math.sqrt(varianceA * varianceB);
  if (!(scale > 0)) return { n, unknown, coefficient: null, p: null };
  const coefficient = Math.max(-1, Math.min(1, covariance / scale));
  const t = coefficient * Math.sqrt((n - 2) / ((1 - coefficient) * (1 + coefficient)));
  return { n, unknown, coefficient, p: n < 3 ? null : studentTail(t, n - 2) };
}

function knownPairs(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): { xs: Float64Array; ys: Float64Array; unknown: number } {
  const length = Math.min(x.length, y.length);
  const known: number[] = [];
  for (let i = 0; i < length; i++) {
    if (!Number.isNaN(x[i]) && !Number.isNaN(y[i])) known.push(i);
  }
  return {
    xs: Float64Array.from(known, (i) => x[i]!),
    ys: Float64Array.from(known, (i) => y[i]!),
    unknown: length - known.length,
  };
}

/** Infinite values have no difference. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ranks from 1, equal values having the mean of theirs. */
function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((i, j) => compare(values[i]!, values[j]!));
  const result = new Float64Array(values.length);
  let end = 0;
  for (let start = 0; start < order.length; start = end) {
    for (end = start; end < order.length && values[order[end]!] === values[order[start]!]; end++);
    for (let k = start; k < end; k++) result[order[k]!] = (start + end + 1) / 2;
  }
  return result;
}

/** Sums over groups of t equal neighbours: t(t−1)/2, t(t−1)(t−2), t(t−1)(2t+5). */
interface Ties {
  readonly pairs: number;
  readonly triples: number;
  readonly spread: number;
}

function tieSums(order: Uint32Array, isTied: (i: number, j: number) => boolean): Ties {
  let pairs = 0;
  let triples = 0;
  let spread = 0;
  let end = 0;
  for (let start = 0; start < order.length; start = end) {
    for (end = start + 1; end < order.length && isTied(order[start]!, order[end]!); end++);
    const t = end - start;
    pairs += (t * (t - 1)) / 2;
    triples += t * (t - 1) * (t - 2);
    spread += t * (t - 1) * (2 * t + 5);
  }
  return { pairs, triples, spread };
}

/** Variance of C − D under no association, with ties (Kendall 1970). */
function kendallVariance(n: number, x: Ties, y: Ties): number {
  const m = n * (n - 1);
  return (
    (m * (2 * n + 5) - x.spread - y.spread) / 18 +
    (2 * x.pairs * y.pairs) / m +
    (n > 2 ? (x.triples * y.triples) / (9 * m * (n - 2)) : 0)
  );
}

/** P of at most so many inversions of a random order, or as few from the other end: from the counts of inversions. */
function exactKendallTail(n: number, inversions: number): number {
  // Probability of each number of inversions, built up by one more value at a time.
  let chance = new Float64Array([1]);
  for (let k = 2; k <= n; k++) {
    const next = new Float64Array(Math.min(inversions + 1, (k * (k - 1)) / 2 + 1));
    let window = 0;
    for (let c = 0; c < next.length; c++) {
      window += chance[c] ?? 0;
      if (c >= k) window -= chance[c - k] ?? 0;
      next[c] = window / k;
    }
    chance = next;
  }
  const below = chance.reduce((sum, value) => sum + value, 0);
  return Math.min(1, 2 * below);
}

/** Sorts in place and counts the pairs that were in descending order: merge sort from below. */
function sortCounting(values: Float64Array): number {
  const n = values.length;
  const merged = new Float64Array(n);
  let exchanges = 0;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let left = start;
      let right = middle;
      for (let k = start; k < end; k++) {
        if (left < middle && (right >= end || values[left]! <= values[right]!)) {
          merged[k] = values[left++]!;
        } else {
          exchanges += middle - left;
          merged[k] = values[right++]!;
        }
      }
    }
    values.set(merged);
  }
  return exchanges;
}
