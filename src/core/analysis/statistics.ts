/** Order statistics and moments that several methods share. Inputs are never changed. */

export function median(values: ArrayLike<number>): number {
  const n = values.length;
  if (n === 0) return NaN;
  const partly = new Float64Array(values);
  const half = n >> 1;
  select(partly, half);
  const upper = partly[half] as number;
  if (n % 2 === 1) return upper;
  let lower = -Infinity;
  for (let i = 0; i < half; i++) lower = Math.max(lower, partly[i] as number);
  return (lower + upper) / 2;
}

/** Puts the k-th smallest value at `k`, nothing greater before it and nothing smaller behind it: quickselect, O(n). */
function select(values: Float64Array, k: number): void {
  let left = 0;
  let right = values.length - 1;
  // Curves rise and fall: pivots from fixed places would be the extremes of many of them.
  const random = createRandom(values.length);
  while (left < right) {
    const pivot = values[left + Math.floor(random() * (right - left + 1))] as number;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const swapped = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = swapped;
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else return;
  }
}

/** Median absolute deviation from the median, unscaled. */
export function medianAbsoluteDeviation(values: ArrayLike<number>): number {
  const centre = median(values);
  const deviations = new Float64Array(values);
  for (let i = 0; i < deviations.length; i++) {
    deviations[i] = Math.abs((deviations[i] as number) - centre);
  }
  return median(deviations);
}

/** What makes the MAD of a normal sample estimate its standard deviation. */
export const MAD_TO_SD = 1.4826;

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** Sample standard deviation (n − 1); NaN below two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  const n = values.length;
  if (n < 2) return NaN;
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += ((values[i] as number) - centre) ** 2;
  return Math.sqrt(sum / (n - 1));
}

/** A seeded generator of uniform numbers in [0, 1): mulberry32, by Tommy Ettinger (public domain). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal numbers by the polar method of Marsaglia. */
export function createNormal(random: () => number): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const u = 2 * random() - 1;
      const v = 2 * random() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    }
  };
}

/** Quantile of ascending values, on the line between the two nearest (Hyndman and Fan's type 7); NaN for none. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low === high ? low : low + (at - Math.floor(at)) * (high - low);
}
