/** The percentile bootstrap over runs (Efron 1979), of results that may be intervals themselves. */

import { MIN_SEEDS } from "./groupSummary.js";
import { createRandom } from "./statistics.js";

export interface BootstrapOptions {
  /** Default 1,000; fewer, down to 200, where there is so much to draw from that it would take long. */
  readonly repetitions?: number;
  /** Default 1. */
  readonly seed?: number;
}

export interface Bootstrapped {
  /** From the 2.5 % point of the lower ends to the 97.5 % point of the upper ends, which may be infinite; null below 3 runs. */
  readonly interval: readonly [low: number, high: number] | null;
  readonly repetitions: number;
  readonly seed: number;
}

const REPETITIONS = 1000;
const FEWEST_REPETITIONS = 200;

/**
 * 95 % interval of a result by repeating it on runs drawn anew with replacement. `resultOf` gets the indices of the runs
 * drawn and gives the ends of the result. Points are order statistics, so that infinite ends need no arithmetic. `work` is
 * what one repetition costs: a million of it are spent in all.
 */
export function bootstrapRuns(
  runs: number,
  work: number,
  { repetitions, seed = 1 }: BootstrapOptions,
  resultOf: (drawn: Int32Array) => readonly [low: number, high: number],
): Bootstrapped {
  if (runs < MIN_SEEDS) return { interval: null, repetitions: 0, seed };
  const affordable = Math.max(FEWEST_REPETITIONS, Math.floor(1e6 / work));
  const count = Math.max(1, repetitions ?? Math.min(REPETITIONS, affordable));
  const random = createRandom(seed);
  const drawn = new Int32Array(runs);
  const lows = new Float64Array(count);
  const highs = new Float64Array(count);
  for (let b = 0; b < count; b++) {
    for (let k = 0; k < runs; k++) drawn[k] = Math.floor(random() * runs);
    const [low, high] = resultOf(drawn);
    lows[b] = low;
    highs[b] = high;
  }
  lows.sort();
  highs.sort();
  const rank = Math.max(1, Math.floor((count + 1) * 0.025));
  return {
    interval: [lows[rank - 1] as number, highs[count - rank] as number],
    repetitions: count,
    seed,
  };
}
