/** Method M19: loss spikes and how the run recovers from them. */

import type { Series } from "../model/series.js";
import { knownPoints, lastIndexUpTo } from "./findOnset.js";
import { MAD_TO_SD } from "./statistics.js";
import { TrailingWindow } from "./trailingWindow.js";

export interface Spike {
  /** Step before the spike, and the step at which it was seen. */
  readonly after: number;
  readonly by: number;
  readonly value: number;
  /** Robust z-score of the log loss against the trailing window. */
  readonly z: number;
  /** First later step no more than 2 MAD above the window's median, and the one before it; null when there is none. */
  readonly recovery: { readonly after: number; readonly by: number } | null;
}

const WINDOW = 100;
const Z_ALONE = 8;
const Z_TOGETHER = 6;
/** In MADs, not in standard deviations. */
const RECOVERED = 2;

/**
 * A spike is a log loss whose z-score, `(x − median)/(1.4826·MAD)` over the trailing 100 points, is above 8; or above 6
 * with the gradient norm's at the same step above 6 too. Needs 100 points before it, positive values, and a window that
 * varies. One spike lasts until it recovers. O(n · window).
 */
export function findSpikes(loss: Series, gradNorm: Series | null): Spike[] {
  const { step, value } = knownPoints(loss);
  const logs = value.map((y) => Math.log(y));
  const norm = gradNorm ? knownPoints(gradNorm) : null;
  const normLogs = norm?.value.map((y) => Math.log(y));
  const before = new TrailingWindow(logs, WINDOW);
  const normBefore = normLogs && new TrailingWindow(normLogs, WINDOW);
  const spikes: Spike[] = [];
  for (let i = WINDOW; i < logs.length; i++) {
    const window = trailing(before, i, logs[i] as number);
    const z = window ? ((logs[i] as number) - window.centre) / window.spread : 0;
    if (!window || !(z > Z_TOGETHER)) continue;
    if (!(z > Z_ALONE)) {
      const at = norm ? lastIndexUpTo(norm.step, step[i] as number) : -1;
      const isSameStep = at >= WINDOW && norm?.step[at] === step[i];
      const normWindow =
        isSameStep && normBefore ? trailing(normBefore, at, normLogs[at] as number) : null;
      if (!normWindow) continue;
      const normZ = ((normLogs?.[at] as number) - normWindow.centre) / normWindow.spread;
      if (!(normZ > Z_TOGETHER)) continue;
    }
    const end = recoveryAfter(logs, i, window);
    spikes.push({
      after: step[i - 1] as number,
      by: step[i] as number,
      value: value[i] as number,
      z,
      recovery: end < 0 ? null : { after: step[end - 1] as number, by: step[end] as number },
    });
    // What never comes back has a new level: the next spike is one against that.
    i = end < 0 ? i + WINDOW - 1 : end;
  }
  return spikes;
}

interface Window {
  readonly centre: number;
  readonly spread: number;
}

/**
 * Of the finite ones of the points before index `end`; null where they are too few, do not vary, or vary so much that the
 * value at `end` stands out from them no further than usual.
 */
function trailing(before: TrailingWindow, end: number, value: number): Window | null {
  before.moveTo(end);
  if (before.length < WINDOW / 2) return null;
  const centre = before.median();
  const limit = (value - centre) / (Z_TOGETHER * MAD_TO_SD);
  if (!(limit > 0) || !before.mayDeviateLess(centre, limit)) return null;
  const spread = MAD_TO_SD * before.deviation(centre);
  return spread > 0 ? { centre, spread } : null;
}

function recoveryAfter(logs: Float64Array, from: number, { centre, spread }: Window): number {
  const level = centre + (RECOVERED * spread) / MAD_TO_SD;
  for (let i = from + 1; i < logs.length; i++) {
    // Below the window is recovered too: the loss goes on falling during a long spike.
    if ((logs[i] as number) <= level) return i;
  }
  return -1;
}

const SCORE_WINDOW = 1000;
const SCORE_SDS = 7;

/**
 * OLMo's spike score: the share of values at least 7 sd from the mean of the 1,000 before them. Null below 1,001 finite
 * values.
 */
export function spikeScore(series: Series): number | null {
  const finite = knownPoints(series).value.filter((value) => Number.isFinite(value));
  const n = finite.length;
  if (n <= SCORE_WINDOW) return null;
  let spikes = 0;
  for (let i = SCORE_WINDOW; i < n; i++) {
    // Sums anew for each window, blockwise: running sums would lose the digits that a flat loss needs.
    const window = finite.subarray(i - SCORE_WINDOW, i);
    let sum = 0;
    for (const value of window) sum += value;
    const centre = sum / SCORE_WINDOW;
    let squares = 0;
    for (const value of window) squares += (value - centre) ** 2;
    const sd = Math.sqrt(squares / (SCORE_WINDOW - 1));
    if (sd > 0 && Math.abs((finite[i] as number) - centre) >= SCORE_SDS * sd) spikes++;
  }
  return spikes / (n - SCORE_WINDOW);
}
