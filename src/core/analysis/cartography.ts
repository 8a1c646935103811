/** Dataset cartography (Swayamdipta et al. 2020): how sure a model is of each example over training, and how steadily. */

import { CORRECT, UNKNOWN, type Outcomes } from "../model/outcomes.js";

/** A value per example; NaN where it has no known evaluation. */
export interface Cartography {
  /** Share of the evaluations that were right. */
  readonly correctness: Float64Array;
  /** Mean and population standard deviation of its probability; null where no probability is logged. */
  readonly confidence: Float64Array | null;
  readonly variability: Float64Array | null;
}

/**
 * `scores` by checkpoint are probabilities, where every known one is in [0, 1]: those of the right answer if the
 * definition is to hold. A column of bytes, or null, has outcomes only. O(examples · checkpoints).
 */
export function mapExamples(
  outcomes: Outcomes,
  scores: readonly (Uint8Array | Float32Array)[] | null,
): Cartography {
  const n = outcomes.examples;
  const known = new Uint32Array(n);
  const correct = new Uint32Array(n);
  for (const column of outcomes.columns) {
    for (let i = 0; i < column.length; i++) {
      if (column[i] === UNKNOWN) continue;
      known[i] = (known[i] as number) + 1;
      if (column[i] === CORRECT) correct[i] = (correct[i] as number) + 1;
    }
  }
  const correctness = Float64Array.from(correct, (count, i) => count / (known[i] as number));
  const probabilities = scores?.filter((column) => column instanceof Float32Array) ?? [];
  if (probabilities.length === 0 || !probabilities.every(areProbabilities)) {
    return { correctness, confidence: null, variability: null };
  }
  return { correctness, ...moments(probabilities, n) };
}

function areProbabilities(scores: Float32Array): boolean {
  return scores.every((score) => Number.isNaN(score) || (score >= 0 && score <= 1));
}

/** Means and population standard deviations of the rows, by Welford's method. */
function moments(
  columns: readonly Float32Array[],
  n: number,
): { confidence: Float64Array; variability: Float64Array } {
  const count = new Uint32Array(n);
  const mean = new Float64Array(n);
  const squares = new Float64Array(n);
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const score = column[i] as number;
      if (Number.isNaN(score)) continue;
      const k = (count[i] as number) + 1;
      const before = score - (mean[i] as number);
      count[i] = k;
      mean[i] = (mean[i] as number) + before / k;
      squares[i] = (squares[i] as number) + before * (score - (mean[i] as number));
    }
  }
  return {
    confidence: mean.map((value, i) => (count[i] === 0 ? NaN : value)),
    variability: squares.map((sum, i) => Math.sqrt(sum / (count[i] as number))),
  };
}
