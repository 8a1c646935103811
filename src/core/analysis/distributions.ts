/**
 * Tails and quantiles of the distributions that tests and intervals need: Student's t, χ², the normal. Relative errors are
 * below 1e-10 up to 10,000 degrees of freedom and below 1e-9 up to a million.
 */

const EPSILON = 2 ** -53;
/** Keeps the continued fractions from dividing by 0. */
const TINY = 1e-300;
/** Far above the number of terms that is needed, about the root of the largest parameter. */
const MAX_TERMS = 100_000;

/** 97.5 % quantile of the standard normal. */
export const Z95 = 1.959963984540054;

const LANCZOS_G = 7;
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x > 0, by Lanczos' approximation: relative error below 1e-14. */
export function logGamma(x: number): number {
  const z = x - 1;
  let sum = LANCZOS[0] as number;
  for (let k = 1; k < LANCZOS.length; k++) sum += (LANCZOS[k] as number) / (z + k);
  const t = z + LANCZOS_G + 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** P(|T| ≥ |t|) of Student's t with `freedom` > 0 degrees of freedom, which need not be whole. */
export function studentTail(t: number, freedom: number): number {
  if (!Number.isFinite(t)) return Number.isNaN(t) ? NaN : 0;
  const t2 = t * t;
  return incompleteBeta(freedom / (freedom + t2), t2 / (freedom + t2), freedom / 2, 0.5);
}

/**
 * The `t` with P(|T| ≥ t) = `tail`, for a tail in (0, 1]: 0.05 gives the factor of a 95 % interval. Newton's method: the tail
 * is convex in t > 0, so that from 0 every step stays below the root and gets nearer to it.
 */
export function studentQuantile(tail: number, freedom: number): number {
  const logScale =
    logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - 0.5 * Math.log(freedom * Math.PI);
  let t = 0;
  for (let i = 0; i < 1000; i++) {
    const density = Math.exp(logScale - ((freedom + 1) / 2) * Math.log1p((t * t) / freedom));
    const next = t + (studentTail(t, freedom) - tail) / (2 * density);
    if (!(next - t > 1e-14 * next)) return next;
    t = next;
  }
  return t;
}

/** P(X ≥ x) of χ² with `freedom` > 0 degrees of freedom. */
export function chiSquareTail(x: number, freedom: number): number {
  if (x <= 0) return 1;
  if (!Number.isFinite(x)) return Number.isNaN(x) ? NaN : 0;
  return incompleteGamma(freedom / 2, x / 2);
}

/** P(|Z| ≥ |z|) of the standard normal. */
export function normalTail(z: number): number {
  return chiSquareTail(z * z, 1);
}

/**
 * Regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz' method). `y` is 1 − x, which the caller
 * knows without loss of digits.
 */
function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(y, x, b, a);
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(y);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) <= 2 * EPSILON) break;
  }
  return (Math.exp(logFront) * fraction) / a;
}

/** Regularised upper incomplete gamma function Q(a, x): a series below a + 1, a continued fraction above. */
function incompleteGamma(a: number, x: number): number {
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k <= MAX_TERMS && term > sum * EPSILON; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / away(b);
  let fraction = d;
  for (let k = 1; k <= MAX_TERMS; k++) {
    const term = k * (a - k);
    b += 2;
    d = 1 / away(b + term * d);
    c = away(b + term / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) <= 2 * EPSILON) break;
  }
  return front * fraction;
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
