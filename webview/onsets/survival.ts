/**
 * Survival curves of one behaviour by recipe (M15): Kaplan–Meier on the right ends with its 95 % interval, and Turnbull's
 * estimate as boxes where the curve is undefined.
 */

import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
  type Plugin,
} from "chart.js";
import type { SurvivalAnswer } from "../../src/core/index.js";
import { shownText } from "../../src/protocol/shownText.js";
import { stepToAxis } from "../../src/protocol/stepScale.js";
import { element, setText } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";
import { MOST_NAMED, patternOf } from "../shared/pattern.js";
import { stepAt, stepAxis } from "../shared/stepAxis.js";
import { svg } from "../shared/svg.js";
import { readTheme, withOpacity, type Theme } from "../shared/theme.js";

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip);

interface Point {
  readonly x: number;
  readonly y: number;
}

export class SurvivalView {
  readonly element = element("section", {
    class: "survival",
    attributes: { "aria-label": "survival curves by recipe" },
  });
  private readonly canvas = element("canvas", { attributes: { role: "img" } });
  private readonly title = element("h2", {});
  private readonly list = element("ul", {});
  private readonly plot = element("div", { class: "plot" }, this.canvas);
  private chart: Chart<"line", Point[]> | null = null;
  private shown: (() => void) | null = null;

  constructor() {
    this.element.append(this.title, this.plot, this.list);
  }

  show(label: string, answer: SurvivalAnswer): void {
    this.shown = () => {
      this.draw(label, answer);
    };
    this.shown();
  }

  fail(message: string): void {
    this.shown = null;
    this.plot.hidden = true;
    setText(this.title, message);
    this.list.replaceChildren();
  }

  redraw(): void {
    this.shown?.();
  }

  private draw(label: string, answer: SurvivalAnswer): void {
    const theme = readTheme();
    setText(this.title, `Share of runs without “${label}” by step`);
    const { length } = answer.groups;
    const named = answer.lines.slice(0, Math.min(length, MOST_NAMED));
    const more = length > MOST_NAMED ? [`and ${formatStep(length - MOST_NAMED)} more`] : [];
    const rest = [...more, ...answer.lines.slice(length)];
    this.list.replaceChildren(
      ...named.map((line, i) => element("li", {}, sampleOf(i, theme), line)),
      ...rest.map((line) => element("li", {}, line)),
    );
    this.canvas.setAttribute("aria-label", shownText([...named, ...rest].join("; ")));
    this.plot.hidden = answer.groups.every(({ kaplanMeier }) => kaplanMeier.runs === 0);
    this.chart?.destroy();
    this.chart = new Chart<"line", Point[]>(this.canvas, survivalConfiguration(answer, theme));
  }
}

export function survivalConfiguration(
  answer: SurvivalAnswer,
  theme: Theme,
): ChartConfiguration<"line", Point[]> {
  const end = stepToAxis(answer.lastStep, "symlog");
  return {
    type: "line",
    data: { datasets: answer.groups.flatMap((_, group) => curvesOf(answer, group, theme)) },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      scales: {
        x: stepAxis({ scale: "symlog", axis: { min: 0, max: end > 0 ? end : 1 } }, theme, true),
        y: {
          min: 0,
          max: 1,
          grid: { color: theme.grid },
          ticks: { color: theme.muted, maxTicksLimit: 5 },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          displayColors: false,
          callbacks: {
            title: ([item]) => formatStep(stepAt(item?.parsed.x ?? 0, "symlog")),
            label: (item) =>
              `${item.dataset.label ?? ""}: ${Number(item.parsed.y).toFixed(2)} without it`,
          },
        },
      },
    },
    plugins: [undefinedBoxes(answer, theme)],
  };
}

/** The group's line as it is drawn: its colour and its dashes. */
function sampleOf(group: number, theme: Theme): SVGSVGElement {
  const line = svg("line", { x1: 0, x2: 28, y1: 4, y2: 4, "stroke-width": 2 });
  line.setAttribute("stroke", colorOf(group, theme));
  line.setAttribute("stroke-dasharray", patternOf(group).dash.join(" "));
  return svg("svg", { class: "sample", width: 28, height: 8, "aria-hidden": "true" }, line);
}

function colorOf(group: number, theme: Theme): string {
  return theme.series[patternOf(group).color] ?? theme.foreground;
}

function curvesOf(
  { groups, lastStep }: SurvivalAnswer,
  index: number,
  theme: Theme,
): ChartDataset<"line", Point[]>[] {
  const group = groups[index];
  if (!group || group.kaplanMeier.runs === 0) return [];
  const color = colorOf(index, theme);
  const { dash } = patternOf(index);
  const { points } = group.kaplanMeier;
  const x = (step: number): number => stepToAxis(step, "symlog");
  const curve = [
    { x: 0, y: 1 },
    ...points.map(({ step, survival }) => ({ x: x(step), y: survival })),
  ];
  const last = curve.at(-1) as Point;
  const watched = points.at(-1)?.step ?? lastStep;
  const line = {
    label: group.recipe,
    data: [...curve, { x: x(watched), y: last.y }],
    borderColor: color,
    borderDash: [...dash],
    borderWidth: 2,
    pointRadius: 0,
    stepped: "before" as const,
  };
  const bounds = [0, 1].map((side) => ({
    ...line,
    label: `${group.recipe}, 95 % ${side === 0 ? "from" : "to"}`,
    data: points.flatMap(({ step, interval }) =>
      interval ? [{ x: x(step), y: interval[side] as number }] : [],
    ),
    borderWidth: 1,
    borderColor: withOpacity(color, 0.45),
  }));
  return [line, ...bounds];
}

/** Where Turnbull's estimate says only that the probability is inside: no line is drawn there. */
function undefinedBoxes({ groups }: SurvivalAnswer, theme: Theme): Plugin<"line"> {
  return {
    id: "undefinedBoxes",
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const { x, y } = chart.scales;
      if (!x || !y) return;
      for (const [index, { turnbull }] of groups.entries()) {
        ctx.fillStyle = withOpacity(colorOf(index, theme), 0.14);
        let above = 1;
        for (const { after, by, share } of turnbull.intervals) {
          const from =
            after === null ? chartArea.left : x.getPixelForValue(stepToAxis(after, "symlog"));
          const to = by === null ? chartArea.right : x.getPixelForValue(stepToAxis(by, "symlog"));
          const top = y.getPixelForValue(above);
          const bottom = y.getPixelForValue(1 - share);
          if (by !== null) ctx.fillRect(from, top, Math.max(1, to - from), bottom - top);
          above = 1 - share;
        }
      }
    },
  };
}
