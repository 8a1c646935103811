/** The step cursor: one vertical line through all charts. */

import type { Plugin } from "chart.js";
import { stepToAxis } from "../../src/protocol/stepScale.js";
import type { Theme } from "../shared/theme.js";
import type { TimelineView } from "./state.js";

export function cursorLine(
  view: TimelineView,
  theme: Theme,
  cursor: () => number | null,
): Plugin<"line"> {
  return {
    id: "cursorLine",
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      const step = cursor();
      const x = scales["x"];
      if (step === null || !x) return;
      const at = x.getPixelForValue(stepToAxis(step, view.scale));
      if (at < chartArea.left - 1 || at > chartArea.right + 1) return;
      ctx.save();
      ctx.strokeStyle = theme.foreground;
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(Math.round(at) + 0.5, chartArea.top);
      ctx.lineTo(Math.round(at) + 0.5, chartArea.bottom);
      ctx.stroke();
      ctx.restore();
    },
  };
}
