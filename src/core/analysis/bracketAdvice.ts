/** Method M9: which checkpoint to evaluate next, so that an onset's interval becomes half as wide. */

import type { Interval } from "../model/interval.js";

export interface BracketAdvice {
  /** Step of the checkpoint to evaluate: the median one by index among those not evaluated. */
  readonly step: number;
  /** Evaluations until the interval is one checkpoint wide. */
  readonly evaluationsLeft: number;
}

/**
 * Null where the onset is not bracketed or no unevaluated checkpoint lies inside. With an even number of candidates the
 * one nearer to the middle in log-step is taken. `checkpoints` and `evaluated` are steps in any order.
 */
export function adviseBracket(
  { after, by }: Interval,
  checkpoints: readonly number[],
  evaluated: ReadonlySet<number>,
): BracketAdvice | null {
  if (by === null) return null;
  const from = after ?? -Infinity;
  const inside = [...new Set(checkpoints)]
    .filter((step) => step > from && step < by && !evaluated.has(step))
    .sort((a, b) => a - b);
  const n = inside.length;
  if (n === 0) return null;
  const upper = inside[n >> 1] as number;
  const lower = inside[(n - 1) >> 1] as number;
  const logOf = (step: number): number => Math.log(Math.max(1, step));
  const middle = (logOf(Math.max(from, 0)) + logOf(by)) / 2;
  const isLowerNearer = Math.abs(logOf(lower) - middle) <= Math.abs(logOf(upper) - middle);
  return {
    step: isLowerNearer ? lower : upper,
    evaluationsLeft: Math.ceil(Math.log2(n + 1)),
  };
}
