/** One metric's chart: from view state to a chart.js configuration, which is plain data but for its plugins. */

import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
} from "chart.js";
import type { Mark, TimelineChart } from "../../src/core/index.js";
import { stepToAxis } from "../../src/protocol/stepScale.js";
import { formatStep, formatTick, formatValue } from "../shared/format.js";
import { stepAt, stepAxis } from "../shared/stepAxis.js";
import { withOpacity, type Theme } from "../shared/theme.js";
import { cursorLine } from "./cursor.js";
import { marks } from "./marks.js";
import { onsetBands, type PaintedBand } from "./onsetBands.js";
import { needsLogValues, type TimelineView } from "./state.js";

Chart.register(
  LineController,
  LineElement,
  PointElement,
  LinearScale,
  LogarithmicScale,
  Tooltip,
  Filler,
);

/** Pixels that the value axis takes in every chart, so that all step axes lie above each other. */
export const VALUE_AXIS_WIDTH = 64;
/** Charts with fewer points than this show each of them. */
const SHOW_POINTS = 60;

export interface ChartContext {
  readonly view: TimelineView;
  readonly chart: TimelineChart;
  readonly theme: Theme;
  /** Step of the cursor. */
  readonly cursor: () => number | null;
  readonly onPainted: (painted: readonly PaintedBand[]) => void;
}

export function configurationOf(context: ChartContext): ChartConfiguration<"line"> {
  const { view, chart, theme } = context;
  const shown = [
    ...view.answer.marks.filter(({ metric }) => metric === null || metric === chart.metric),
    ...nonFiniteMarks(chart),
  ];
  return {
    type: "line",
    data: { datasets: chart.lines.flatMap((line) => datasetsOf(line, context)) },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "nearest", axis: "xy", intersect: false },
      layout: { padding: { top: 14, right: 8 } },
      scales: {
        x: stepAxis(view, theme, false),
        y: {
          type: needsLogValues(chart) ? "logarithmic" : "linear",
          afterFit: (axis) => {
            axis.width = VALUE_AXIS_WIDTH;
          },
          grid: { color: theme.grid, drawTicks: false },
          border: { color: theme.grid },
          ticks: {
            color: theme.muted,
            font: { family: theme.font, size: 11 },
            maxTicksLimit: 5,
            callback: (value) => formatTick(Number(value)),
          },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltipStyle(theme),
          callbacks: {
            title: ([item]) =>
              item ? `step ${formatStep(stepAt(item.parsed.x ?? 0, view.scale))}` : "",
            label: ({ dataset, parsed }) =>
              `${dataset.label ?? ""}: ${formatValue(parsed.y ?? NaN)}`,
          },
        },
      },
    },
    plugins: [
      onsetBands(view, theme, chart, context.onPainted),
      marks(view, theme, shown),
      cursorLine(view, theme, context.cursor),
    ],
  };
}

/** As the editor's own hovers look. */
export function tooltipStyle({ hover, font }: Theme) {
  return {
    displayColors: false,
    backgroundColor: hover.background,
    borderColor: hover.border,
    borderWidth: 1,
    cornerRadius: 3,
    titleColor: hover.foreground,
    bodyColor: hover.foreground,
    titleFont: { family: font },
    bodyFont: { family: font },
  };
}

function datasetsOf(
  line: TimelineChart["lines"][number],
  { view, theme }: ChartContext,
): ChartDataset<"line">[] {
  const run = view.runs[line.run];
  const group = run && view.groups[run.group];
  if (!group) return [];
  const color = theme.series[group.color] ?? theme.foreground;
  const base = {
    label: run.label,
    borderColor: color,
    backgroundColor: color,
    pointHoverRadius: 4,
    tension: 0,
    spanGaps: false,
  };
  return [
    {
      ...base,
      data: pointsOf(line.step, line.value, view),
      borderWidth: run.isBaseline ? 2.5 : 1.5,
      borderDash: [...group.dash],
      pointRadius: line.step.length <= SHOW_POINTS ? 1.75 : 0,
    },
    ...line.superseded.map(({ step, value }) => ({
      ...base,
      label: `${run.label}, superseded`,
      data: pointsOf(step, value, view),
      borderColor: withOpacity(color, 0.6),
      borderWidth: 1,
      borderDash: [3, 3],
      pointRadius: 0,
    })),
  ];
}

/** One for every value that a line cannot show; the host describes the first of them in words. */
function nonFiniteMarks({ lines, metric }: TimelineChart): Mark[] {
  return lines.flatMap(({ run, step, value }) =>
    [...step].flatMap((at, i): Mark[] =>
      Number.isFinite(value[i]) ? [] : [{ kind: "non-finite", run, step: at, metric, text: "" }],
    ),
  );
}

/** Non-finite values break the line; the marks say where they are. */
function pointsOf(step: Float64Array, value: Float64Array, { scale }: TimelineView): Point[] {
  return Array.from(step, (at, i) => {
    const y = value[i] ?? NaN;
    return { x: stepToAxis(at, scale), y: Number.isFinite(y) ? y : NaN };
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
}
