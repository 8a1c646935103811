/**
 * The family of curves that methods M23 and M24 fit: a power law above a floor whose exponent changes smoothly at m breaks
 * (Caballero et al. 2022),
 *
 *     y = a + b·x^−c0 · Π_i (1 + (x/d_i)^(1/f_i))^(−c_i·f_i)
 *
 * Without a break it is the scaling law `L = E + A·x^−α` with E = a, A = b, α = c0. All of it is computed in logarithms,
 * where nothing overflows.
 */

export type Breaks = 0 | 1 | 2;

/** A smooth change of the exponent by `c` about `x = d`, over about `f` e-folds of x. */
export interface Break {
  readonly c: number;
  readonly logD: number;
  readonly logF: number;
}

/** Natural logarithms of what is positive. A floor of 0 has a `logA` far below the data, or −∞. */
export interface Law {
  readonly logA: number;
  readonly logB: number;
  readonly c0: number;
  /** In the order of x. */
  readonly breaks: readonly Break[];
}

/** Below this width a break is a corner, to double precision, at any x that a run reaches. */
const MIN_LOG_F = Math.log(1e-6);

export function parameterCount(breaks: Breaks): number {
  return 3 + 3 * breaks;
}

/** The law's value at `x > 0`, above 0. O(m). */
export function valueOfLaw(law: Law, x: number): number {
  return Math.exp(logOfLaw(packLaw(law, 0), Math.log(x), null));
}

/** The parameters by their names in the literature: E, A, alpha without a break, else a, b, c0 and c1, d1, f1 …. */
export function namedParameters({ logA, logB, c0, breaks }: Law): Record<string, number> {
  if (breaks.length === 0) return { E: Math.exp(logA), A: Math.exp(logB), alpha: c0 };
  const named: Record<string, number> = { a: Math.exp(logA), b: Math.exp(logB), c0 };
  for (const [i, { c, logD, logF }] of breaks.entries()) {
    named[`c${i + 1}`] = c;
    named[`d${i + 1}`] = Math.exp(logD);
    named[`f${i + 1}`] = Math.exp(logF);
  }
  return named;
}

/**
 * The parameters as an optimiser takes them: log a, log b, c0, then arsinh c, log d, log f of each break. With x in
 * units of `exp(centre)`, so that b and the exponents do not move together; and c by its arsinh, because a steep drop at the
 * end of a curve is nearly the same for any large c with a later d: a valley that is straight in these.
 */
export function packLaw({ logA, logB, c0, breaks }: Law, centre: number): Float64Array {
  const packed = [logA, logB - c0 * centre, c0];
  for (const { c, logD, logF } of breaks) packed.push(Math.asinh(c), logD - centre, logF);
  return Float64Array.from(packed);
}

export function unpackLaw(packed: ArrayLike<number>, centre: number): Law {
  const at = (i: number): number => packed[i] as number;
  const breaks: Break[] = [];
  for (let i = 3; i < packed.length; i += 3) {
    breaks.push({
      c: Math.sinh(at(i)),
      logD: at(i + 1) + centre,
      logF: Math.max(MIN_LOG_F, at(i + 2)),
    });
  }
  breaks.sort((one, other) => one.logD - other.logD);
  return { logA: at(0), logB: at(1) + at(2) * centre, c0: at(2), breaks };
}

/** Log of the law's value at log x = `u`, and its derivatives by the packed parameters where `gradient` is given. */
export function logOfLaw(packed: Float64Array, u: number, gradient: Float64Array | null): number {
  return new PackedLaw(packed).logAt(u, gradient);
}

/** A law prepared to be evaluated at many points. */
export class PackedLaw {
  private readonly changes: Float64Array;
  private readonly widths: Float64Array;

  constructor(private readonly packed: Float64Array) {
    this.changes = new Float64Array((packed.length - 3) / 3);
    this.widths = new Float64Array(this.changes.length);
    for (let i = 0; i < this.widths.length; i++) {
      this.changes[i] = Math.sinh(packed[3 * i + 3] as number);
      this.widths[i] = Math.exp(Math.max(MIN_LOG_F, packed[3 * i + 5] as number));
    }
  }

  logAt(u: number, gradient: Float64Array | null): number {
    const { packed, changes, widths } = this;
    const logA = packed[0] as number;
    let power = (packed[1] as number) - (packed[2] as number) * u;
    for (let i = 0; i < widths.length; i++) {
      const c = changes[i] as number;
      const f = widths[i] as number;
      const z = (u - (packed[3 * i + 4] as number)) / f;
      const small = Math.exp(-Math.abs(z));
      const soft = Math.max(0, z) + Math.log1p(small);
      power -= c * f * soft;
      if (!gradient) continue;
      const share = z > 0 ? 1 / (1 + small) : small / (1 + small);
      gradient[3 * i + 3] = -f * soft * Math.sqrt(1 + c * c);
      gradient[3 * i + 4] = c * share;
      const isCorner = (packed[3 * i + 5] as number) < MIN_LOG_F;
      gradient[3 * i + 5] = isCorner ? 0 : -c * f * (soft - z * share);
    }
    const top = Math.max(logA, power);
    const small = Math.exp(Math.min(logA, power) - top);
    if (gradient) {
      const weight = power >= logA ? 1 / (1 + small) : small / (1 + small);
      gradient[0] = 1 - weight;
      gradient[1] = weight;
      gradient[2] = -weight * u;
      for (let i = 3; i < packed.length; i++) gradient[i] = (gradient[i] as number) * weight;
    }
    return top + Math.log1p(small);
  }
}
