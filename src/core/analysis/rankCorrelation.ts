/** Spearman's ρ: whether two columns are in the same order. */

export interface RankCorrelation {
  /** Pairs of which both values are known. */
  readonly n: number;
  /** Between −1 and 1; null below two pairs, and where all values of one column are equal. */
  readonly coefficient: number | null;
}

/**
 * Spearman's ρ (1904): Pearson's correlation of the ranks, ties having the mean of theirs. Pairs with a NaN are left out.
 * O(n log n).
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): RankCorrelation {
  const known = [...Array(Math.min(x.length, y.length)).keys()].filter(
    (i) => !Number.isNaN(x[i]) && !Number.isNaN(y[i]),
  );
  const n = known.length;
  const a = ranks(Float64Array.from(known, (i) => x[i] as number));
  const b = ranks(Float64Array.from(known, (i) => y[i] as number));
  const centre = (n + 1) / 2;
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (let i = 0; i < n; i++) {
    const [da, db] = [(a[i] as number) - centre, (b[i] as number) - centre];
    covariance += da * db;
    varianceA += da * da;
    varianceB += db * db;
  }
  const scale = Math.sqrt(varianceA * varianceB);
  return { n, coefficient: scale > 0 ? covariance / scale : null };
}

/** Ranks from 1, equal values having the mean of theirs. */
export function ranks(values: Float64Array): Float64Array {
  const order = [...values.keys()].sort((i, j) => {
    const [a, b] = [values[i] as number, values[j] as number];
    return a < b ? -1 : a > b ? 1 : 0;
  });
  const result = new Float64Array(values.length);
  let end = 0;
  for (let start = 0; start < order.length; start = end) {
    const value = values[order[start] as number];
    while (end < order.length && values[order[end] as number] === value) end++;
    for (let k = start; k < end; k++) result[order[k] as number] = (start + end + 1) / 2;
  }
  return result;
}
