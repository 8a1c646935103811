/** Where fits of a law (M23, M24) start: a grid of floors, breaks and widths, with what is then linear solved for. */

import type { Breaks } from "./law.js";
import type { LogPoints } from "./logPoints.js";
import { median } from "./statistics.js";

/** Floors as shares of the lowest value, and as quantiles of the values: noise can go below the floor. */
const FLOOR_SHARES = [1e-3, 0.3, 0.6, 0.8, 0.9, 0.97, 0.995];
const FLOOR_QUANTILES = [0.1, 0.3, 0.5];
const EXPONENTS = [0.05, 0.15, 0.3, 0.6, 1, 2];
const BREAK_PLACES = 7;
/** Change of the exponent at a break behind which nothing is left. */
const STEEP = 20;
const BREAK_WIDTHS = [0.05, 0.3, 1, 3];

/** Packed parameters (see `law.ts`), with x in units of `exp(centre)`. */
export function startsOf(points: LogPoints, centre: number, breaks: Breaks): Float64Array[] {
  const u = points.u.map((x) => x - centre);
  const sorted = points.v.slice().sort();
  const lowest = sorted[0] as number;
  const floors = [
    ...FLOOR_SHARES.map((share) => lowest + Math.log(share)),
    ...FLOOR_QUANTILES.map((q) => sorted[Math.floor(q * sorted.length)] as number),
  ];
  const one = cornersOf(u);
  const two = pairsOf(one);
  const starts: Float64Array[] = [];
  for (const logA of floors) {
    const above = aboveFloor(u, points.v, logA);
    if (breaks === 0) {
      const line = solveLinear(above, []);
      if (line) starts.push(Float64Array.of(logA, line[0] as number, line[1] as number));
      for (const alpha of EXPONENTS)
        starts.push(Float64Array.of(logA, meanLevel(above, alpha), alpha));
      continue;
    }
    for (const corners of breaks === 1 ? one.map((corner) => [corner]) : two) {
      const solved = solveLinear(above, corners);
      if (!solved) continue;
      const start = [logA, solved[0] as number, solved[1] as number];
      for (const [i, { place, f }] of corners.entries()) {
        start.push(Math.asinh(solved[2 + i] as number), place, Math.log(f));
      }
      starts.push(Float64Array.from(start));
    }
  }
  if (breaks === 1) starts.push(...dropsTo(u, points.v, one));
  return starts;
}

/** A power law that drops to its floor at a break, whose floor is what lies behind it. */
function dropsTo(u: Float64Array, v: Float64Array, corners: readonly Corner[]): Float64Array[] {
  const starts: Float64Array[] = [];
  for (const { place, f } of corners) {
    const logA = median(v.filter((_, i) => (u[i] as number) > place));
    const before = u.map((x, i) => (x <= place ? (v[i] as number) : -Infinity));
    const line = solveLinear(aboveFloor(u, before, logA), []);
    if (line) starts.push(Float64Array.of(logA, ...line, Math.asinh(STEEP), place, Math.log(f)));
  }
  return starts;
}

interface Above {
  readonly u: Float64Array;
  /** log(y − floor) where y is above it. */
  readonly w: Float64Array;
}

function aboveFloor(u: Float64Array, v: Float64Array, logA: number): Above {
  const kept = [...v.keys()].filter((i) => (v[i] as number) > logA);
  return {
    u: Float64Array.from(kept, (i) => u[i] as number),
    // log(y − a), from logarithms.
    w: Float64Array.from(
      kept,
      (i) => (v[i] as number) + Math.log(-Math.expm1(logA - (v[i] as number))),
    ),
  };
}

function meanLevel({ u, w }: Above, alpha: number): number {
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += (w[i] as number) + alpha * (u[i] as number);
  return sum / u.length;
}

interface Corner {
  readonly place: number;
  readonly f: number;
}

/** Breaks of each width, evenly inside the range of log x. */
function cornersOf(u: Float64Array): Corner[] {
  const low = u.reduce((least, x) => Math.min(least, x), Infinity);
  const high = u.reduce((most, x) => Math.max(most, x), -Infinity);
  return BREAK_WIDTHS.flatMap((f) =>
    Array.from({ length: BREAK_PLACES }, (_, i) => ({
      place: low + ((high - low) * (i + 1)) / (BREAK_PLACES + 1),
      f,
    })),
  );
}

/** Pairs of the same width at two places, or of two widths at the same place. */
function pairsOf(corners: readonly Corner[]): Corner[][] {
  return corners.flatMap((one, i) =>
    corners
      .slice(i + 1)
      .filter((other) => (one.f === other.f) !== (one.place === other.place))
      .map((other) => [one, other]),
  );
}

/**
 * Least squares of `w = log b − c0·u − Σ c_i·f·log(1 + exp((u − d_i)/f))` for log b, c0 and c_i; null where the points
 * do not determine them.
 */
function solveLinear({ u, w }: Above, breaks: readonly Corner[]): Float64Array | null {
  const size = 2 + breaks.length;
  if (u.length < size) return null;
  const matrix = Array.from({ length: size }, () => new Float64Array(size + 1));
  const row = new Float64Array(size + 1);
  for (let i = 0; i < u.length; i++) {
    const x = u[i] as number;
    row[0] = 1;
    row[1] = -x;
    for (const [j, { place, f }] of breaks.entries()) {
      const z = (x - place) / f;
      row[2 + j] = -f * (Math.max(0, z) + Math.log1p(Math.exp(-Math.abs(z))));
    }
    row[size] = w[i] as number;
    for (let j = 0; j < size; j++) {
      const target = matrix[j] as Float64Array;
      for (let k = 0; k <= size; k++) {
        target[k] = (target[k] as number) + (row[j] as number) * (row[k] as number);
      }
    }
  }
  return eliminate(matrix);
}

/** Gauss's elimination with pivots on a small augmented matrix; null where it is singular. */
function eliminate(matrix: Float64Array[]): Float64Array | null {
  const n = matrix.length;
  const at = (i: number, j: number): number => (matrix[i] as Float64Array)[j] as number;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(at(i, column)) > Math.abs(at(pivot, column))) pivot = i;
    }
    if (!(Math.abs(at(pivot, column)) > 1e-10)) return null;
    [matrix[column], matrix[pivot]] = [
      matrix[pivot] as Float64Array,
      matrix[column] as Float64Array,
    ];
    for (let i = 0; i < n; i++) {
      if (i === column) continue;
      const factor = at(i, column) / at(column, column);
      const target = matrix[i] as Float64Array;
      for (let j = column; j <= n; j++) target[j] = (target[j] as number) - factor * at(column, j);
    }
  }
  return Float64Array.from({ length: n }, (_, i) => at(i, n) / at(i, i));
}
