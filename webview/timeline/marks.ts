/** Marks on a chart: resumes, branches, spikes, non-finite values, annotations. Each kind has its own sign. */

import type { Plugin } from "chart.js";
import type { Mark, MarkKind } from "../../src/core/index.js";
import { stepToAxis } from "../../src/protocol/stepScale.js";
import type { Theme } from "../shared/theme.js";
import type { TimelineView } from "./state.js";

export const SIGNS: Readonly<Record<MarkKind, string>> = {
  resumed: "↻",
  branched: "◆",
  "non-finite": "×",
  spike: "▲",
  annotation: "✎",
};

export function marks(view: TimelineView, theme: Theme, shown: readonly Mark[]): Plugin<"line"> {
  return {
    id: "marks",
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      const x = scales["x"];
      if (!x) return;
      ctx.save();
      ctx.font = `12px ${theme.font}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "bottom";
      for (const { kind, run, step } of shown) {
        const at = x.getPixelForValue(stepToAxis(step, view.scale));
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
