/** Method M17: grokking, held-out performance that comes long after the training set is memorised. */

import type { Interval } from "../model/interval.js";
import { formatStep, statusOf } from "../model/interval.js";
import type { Direction } from "../model/metric.js";
import type { Series } from "../model/series.js";
import { findOnset, knownPoints, lastIndexUpTo, type Onset } from "./findOnset.js";
import { evidentNoise } from "./noiseOfSeries.js";
import { comparison } from "./sensitivity.js";
import { bestOf, fractionBetween, type Threshold } from "./thresholds.js";

const FRACTION = 0.9;
const MIN_RATIO = 2;
const MAX_HELD_OUT = 0.1;

/** What both metrics can reach. */
export interface AttainableRange {
  /** Chance rate of an accuracy, null where it is not known: then the range starts at the first value. */
  readonly chance: number | null;
  /** Best value over the compared runs: the end of the range where no chance rate is known. */
  readonly best: number;
}

export interface Grokking {
  readonly train: Onset;
  readonly heldOut: Onset;
  /** Steps from the training onset to the held-out one, as an interval; null unless both were observed. */
  readonly delay: { readonly min: number; readonly max: number } | null;
  /** The held-out onset's right end over the training one's, with the bounds that the intervals leave. */
  readonly ratio: { readonly value: number; readonly min: number; readonly max: number } | null;
  /** Share of its range that the held-out metric had reached at the training onset. */
  readonly heldOutThen: number | null;
  /** Ratio at least 2, and the held-out metric below 10 % of its range at the training onset. */
  readonly isGrokking: boolean;
  /** The onset of grokking: the held-out one where it is grokking, else censored at the last evaluation. */
  readonly onset: Interval;
  readonly parameters: Readonly<Record<string, number | string>>;
}

/** No result where a metric has no range, where the training onset lies before the first evaluation (then how late the
 * held-out one came is not known), or where held-out was not evaluated by then. */
export type GrokkingResult =
  | { readonly ok: true; readonly grokking: Grokking }
  | { readonly ok: false; readonly reason: string };

export function findGrokking(
  train: Series,
  heldOut: Series,
  direction: Direction,
  ranges: { readonly train: AttainableRange; readonly heldOut: AttainableRange },
  persistence: number,
): GrokkingResult {
  const trainLevel = levelOf(train, direction, ranges.train);
  const heldOutLevel = levelOf(heldOut, direction, ranges.heldOut);
  if (!trainLevel.ok) return { ok: false, reason: `training metric: ${trainLevel.reason}` };
  if (!heldOutLevel.ok) return { ok: false, reason: `held-out metric: ${heldOutLevel.reason}` };
  const onsetOf = (series: Series, threshold: number): Onset =>
    findOnset(series, comparison(direction === "higher" ? ">" : "<", threshold), persistence);
  const trainOnset = onsetOf(train, trainLevel.at(0));
  const heldOutOnset = onsetOf(heldOut, heldOutLevel.at(0));
  const { first, best } = heldOutLevel.parameters as { first: number; best: number };
  const then = trainOnset.by === null ? null : lastValueUpTo(heldOut, trainOnset.by);
  const heldOutThen = then === null ? null : (then - first) / (best - first);
  const ratio = ratioOf(trainOnset, heldOutOnset);
  if (trainOnset.status === "left-censored" && ratio !== null && ratio.min < MIN_RATIO) {
    return {
      ok: false,
      reason: `training had its onset before the first evaluation (${formatStep(trainOnset.by as number)}): the delay is not known`,
    };
  }
  const isLate = ratio !== null && ratio.value >= MIN_RATIO;
  if (isLate && heldOutThen === null) {
    return {
      ok: false,
      reason: `held-out metric: no evaluation by the training onset at ${formatStep(trainOnset.by as number)}`,
    };
  }
  const isGrokking = isLate && heldOutThen !== null && heldOutThen < MAX_HELD_OUT;
  const last = knownPoints(heldOut).step.at(-1) ?? null;
  return {
    ok: true,
    grokking: {
      train: trainOnset,
      heldOut: heldOutOnset,
      delay: delayOf(trainOnset, heldOutOnset),
      ratio,
      heldOutThen,
      isGrokking,
      onset: isGrokking
        ? { after: heldOutOnset.after, by: heldOutOnset.by }
        : { after: last, by: null },
      parameters: {
        persistence,
        trainThreshold: trainLevel.at(0),
        heldOutThreshold: heldOutLevel.at(0),
        heldOutFirst: first,
        heldOutBest: best,
        fraction: FRACTION,
        minRatio: MIN_RATIO,
        maxHeldOutThen: MAX_HELD_OUT,
      },
    },
  };
}

/** The threshold at 0.9 of the attainable range: chance to 1, else the first value to the best one. */
function levelOf(
  series: Series,
  direction: Direction,
  { chance, best }: AttainableRange,
): Threshold {
  const finite = knownPoints(series).value.filter((value) => Number.isFinite(value));
  if (finite.length < 2) return { ok: false, reason: "fewer than two finite evaluations" };
  return chance === null
    ? fractionBetween(
        finite[0] as number,
        bestOf([best, ...finite], direction),
        FRACTION,
        evidentNoise(finite),
      )
    : fractionBetween(chance, 1, FRACTION, 0);
}

function lastValueUpTo(series: Series, step: number): number | null {
  const { step: steps, value } = knownPoints(series);
  const index = lastIndexUpTo(steps, step);
  return index < 0 ? null : (value[index] as number);
}

function delayOf(train: Interval, heldOut: Interval): { min: number; max: number } | null {
  if (
    statusOf(train) === "right-censored" ||
    statusOf(heldOut) !== "observed" ||
    train.by === null
  ) {
    return null;
  }
  return {
    min: Math.max(0, (heldOut.after as number) - train.by),
    max: (heldOut.by as number) - (train.after ?? 0),
  };
}

/** Steps 0 count as 1, so that a model that starts memorised has a ratio. */
function ratioOf(
  train: Interval,
  heldOut: Interval,
): { value: number; min: number; max: number } | null {
  if (train.by === null || heldOut.by === null) return null;
  const steps = (step: number | null): number => Math.max(1, step ?? 0);
  return {
    value: steps(heldOut.by) / steps(train.by),
    min: steps(heldOut.after) / steps(train.by),
    max: steps(heldOut.by) / steps(train.after),
  };
}
