/** Marks on a chart: resumes, branches, spikes, LR drops, non-finite values, annotations. Each kind has its own sign. */

import type { Plugin } from "chart.js";
import type { MarkKind, PlacedMark } from "../../src/core/index.js";
import { stepToAxis } from "../../src/protocol/stepScale.js";
import type { Theme } from "../shared/theme.js";
import type { TimelineView } from "./state.js";

export const SIGNS: Readonly<Record<MarkKind, string>> = {
  resumed: "↻",
  branched: "◆",
  "non-finite": "×",
  spike: "▲",
  "lr drop": "┆",
  annotation: "✎",
};

export function marks(
  view: TimelineView,
  theme: Theme,
  shown: readonly PlacedMark[],
): Plugin<"line"> {
  return {
    id: "marks",
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      const x = scales["x"];
      if (!x) return;
      ctx.save();
      ctx.font = `12px ${theme.font}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "bottom";
      const taken = new Set<string>();
      for (const { kind, run, x: place } of shown) {
        if (place === null) continue;
        const at = x.getPixelForValue(stepToAxis(place, view.scale));
        // Of many that lie upon each other one is enough.
        const spot = `${kind} ${run} ${Math.round(at)}`;
        if (taken.has(spot)) continue;
        taken.add(spot);
        if (at < chartArea.left - 1 || at > chartArea.right + 1) continue;
        const group = view.groups[view.runs[run]?.group ?? -1];
        const color =
          kind === "non-finite" || kind === "spike"
            ? theme.error
            : (theme.series[group?.color ?? -1] ?? theme.foreground);
        ctx.strokeStyle = color;
        ctx.fillStyle = color;
        ctx.setLineDash([1, 3]);
        ctx.beginPath();
        ctx.moveTo(at, chartArea.bottom);
        ctx.lineTo(at, chartArea.bottom - 10);
        ctx.stroke();
        ctx.fillText(SIGNS[kind], at, chartArea.bottom - 8);
      }
      ctx.restore();
    },
  };
}
