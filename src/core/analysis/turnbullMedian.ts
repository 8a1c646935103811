/** Method M15: by when half of the runs show a behaviour, and how much that depends on which runs there are. */

import type { Interval } from "../model/interval.js";
import { bootstrapRuns, type BootstrapOptions } from "./bootstrap.js";
import { onsetSample, toInterval } from "./onsetSample.js";
import { distinctIntervals, fitTurnbull, type WeightedIntervals } from "./turnbull.js";

export interface TurnbullMedian {
  readonly runs: number;
  readonly noData: number;
  /**
   * The Turnbull interval in which the share of runs that show the behaviour reaches one half: `after` null where that is
   * before the first evaluations, `by` null where it was not reached. Null without a run.
   */
  readonly median: Interval | null;
  /** 95 % interval of the median by the percentile bootstrap over runs, open ends being null; null below three runs. */
  readonly interval: Interval | null;
  readonly repetitions: number;
  readonly seed: number;
}

/**
 * Turnbull's estimate is made anew of each draw of the bootstrap; the interval goes from the 2.5 % point of the medians' left
 * ends to the 97.5 % point of their right ends, and so is never narrower than the evaluations allow.
 * O(repetitions · runs · iterations).
 */
export function turnbullMedian(
  onsets: readonly Interval[],
  options: BootstrapOptions = {},
): TurnbullMedian {
  const { intervals, noData } = onsetSample(onsets);
  const runs = intervals.length;
  const sample = distinctIntervals(intervals);
  const distinct = sample.weights.length;
  const owner = new Int32Array(runs);
  let run = 0;
  sample.weights.forEach((weight, i) => owner.fill(i, run, (run += weight)));
  const { interval, ...record } = bootstrapRuns(runs, 5 * distinct, options, (drawn) => {
    const weights = new Float64Array(distinct);
    for (const one of drawn) weights[owner[one] as number]! += 1;
    return medianOf({ intervals: sample.intervals, weights });
  });
  return {
    runs,
    noData,
    median: runs === 0 ? null : toInterval(medianOf(sample)),
    interval: interval && toInterval(interval),
    ...record,
  };
}

/** Rounding must not move a share of exactly one half to the next interval. */
const HALF = 0.5 - 1e-9;

function medianOf(sample: WeightedIntervals): readonly [after: number, by: number] {
  const { cells, probability } = fitTurnbull(sample);
  let share = 0;
  const cell = cells.find((_, j) => (share += probability[j] as number) >= HALF);
  return [cell!.after, cell!.by];
}
