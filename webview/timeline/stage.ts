/** The charts above each other with one axis, the rug of checkpoints below them. Charts out of sight are drawn when they come. */

import { Chart } from "chart.js";
import type { TimelineChart } from "../../src/core/index.js";
import { stepToAxis } from "../../src/protocol/stepScale.js";
import { element } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";
import type { Theme } from "../shared/theme.js";
import { axisName, configurationOf, VALUE_AXIS_WIDTH } from "./chart.js";
import { summaryOf } from "./legend.js";
import { Minimap } from "./minimap.js";
import type { PaintedBand } from "./onsetBands.js";
import { moveLine, overlay } from "./overlay.js";
import { rugConfiguration, rugHeight } from "./rug.js";
import { valueAxisOf, type Ends, type TimelineView } from "./state.js";

/** Charts that are drawn whether they are in sight or not. */
const AT_ONCE = 8;

interface Plot {
  readonly figure: HTMLElement;
  readonly caption: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  chart: Chart<"line"> | null;
  data: TimelineChart;
  /** True where it is in sight, or soon may be: others are drawn when they are. */
  isNear: boolean;
  isStale: boolean;
}

export interface Positions {
  readonly cursor: number | null;
  readonly pins: readonly (number | null)[];
}

export class Stage {
  readonly element: HTMLElement;
  private readonly plots = element("div", { class: "plots" });
  private readonly rugCanvas = element("canvas", {
    attributes: { role: "img", "aria-label": "Checkpoints on the axis" },
  });
  private readonly rug = element("div", { class: "rug" }, this.rugCanvas, overlay());
  private readonly axisTitle = element("div", { class: "axis-title" });
  private readonly minimap: Minimap;
  private readonly byMetric = new Map<string, Plot>();
  private rugChart: Chart<"line"> | null = null;
  private view: TimelineView | null = null;
  private theme: Theme | null = null;
  private partial: ReadonlySet<string> = new Set();
  private shown: Ends | null = null;
  private positions: Positions = { cursor: null, pins: [] };
  private readonly seen: IntersectionObserver;

