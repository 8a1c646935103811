/** Method M26: how well an early metric tells the order in which runs end. */

import type { Series } from "../model/series.js";
import { knownPoints, lastIndexUpTo } from "./findOnset.js";
import { spearman } from "./rankCorrelation.js";

export interface EarlyRun {
  /** The early metric. */
  readonly series: Series;
  /** The final value of the metric that is to be told; NaN where the run has none. */
  readonly outcome: number;
}

export interface EarlySignal {
  readonly k: number;
  /** Runs with an outcome and an evaluation at a step ≤ k. */
  readonly runs: number;
  readonly leftOut: number;
  /** Spearman's ρ of the early values with the outcomes; null below two runs or where one side is all equal. */
  readonly rho: number | null;
  /** Share of the pairs of runs, in order at the end, that are in the same order early; null without such a pair. */
  readonly decisionAccuracy: number | null;
  /** Pairs of runs whose outcomes differ. */
  readonly pairs: number;
  /** Pairs among these whose early values are equal: they count as not told. */
  readonly tiedEarly: number;
  /** Pairs left out because their outcomes are equal: there is no order to tell. */
  readonly tiedAtEnd: number;
}

/**
 * For each k, Spearman's ρ and the decision accuracy (Magnusson et al. 2025) between the last value at a step ≤ k and the
 * outcome. `isSameDirection` false: for one of the two lower is better and for the other higher, so that the early order
 * is turned round. Infinities have their place in the order. O(k · runs²).
 */
export function earlySignal(
  runs: readonly EarlyRun[],
  ks: readonly number[],
  isSameDirection: boolean,
): EarlySignal[] {
  const known = runs.map(({ series, outcome }) => ({ points: knownPoints(series), outcome }));
  return ks.map((k) => {
    const early: number[] = [];
    const outcomes: number[] = [];
    for (const { points, outcome } of known) {
      const index = lastIndexUpTo(points.step, k);
      if (index < 0 || Number.isNaN(outcome)) continue;
      const value = points.value[index] as number;
      early.push(isSameDirection ? value : -value);
      outcomes.push(outcome);
    }
    const { told, pairs, tiedEarly, tiedAtEnd } = comparePairs(early, outcomes);
    return {
      k,
      runs: early.length,
      leftOut: runs.length - early.length,
      rho: spearman(early, outcomes).coefficient,
      decisionAccuracy: pairs === 0 ? null : told / pairs,
      pairs,
      tiedEarly,
      tiedAtEnd,
    };
  });
}

function comparePairs(
  early: readonly number[],
  outcomes: readonly number[],
): { told: number; pairs: number; tiedEarly: number; tiedAtEnd: number } {
  let told = 0;
  let pairs = 0;
  let tiedEarly = 0;
  let tiedAtEnd = 0;
  for (const [i, one] of outcomes.entries()) {
    for (let j = 0; j < i; j++) {
      const atEnd = order(one, outcomes[j] as number);
      if (atEnd === 0) {
        tiedAtEnd += 1;
        continue;
      }
      pairs += 1;
      const then = order(early[i] as number, early[j] as number);
      if (then === 0) tiedEarly += 1;
      else if (then === atEnd) told += 1;
    }
  }
  return { told, pairs, tiedEarly, tiedAtEnd };
}

/** Infinite values have no difference. */
function order(one: number, other: number): -1 | 0 | 1 {
  return one < other ? -1 : one > other ? 1 : 0;
}
