/**
 * BFGS with the weak Wolfe line search by bisection and expansion of Lewis and Overton (2013), which also serves functions
 * with kinks, as robust losses nearly have.
 */

/** The function's value at `parameters`; its gradient is written into `gradient`. */
export type Objective = (parameters: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly parameters: Float64Array;
  readonly value: number;
  readonly iterations: number;
}

const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
const MAX_TRIALS = 40;
/** Iterations that together must gain something: at a kink some of them gain next to nothing. */
const WINDOW = 10;

/**
 * A local minimum from `start`. Ends after `maxIterations`, where the gradient vanishes, where no step decreases the
 * value, or where the last few iterations together gained less than `tolerance` of it. Values that are not finite count
 * as too high: the start must have a finite one, else it comes back as it is. O(d²) per iteration beside the objective.
 */
export function minimise(
  objective: Objective,
  start: ArrayLike<number>,
  {
    maxIterations = 200,
    tolerance = 1e-10,
  }: { readonly maxIterations?: number; readonly tolerance?: number } = {},
): Minimum {
  const d = start.length;
  let at = Float64Array.from(start);
  let gradient = new Float64Array(d);
  let value = objective(at, gradient);
  if (!Number.isFinite(value)) return { parameters: at, value, iterations: 0 };
  const inverse = new InverseHessian(d);
  let nextAt = new Float64Array(d);
  let nextGradient = new Float64Array(d);
  const recent: number[] = [value];
  let iterations = 0;
  while (iterations < maxIterations) {
    let direction = inverse.descent(gradient);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      if (inverse.isFresh) break;
      inverse.reset();
      direction = inverse.descent(gradient);
      slope = dot(direction, gradient);
      if (!(slope < 0)) break;
    }
    const step = search(objective, at, value, direction, slope, nextAt, nextGradient);
    if (step === null) {
      if (inverse.isFresh) break;
      inverse.reset();
      continue;
    }
    iterations += 1;
    inverse.update(at, nextAt, gradient, nextGradient);
    [at, nextAt] = [nextAt, at];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = step;
    recent.push(value);
    if (recent.length > WINDOW) {
      const before = recent.shift() as number;
      if (before - value <= tolerance * Math.abs(value)) break;
    }
  }
  return { parameters: at, value, iterations };
}

/**
 * Goes along `direction` until the value has decreased enough and the slope has flattened enough; where the trials run
 * out, as far as the best decrease. Null where there is none. The point and gradient are written.
 */
function search(
  objective: Objective,
  at: Float64Array,
  value: number,
  direction: Float64Array,
  slope: number,
  nextAt: Float64Array,
  nextGradient: Float64Array,
): number | null {
  const go = (length: number): number => {
    for (let i = 0; i < at.length; i++) {
      nextAt[i] = (at[i] as number) + length * (direction[i] as number);
    }
    return objective(nextAt, nextGradient);
  };
  let low = 0;
  let high = Infinity;
  let length = 1;
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    const next = go(length);
    if (!(next <= value + SUFFICIENT_DECREASE * length * slope)) high = length;
    else if (dot(direction, nextGradient) < CURVATURE * slope) low = length;
    else return next;
    length = high < Infinity ? (low + high) / 2 : 2 * low;
  }
  if (low === 0) return null;
  const next = go(low);
  return next < value ? next : null;
}

/** The approximation of the inverse Hessian, a full symmetric matrix: there are few parameters. */
class InverseHessian {
  private readonly matrix: Float64Array;
  isFresh = true;

  constructor(private readonly d: number) {
    this.matrix = new Float64Array(d * d);
    this.reset();
  }

  reset(): void {
    this.matrix.fill(0);
    for (let i = 0; i < this.d; i++) this.matrix[i * this.d + i] = 1;
    this.isFresh = true;
  }

  /** `−H·g` */
  descent(gradient: Float64Array): Float64Array {
    return this.times(gradient).map((x) => -x);
  }

  /** The BFGS update; left out where the curvature along the step is not positive. */
  update(
    from: Float64Array,
    to: Float64Array,
    gradientFrom: Float64Array,
    gradientTo: Float64Array,
  ): void {
    const { d, matrix } = this;
    const s = to.map((x, i) => x - (from[i] as number));
    const y = gradientTo.map((g, i) => g - (gradientFrom[i] as number));
    const curvature = dot(s, y);
    if (!(curvature > 1e-14 * Math.sqrt(dot(s, s) * dot(y, y)))) return;
    if (this.isFresh) {
      // The first step tells the scale that the identity lacks.
      const scale = curvature / dot(y, y);
      for (let i = 0; i < d; i++) matrix[i * d + i] = scale;
      this.isFresh = false;
    }
    const hy = this.times(y);
    const factor = (1 + dot(y, hy) / curvature) / curvature;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        matrix[i * d + j] =
          (matrix[i * d + j] as number) +
          factor * (s[i] as number) * (s[j] as number) -
          ((hy[i] as number) * (s[j] as number) + (s[i] as number) * (hy[j] as number)) / curvature;
      }
    }
  }

  private times(vector: Float64Array): Float64Array {
    const { d, matrix } = this;
    const product = new Float64Array(d);
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (matrix[i * d + j] as number) * (vector[j] as number);
      product[i] = sum;
    }
    return product;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
