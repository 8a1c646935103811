/** The first value that is NaN or infinite (rule 3). */

import { findNonFinite } from "../../analysis/nonFinite.js";
import type { Onset } from "../../analysis/findOnset.js";
import type { RunView } from "../runView.js";
import type { Finding } from "./finding.js";

export function askNonFinite(metric: string, view: RunView): Finding {
  const points = view.series(metric);
  if (!points || points.step.length === 0) {
    return { ok: false, reason: `no metric "${metric}"`, metric };
  }
  const onset = findNonFinite(points);
  return {
    ok: true,
    onset,
    metric,
    points,
    method: "first non-finite",
    parameters: { metric },
    note: onset.by === null ? "all values are finite" : null,
  };
}

/** The metric that is the first to have such a value; without any, the one observed longest. Null without metrics. */
export function firstNonFinite(view: RunView): string | null {
  let found: { metric: string; onset: Onset } | null = null;
  for (const metric of view.metricNames()) {
    const series = view.series(metric);
    if (!series || series.step.length === 0) continue;
    const onset = findNonFinite(series);
    if (!found || isEarlier(onset, found.onset)) found = { metric, onset };
  }
  return found?.metric ?? null;
}

/** The earlier onset; where there is none, the longer observation. */
export function isEarlier(a: Pick<Onset, "after" | "by">, b: Pick<Onset, "after" | "by">): boolean {
  if (a.by !== null || b.by !== null) return (a.by ?? Infinity) < (b.by ?? Infinity);
  return (a.after ?? -Infinity) > (b.after ?? -Infinity);
}
