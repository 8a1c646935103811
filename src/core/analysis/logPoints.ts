/** The points of one or several curves in logarithms, as fits of laws take them. */

import type { Series } from "../model/series.js";

/** One run's values over steps, tokens or parameters. */
export interface Curve {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface LogPoints {
  readonly ok: true;
  /** log x, ascending within a curve. */
  readonly u: Float64Array;
  /** log y */
  readonly v: Float64Array;
  /** Where each curve begins in `u` and `v`, then their length: points of one curve stay together. */
  readonly bounds: readonly number[];
  /** Evaluations that are NaN or infinite, or at x ≤ 0. */
  readonly leftOut: number;
}

export type LogPointsResult = LogPoints | { readonly ok: false; readonly reason: string };

export function curveOf(series: Series): Curve {
  return { x: series.step, y: series.value };
}

/**
 * No points where a value is at or below 0: to leave out the low ones would bend the curve. O(n), and O(n log n) where a
 * curve's x do not ascend.
 */
export function logPointsOf(curves: readonly Curve[]): LogPointsResult {
  const total = curves.reduce((sum, { y }) => sum + y.length, 0);
  const u = new Float64Array(total);
  const v = new Float64Array(total);
  const bounds = [0];
  let n = 0;
  for (const { x, y } of curves) {
    const first = n;
    let ascends = true;
    for (let i = 0; i < y.length; i++) {
      const [at, value] = [x[i] as number, y[i] as number];
      if (!Number.isFinite(value) || !(at > 0 && at < Infinity)) continue;
      if (value <= 0) {
        return { ok: false, reason: "there are values at or below 0, which have no logarithm" };
      }
      u[n] = Math.log(at);
      v[n] = Math.log(value);
      if (n > first && (u[n] as number) < (u[n - 1] as number)) ascends = false;
      n += 1;
    }
    if (!ascends) sortTogether(u.subarray(first, n), v.subarray(first, n));
    if (n > first) bounds.push(n);
  }
  return { ok: true, u: u.slice(0, n), v: v.slice(0, n), bounds, leftOut: total - n };
}

function sortTogether(u: Float64Array, v: Float64Array): void {
  const [unsortedU, unsortedV] = [u.slice(), v.slice()];
  const order = Uint32Array.from(u.keys()).sort(
    (i, j) => (unsortedU[i] as number) - (unsortedU[j] as number),
  );
  for (const [to, from] of order.entries()) {
    u[to] = unsortedU[from] as number;
    v[to] = unsortedV[from] as number;
  }
}

/** Every k-th point of each curve, with the least k that leaves at most about `most` points; each curve keeps its last. */
export function thinned(points: LogPoints, most: number): LogPoints {
  const { u, v, bounds } = points;
  const k = Math.ceil(u.length / most);
  if (k <= 1) return points;
  const kept: number[] = [];
  const ends = [0];
  for (let c = 1; c < bounds.length; c++) {
    const last = (bounds[c] as number) - 1;
    const first = bounds[c - 1] as number;
    for (let i = first + ((last - first) % k); i <= last; i += k) kept.push(i);
    ends.push(kept.length);
  }
  return {
    ok: true,
    u: Float64Array.from(kept, (i) => u[i] as number),
    v: Float64Array.from(kept, (i) => v[i] as number),
    bounds: ends,
    leftOut: points.leftOut,
  };
}
