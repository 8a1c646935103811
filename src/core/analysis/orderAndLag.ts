/** Method M16: which of two behaviours comes first, and by how much. */

import type { Interval } from "../model/interval.js";
import { bootstrapRuns, type BootstrapOptions } from "./bootstrap.js";
import { onsetSample, toInterval, type OpenInterval } from "./onsetSample.js";
import { wilson } from "./seedShare.js";

/** −1: x came first; 1: y did; 0: both were first seen at one evaluation, and neither at the one before. */
export type Order = -1 | 0 | 1;

/**
 * Null where the order is not known: the intervals overlap without being the same, neither behaviour came, both were there
 * at the first evaluation, or one has no data. A behaviour that came before the other one was last seen absent is first,
 * whether the other one ever came or not.
 */
export function orderOf(x: Interval, y: Interval): Order | null {
  if (x.by !== null && y.after !== null && x.by <= y.after) return -1;
  if (y.by !== null && x.after !== null && y.by <= x.after) return 1;
  const isSame = x.after === y.after && x.by === y.by;
  return isSame && x.after !== null && x.by !== null ? 0 : null;
}

export interface OrderAndLag {
  readonly xFirst: number;
  readonly yFirst: number;
  /** Runs in which both came within the same interval. */
  readonly tied: number;
  /** Runs in which the intervals overlap otherwise: the order is not known. */
  readonly overlapping: number;
  /** Runs in which neither came. */
  readonly neither: number;
  /** Runs without data of one of them. */
  readonly noData: number;
  /** `xFirst / (xFirst + yFirst)`; null where no order is known. */
  readonly share: number | null;
  /** Wilson's 95 % interval for the share. */
  readonly interval: readonly [low: number, high: number] | null;
  readonly lag: Lag;
}

/** Of y behind x, in the unit of the axis, over the runs in which at least one came. */
export interface Lag {
  readonly runs: number;
  /** The median lag lies above `after` and below `by`, null being open. Null without a run. */
  readonly median: Interval | null;
  /** 95 % interval of the median by the percentile bootstrap over runs; null below three runs. */
  readonly interval: Interval | null;
  readonly repetitions: number;
  readonly seed: number;
}

/**
 * `x` and `y` hold the onsets of two behaviours, run by run. The lag of a run lies between `y.after − x.by` and
 * `y.by − x.after`; the median of several lies between the lower median of the left ends and the upper median of the right
 * ends, whatever they are inside. O(repetitions · runs · log runs).
 */
export function orderAndLag(
  x: readonly Interval[],
  y: readonly Interval[],
  options: BootstrapOptions = {},
): OrderAndLag {
  const counts = { xFirst: 0, yFirst: 0, tied: 0, overlapping: 0, neither: 0, noData: 0 };
  const lags: OpenInterval[] = [];
  for (let run = 0; run < Math.max(x.length, y.length); run++) {
    const sample = onsetSample([x[run] ?? NO_DATA, y[run] ?? NO_DATA]);
    const [ofX, ofY] = sample.intervals;
    if (!ofX || !ofY) counts.noData++;
    else if (ofX.by === Infinity && ofY.by === Infinity) counts.neither++;
    else {
      lags.push({ after: ofY.after - ofX.by, by: ofY.by - ofX.after });
      const order = orderOf(x[run]!, y[run]!);
      if (order === null) counts.overlapping++;
      else if (order === 0) counts.tied++;
      else if (order < 0) counts.xFirst++;
      else counts.yFirst++;
    }
  }
  const known = counts.xFirst + counts.yFirst;
  return {
    ...counts,
    share: known === 0 ? null : counts.xFirst / known,
    interval: known === 0 ? null : wilson(counts.xFirst, known),
    lag: medianLag(lags, options),
  };
}

const NO_DATA: Interval = { after: null, by: null };

function medianLag(lags: readonly OpenInterval[], options: BootstrapOptions): Lag {
  const runs = lags.length;
  const afters = Float64Array.from(lags, ({ after }) => after);
  const bys = Float64Array.from(lags, ({ by }) => by);
  const medianOf = (drawn: Int32Array): readonly [after: number, by: number] => [
    Float64Array.from(drawn, (run) => afters[run]!).sort()[(runs - 1) >> 1]!,
    Float64Array.from(drawn, (run) => bys[run]!).sort()[runs >> 1]!,
  ];
  const { interval, ...record } = bootstrapRuns(runs, runs, options, medianOf);
  return {
    runs,
    median: runs === 0 ? null : toInterval(medianOf(Int32Array.from(lags.keys()))),
    interval: interval && toInterval(interval),
    ...record,
  };
}
