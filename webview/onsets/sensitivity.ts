/** The sensitivity strip (M8): where the onset lies for each threshold over the central range. */

import type { WhenResult } from "../../src/core/index.js";
import { stepToAxis } from "../../src/protocol/stepScale.js";
import { formatStep, formatValue } from "../shared/format.js";
import { svg } from "../shared/svg.js";

const WIDTH = 320;
const HEIGHT = 90;
const LEFT = 8;
const BOTTOM = 18;

/** Null where the question has no threshold that could be moved. */
export function sensitivityStrip({ record, by }: WhenResult): SVGSVGElement | null {
  const strip = record.sensitivity ?? [];
  const [first] = strip;
  const last = strip.at(-1);
  if (!first || !last || strip.length < 2) return null;
  const steps = strip.flatMap(([, step]) => (Number.isFinite(step) ? [step] : []));
  const low = Math.min(...steps);
  const high = Math.max(...steps);
  const x = (threshold: number): number =>
    LEFT + ((threshold - first[0]) / (last[0] - first[0])) * (WIDTH - 2 * LEFT);
  const y = (step: number): number => {
    const [from, to] = [stepToAxis(low, "symlog"), stepToAxis(high, "symlog")];
    const share = to === from ? 0.5 : (stepToAxis(step, "symlog") - from) / (to - from);
    return (HEIGHT - BOTTOM - 6) * (1 - share) + 6;
  };
  const dots = strip.map(([threshold, step]) =>
    Number.isFinite(step)
      ? svg("circle", { cx: x(threshold), cy: y(step), r: 1.8, class: "dot" })
      : svg("text", { x: x(threshold), y: 10, class: "never", "text-anchor": "middle" }, "·"),
  );
  const threshold = record.parameters["threshold"];
  const chosen =
    typeof threshold === "number" && threshold >= first[0] && threshold <= last[0]
      ? [
          svg("line", {
            x1: x(threshold),
            x2: x(threshold),
            y1: 0,
            y2: HEIGHT - BOTTOM,
            class: "chosen",
          }),
        ]
      : [];
  const never = strip.length - steps.length;
  const words = [
    steps.length === 0 ? "never present" : `present by ${formatStep(low)} to ${formatStep(high)}`,
    `for thresholds from ${formatValue(first[0])} to ${formatValue(last[0])}`,
    ...(never > 0 ? [`not present for ${never} of ${strip.length}`] : []),
    ...(by === null ? [] : [`by ${formatStep(by)} for the one asked`]),
  ].join(", ");
  return svg(
    "svg",
    { width: WIDTH, height: HEIGHT, class: "strip", role: "img", "aria-label": words },
    svg("title", {}, words),
    ...chosen,
    ...dots,
    svg("text", { x: LEFT, y: HEIGHT - 4, class: "label" }, formatValue(first[0])),
    svg(
      "text",
      { x: WIDTH / 2, y: HEIGHT - 4, class: "label", "text-anchor": "middle" },
      "threshold",
    ),
    svg(
      "text",
      { x: WIDTH - LEFT, y: HEIGHT - 4, class: "label", "text-anchor": "end" },
      formatValue(last[0]),
    ),
  );
}
