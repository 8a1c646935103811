/** Grokking of a pair of a training and a held-out metric (M17). */

import { findGrokking, type Grokking } from "../../analysis/grokking.js";
import { measureSharpness } from "../../analysis/sharpness.js";
import { formatStep, statusOf } from "../../model/interval.js";
import { findPairs, isAccuracy } from "../../model/metric.js";
import type { GrokkingPair } from "../query.js";
import type { RunView } from "../runView.js";
import type { Finding } from "./finding.js";

export function askGrokking(
  { train, heldOut }: GrokkingPair,
  persistence: number,
  view: RunView,
): Finding {
  const trainPoints = view.series(train);
  const points = view.series(heldOut);
  if (!trainPoints || !points) {
    return { ok: false, reason: `no metric "${trainPoints ? heldOut : train}"`, metric: heldOut };
  }
  const range = (metric: string): { chance: number | null; best: number } => ({
    chance: isAccuracy(metric) ? (view.chance(metric)?.rate ?? null) : null,
    best: view.best(metric),
  });
  const direction = view.direction(heldOut);
  const ranges = { train: range(train), heldOut: range(heldOut) };
  const result = findGrokking(trainPoints, points, direction, ranges, persistence);
  if (!result.ok) return { ok: false, reason: result.reason, metric: heldOut, points };
  const { grokking } = result;
  const { onset, heldOut: heldOutOnset, isGrokking } = grokking;
  return {
    ok: true,
    onset: {
      ...heldOutOnset,
      ...onset,
      status: statusOf(onset),
      confirmed: isGrokking && heldOutOnset.confirmed,
      value: isGrokking ? heldOutOnset.value : null,
      presence: isGrokking ? heldOutOnset.presence : [],
    },
    metric: heldOut,
    points,
    method: "M17 grokking",
    parameters: { train, heldOut, ...grokking.parameters },
    note: describe(grokking),
    sharpness: measureSharpness(points, direction),
    grokking,
  };
}

/** Accuracies where there are any, else losses. */
export function pairsOf(view: RunView): GrokkingPair[] {
  const pairs = findPairs(view.metricNames());
  const accuracies = pairs.filter(({ heldOut }) => isAccuracy(heldOut));
  return accuracies.length > 0 ? accuracies : pairs;
}

function describe({ train, heldOut, ratio, heldOutThen, isGrokking }: Grokking): string {
  if (train.by === null) return "the training metric did not reach its threshold";
  if (heldOut.by === null || ratio === null) {
    return `training metric by ${formatStep(train.by)}, held-out metric not by ${formatStep(heldOut.after ?? 0)}`;
  }
  const then = heldOutThen === null ? "" : `, held-out at ${(100 * heldOutThen).toFixed(0)} % then`;
  const delayed = `held-out ${ratio.value.toFixed(1)} × as late as training (by ${formatStep(train.by)})${then}`;
  return isGrokking ? delayed : `not grokking: ${delayed}`;
}
