/** Loss spikes (M19). */

import type { Onset, PresenceInterval } from "../../analysis/findOnset.js";
import { findSpikes, spikeScore } from "../../analysis/lossSpikes.js";
import { isLoss } from "../../model/metric.js";
import type { Series } from "../../model/series.js";
import type { RunView } from "../runView.js";
import { isEarlier } from "./askNonFinite.js";
import type { Finding } from "./finding.js";
import { onsetOfEvents } from "./presence.js";

/** The trailing window and one more. */
const SPIKE_POINTS = 101;

export function askSpike(metric: string, view: RunView): Finding {
  const points = view.series(metric);
  if (!points) return { ok: false, reason: `no metric "${metric}"`, metric };
  if (points.step.length < SPIKE_POINTS) {
    const reason = `"${metric}" has fewer than ${SPIKE_POINTS} points`;
    return { ok: false, reason, metric, points };
  }
  const norm = gradNormOf(view);
  const score = spikeScore(points);
  return {
    ok: true,
    onset: spikesAsOnset(points, norm?.series ?? null),
    metric,
    points,
    method: "M19 loss spikes",
    parameters: { metric, window: 100, z: 8, zWithGradNorm: 6, gradNorm: norm?.name ?? "none" },
    note: score === null ? null : `spike score ${score.toPrecision(3)} (OLMo's: over 1,000 points)`,
  };
}

/** The loss that spikes first; without any spike, the one observed longest. Null without a loss that is long enough. */
export function firstSpike(view: RunView): string | null {
  const norm = gradNormOf(view);
  let found: { metric: string; onset: Onset } | null = null;
  for (const metric of view.metricNames().filter(isLoss)) {
    const series = view.series(metric);
    if (!series || series.step.length < SPIKE_POINTS) continue;
    const onset = spikesAsOnset(series, norm?.series ?? null);
    if (!found || isEarlier(onset, found.onset)) found = { metric, onset };
  }
  return found?.metric ?? null;
}

function gradNormOf(view: RunView): { name: string; series: Series } | null {
  const name = view.metricNames().find((one) => /grad[_-]?norm|total grad norm/i.test(one));
  const series = name === undefined ? null : view.series(name);
  return name !== undefined && series ? { name, series } : null;
}

function spikesAsOnset(series: Series, norm: Series | null): Onset {
  const spikes = findSpikes(series, norm);
  const presence = spikes.map(({ after, by, recovery }): PresenceInterval => ({
    onset: { after, by },
    confirmed: true,
    offset: recovery,
    offsetConfirmed: recovery !== null,
  }));
  return onsetOfEvents(series, presence);
}
