/** Breaks of a broken law (M24) as change points: where the exponent of a learning curve changes. */

import type { Interval } from "../model/interval.js";
import type { Series } from "../model/series.js";
import { chooseLaw } from "./chooseLaw.js";
import { parameterIntervals } from "./lawBootstrap.js";
import { curveOf } from "./logPoints.js";

export interface LawBreak extends Interval {
  /** The step `d` about which the exponent changes. */
  readonly place: number;
  /** By how much the exponent of the falling power grows: above 0 the curve falls faster behind the break. */
  readonly turn: number;
  readonly direction: "up" | "down";
}

export type LawBreaksResult =
  | { readonly ok: true; readonly breaks: readonly LawBreak[] }
  | { readonly ok: false; readonly reason: string };

/**
 * The breaks that a curve has evidence for by BIC, of at most two, that lie among its evaluations; by step. The interval
 * is the 95 % one of `d` by residual bootstrap, widened to the evaluations around it; one that begins before the first of them has no left end.
 * Not ok where no law can be fitted: values at or below 0, a flat curve, too few points. Bounded in n: seconds.
 */
export function findLawBreaks(series: Series): LawBreaksResult {
  const curve = curveOf(series);
  const { candidates, chosen } = chooseLaw([curve]);
  const fit = candidates.find(({ breaks }) => breaks === (chosen ?? 0))?.fit;
  if (!fit?.ok) return { ok: false, reason: fit?.reason ?? "no law fits" };
  const intervals = parameterIntervals([curve], fit);
  const finite = series.step.filter((_, i) => Number.isFinite(series.value[i]));
  const last = finite.at(-1) ?? -Infinity;
  const breaks = fit.law.breaks.flatMap(({ c, logD }, i): LawBreak[] => {
    const place = Math.exp(logD);
    if (!(place > (finite[0] ?? Infinity) && place <= last)) return [];
    const { low, high } = intervals[`d${i + 1}`] ?? { low: -Infinity, high: Infinity };
    return [
      {
        after: finite.filter((step) => step < Math.min(low, place)).at(-1) ?? null,
        by: finite.find((step) => step >= Math.max(high, place)) ?? last,
        place,
        turn: c,
        direction: c > 0 ? "down" : "up",
      },
    ];
  });
  return { ok: true, breaks };
}
