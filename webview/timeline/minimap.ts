/** The whole run in small, with the part that the charts show framed: dragged, it shows another one. */

import { stepToAxis } from "../../src/protocol/stepScale.js";
import { element } from "../shared/dom.js";
import { svg } from "../shared/svg.js";
import type { Theme } from "../shared/theme.js";
import type { Ends, TimelineView } from "./state.js";

const WIDTH = 400;
const HEIGHT = 26;

export class Minimap {
  readonly element: HTMLElement;
  private readonly lines = element("div", { class: "minimap-lines" });
  private readonly frame = element("div", { class: "minimap-frame" });
  private view: TimelineView | null = null;

  constructor(show: (ends: Ends) => void) {
    this.element = element(
      "div",
      { class: "minimap", hidden: true, attributes: { "aria-hidden": "true" } },
      this.lines,
      this.frame,
    );
    const move = ({ clientX }: PointerEvent): void => {
      const { left, width } = this.element.getBoundingClientRect();
      if (!this.view) return;
      const { whole, axis } = this.view;
      const centre = whole.min + ((clientX - left) / width) * (whole.max - whole.min);
      const half = (axis.max - axis.min) / 2;
      show({ min: centre - half, max: centre + half });
    };
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      move(event);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) move(event);
    });
  }

  draw(view: TimelineView, theme: Theme): void {
    this.view = view;
    const { answer, whole, scale, axis } = view;
    const isPart = axis.min > whole.min || axis.max < whole.max;
    this.element.hidden = !isPart && !answer.charts.some(({ points }) => points > 2 * WIDTH);
    if (this.element.hidden) return;
    const values = answer.overview.flatMap(({ value }) => [...value].filter(Number.isFinite));
    const low = values.reduce((least, one) => Math.min(least, one), Infinity);
    const high = values.reduce((most, one) => Math.max(most, one), -Infinity);
    const lines = answer.overview.map(({ run, x, value }) => {
      const points = [...x].flatMap((at, i) => {
        const y = value[i] ?? NaN;
        if (!Number.isFinite(y)) return [];
        const left = ((stepToAxis(at, scale) - whole.min) / (whole.max - whole.min)) * WIDTH;
        const up = high > low ? (y - low) / (high - low) : 0.5;
        return [`${left.toFixed(1)},${(HEIGHT - 2 - up * (HEIGHT - 4)).toFixed(1)}`];
      });
      const line = svg("polyline", { points: points.join(" "), fill: "none" });
      const group = view.groups[view.runs[run]?.group ?? 0];
      line.style.stroke = theme.series[group?.color ?? 0] ?? theme.foreground;
      return line;
    });
    const size = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" };
    this.lines.replaceChildren(svg("svg", { ...size, width: "100%", height: HEIGHT }, ...lines));
    this.frameAt(axis);
  }

  /** Moves the frame alone. */
  frameAt({ min, max }: Ends): void {
    if (!this.view) return;
    const { whole } = this.view;
    const share = (at: number): number => (at - whole.min) / (whole.max - whole.min);
    this.view = { ...this.view, axis: { min, max } };
    this.frame.style.left = `${share(min) * 100}%`;
    this.frame.style.width = `${(share(max) - share(min)) * 100}%`;
  }
}
