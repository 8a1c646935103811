/** Smoothing, for drawing only: no detection ever sees it. The raw line stays beside it. */

/**
 * `ema`: a mean of all earlier points whose weights fall by e over `share` of the axis' length. `median`: of the `points`
 * points around each one, itself included.
 */
export type Smoothing =
  | { readonly kind: "ema"; readonly share: number }
  | { readonly kind: "median"; readonly points: number };

/**
 * Exponential moving average of unevenly spaced points (Eckner 2019), weighted by distance and normalised, so that it begins
 * at the first value: `Σ y_j·exp(−(x_i − x_j)/τ) / Σ exp(−(x_i − x_j)/τ)` over `j ≤ i`. `x` ascends, in the unit of `tau`.
 * A value that is not finite takes no part and stays as it is. With `tau` 0 the values themselves. O(n).
 */
export function timeWeightedAverage(
  x: Float64Array,
  value: Float64Array,
  tau: number,
): Float64Array {
  const smooth = new Float64Array(value.length);
  let sum = 0;
  let weight = 0;
  let last = NaN;
  for (let i = 0; i < value.length; i++) {
    const y = value[i] as number;
    if (!Number.isFinite(y)) {
      smooth[i] = y;
      continue;
    }
    const at = x[i] as number;
    const decay = weight === 0 ? 0 : at === last ? 1 : Math.exp(-(at - last) / tau);
    sum = sum * decay + y;
    weight = weight * decay + 1;
    last = at;
    smooth[i] = sum / weight;
  }
  return smooth;
}

/**
 * Median of the finite values among the `points` points centred on each one (an even number counts as the next odd one);
 * fewer on both sides alike near the ends. A value that is not finite stays as it is. O(n · points).
 */
export function centredMedian(value: Float64Array, points: number): Float64Array {
  const half = Math.max(0, Math.floor(points / 2));
  return value.map((own, i) => {
    if (!Number.isFinite(own)) return own;
    const reach = Math.min(half, i, value.length - 1 - i);
    const around = value
      .slice(i - reach, i + reach + 1)
      .filter((one) => Number.isFinite(one))
      .sort();
    const middle = around.length >> 1;
    const upper = around[middle] as number;
    return around.length % 2 === 1 ? upper : ((around[middle - 1] as number) + upper) / 2;
  });
}

/** `length`: of the axis, in the unit of `x`. */
export function smooth(
  x: Float64Array,
  value: Float64Array,
  smoothing: Smoothing,
  length: number,
): Float64Array {
  return smoothing.kind === "ema"
    ? timeWeightedAverage(x, value, smoothing.share * length)
    : centredMedian(value, smoothing.points);
}