  constructor(
    private readonly onPainted: (metric: string, painted: readonly PaintedBand[]) => void,
    onZoom: (ends: Ends) => void,
  ) {
    this.minimap = new Minimap(onZoom);
    this.element = element(
      "section",
      {
        class: "stage",
        attributes: {
          tabindex: "0",
          "aria-label":
            "Charts. Arrow keys move the cursor by evaluation, with Shift by checkpoint; g types a step; question mark lists all keys.",
          "aria-describedby": "at-step",
        },
      },
      element("div", { class: "charts" }, this.plots, overlay()),
      element("div", { class: "foot" }, this.rug, this.axisTitle, this.minimap.element),
    );
    this.seen = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          const plot = [...this.byMetric.values()].find(({ figure }) => figure === target);
          if (!plot) continue;
          plot.isNear = isIntersecting;
          if (plot.isNear && plot.isStale) this.drawChart(plot);
        }
      },
      { root: this.element, rootMargin: "200px 0px" },
    );
  }

  /** Pixels that a chart's axis is wide. */
  get width(): number {
    return Math.max(200, this.plots.clientWidth - VALUE_AXIS_WIDTH);
  }

  /** What the charts show of the axis now. */
  get ends(): Ends | null {
    return this.shown;
  }

  /** Tells when the charts have another width. */
  onResize(listener: () => void): void {
    let width = 0;
    new ResizeObserver(() => {
      // Drawing changes the height; only another width needs other points.
      if (this.plots.clientWidth === width) return;
      width = this.plots.clientWidth;
      listener();
    }).observe(this.plots);
  }

  draw(view: TimelineView, theme: Theme): void {
    this.view = view;
    this.theme = theme;
    this.shown = view.axis;
    const wanted = new Set(view.answer.charts.map(({ metric }) => metric));
    for (const [metric, plot] of this.byMetric) {
      if (wanted.has(metric)) continue;
      plot.chart?.destroy();
      this.seen.unobserve(plot.figure);
      this.byMetric.delete(metric);
      this.onPainted(metric, []);
    }
    const plots = view.answer.charts.map((chart) => this.plotOf(chart));
    const figures = plots.map(({ figure }) => figure);
    const isSame =
      figures.length === this.plots.childElementCount &&
      figures.every((figure, i) => this.plots.children[i] === figure);
    if (!isSame) this.plots.replaceChildren(...figures);
    for (const plot of plots) {
      const { isLog, withoutPlace } = valueAxisOf(plot.data, view.values);
      plot.caption.replaceChildren(
        element("strong", {}, plot.data.metric),
        ...(isLog ? [element("span", { class: "muted" }, "logarithmic")] : []),
        ...(withoutPlace > 0
          ? [
              element(
                "span",
                { class: "warning" },
                `${withoutPlace} drawn ${withoutPlace === 1 ? "value" : "values"} of 0 or less not on a logarithmic axis`,
              ),
            ]
          : []),
        ...summaryOf(plot.data, view, theme),
      );
      plot.isStale = true;
    }
    // Charts size themselves by their parent, which is in the page now.
    const { top, bottom } = this.element.getBoundingClientRect();
    for (const [index, plot] of plots.entries()) {
      const box = plot.figure.getBoundingClientRect();
      plot.isNear = box.bottom > top - 200 && box.top < bottom + 200;
      if (index < AT_ONCE || plot.isNear) this.drawChart(plot);
    }
    this.drawRug();
    this.axisTitle.replaceChildren(...titleOf(view));
    this.minimap.draw(view, theme);
    this.place(this.positions);
  }

  clear(): void {
    for (const { chart } of this.byMetric.values()) chart?.destroy();
    this.byMetric.clear();
    this.plots.replaceChildren();
  }

  /** Shows another part of the axis with the points that are there; finer ones come with the next answer. */
  rescale(view: TimelineView): void {
    this.view = view;
    this.shown = view.axis;
    const charts: Chart[] = this.rugChart ? [this.rugChart] : [];
    for (const plot of this.byMetric.values()) {
      if (plot.isNear && plot.chart) charts.push(plot.chart);
      else plot.isStale = true;
    }
    for (const chart of charts) {
      const x = chart.options.scales?.["x"];
      if (x) Object.assign(x, view.axis);
      chart.update("none");
    }
    this.minimap.frameAt(view.axis);
    this.place(this.positions);
  }

  /** Moves cursor and pins, given as values of the axis. */
  place(positions: Positions): void {
    this.positions = positions;
    moveLine(this.element, "cursor", this.shareOf(positions.cursor));
    moveLine(this.element, "pin-a", this.shareOf(positions.pins[0] ?? null));
    moveLine(this.element, "pin-b", this.shareOf(positions.pins[1] ?? null));
  }

  /** Position of the axis, in its own unit, at a share of what is shown. */
  positionAt(share: number): number {
    const { min, max } = this.shown ?? { min: 0, max: 1 };
    return min + share * (max - min);
  }

  /** Checkpoints that are partial, each as `run step`. */
  showPartial(partial: ReadonlySet<string>): void {
    this.partial = partial;
    if (this.view) this.drawRug();
  }

  private shareOf(x: number | null): number | null {
    if (x === null || !this.view || !this.shown) return null;
    const { min, max } = this.shown;
    return (stepToAxis(x, this.view.scale) - min) / (max - min);
  }

  private plotOf(data: TimelineChart): Plot {
    const known = this.byMetric.get(data.metric);
    if (known) {
      known.data = data;
      return known;
    }
    const canvas = element("canvas", {
      attributes: { role: "img", "aria-label": `${data.metric} by ${this.axisWord()}` },
    });
    const caption = element("figcaption", {});
    const figure = element(
      "figure",
      { class: "plot" },
      caption,
      element("div", { class: "canvas" }, canvas),
    );
    const plot: Plot = { figure, caption, canvas, chart: null, data, isNear: false, isStale: true };
    this.byMetric.set(data.metric, plot);
    this.seen.observe(figure);
    return plot;
  }

  private axisWord(): string {
    return this.view ? axisName(this.view) : "step";
  }

  private drawChart(plot: Plot): void {
    const { view, theme } = this;
    if (!view || !theme) return;
    plot.isStale = false;
    plot.chart?.destroy();
    const { data: chart } = plot;
    const onPainted = (painted: readonly PaintedBand[]): void => {
      this.onPainted(chart.metric, painted);
    };
    plot.chart = new Chart(plot.canvas, configurationOf({ view, chart, theme, onPainted }));
  }

  private drawRug(): void {
    const { view, theme } = this;
    if (!view || !theme) return;
    this.rug.style.height = `${rugHeight(view)}px`;
    this.rugChart?.destroy();
    const isPartial = (run: string, step: number): boolean => this.partial.has(`${run} ${step}`);
    this.rugChart = new Chart(this.rugCanvas, rugConfiguration(view, theme, isPartial));
  }
}

const SCALES = {
  linear: "linear",
  log: "logarithmic",
  symlog: "logarithmic with a place for 0",
} as const;

/** What the axis is, where its numbers come from, and what has no place on it. */
function titleOf(view: TimelineView): HTMLElement[] {
  const { answer, scale } = view;
  const { axis, leftOut, runs } = answer;
  const hasCheckpoints = runs.some(({ checkpoints }) => checkpoints.step.length > 0);
  const unit = axis.axis === "wall time" ? ", hours" : "";
  const name = axis.axis === "step" ? (axis.counts ?? "step") : axisName(view);
  const texts = [
    `${name}${unit}, ${SCALES[scale]}`,
    ...(axis.axis === "step" ? [] : provenanceOf(view)),
    ...(axis.without.length > 0 ? [`not known of ${axis.without.join(", ")}`] : []),
    ...(leftOut.unknown > 0 && axis.without.length < runs.length
      ? [`${formatStep(leftOut.unknown)} points without a place left out`]
      : []),
    ...(leftOut.notPositive > 0
      ? [`${formatStep(leftOut.notPositive)} points at 0 or below not on a logarithmic axis`]
      : []),
    hasCheckpoints
      ? "checkpoints: filled evaluated, open not evaluated, – remote, × partial"
      : "no checkpoints found",
    ...(answer.metricsLeftOut > 0 ? [`${answer.metricsLeftOut} more metrics not drawn`] : []),
  ];
  return texts.flatMap((text, i) => [
    ...(i > 0 ? [element("span", { attributes: { "aria-hidden": "true" } }, " · ")] : []),
    element("span", {}, text),
  ]);
}

function provenanceOf({ answer }: TimelineView): string[] {
  const { from } = answer.axis;
  return from.map(({ text, runs }) => (from.length === 1 ? text : `${runs.join(", ")}: ${text}`));
}
