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
import type { DrawnLine, GroupBand, PlacedMark, TimelineChart } from "../../src/core/index.js";
import { stepToAxis } from "../../src/protocol/stepScale.js";
import { formatStep, formatTick, formatValue } from "../shared/format.js";
import { stepAt, stepAxis, stepTicks } from "../shared/stepAxis.js";
import { withOpacity, type Theme } from "../shared/theme.js";
import { marks } from "./marks.js";
import { onsetBands, type PaintedBand } from "./onsetBands.js";
import { valueAxisOf, type TimelineView } from "./state.js";

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
/** Pixels kept free at the right of every chart, and above it. */
export const RIGHT = 8;
export const TOP = 14;
/** Charts with fewer points than this show each of them. */
const SHOW_POINTS = 60;

export interface ChartContext {
  readonly view: TimelineView;
  readonly chart: TimelineChart;
  readonly theme: Theme;
  readonly onPainted: (painted: readonly PaintedBand[]) => void;
}

export function configurationOf(context: ChartContext): ChartConfiguration<"line"> {
  const { view, chart, theme } = context;
  const shown = [
    ...view.answer.marks.filter(({ metric }) => metric === null || metric === chart.metric),
    ...nonFiniteMarks(chart),
  ];
  const { isLog } = valueAxisOf(chart, view.values);
  return {
    type: "line",
    data: {
      datasets: [
        ...chart.groups.flatMap((group) => bandDatasets(group, context, isLog)),
        ...chart.lines.flatMap((line) => datasetsOf(line, context, isLog)),
      ],
    },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "nearest", axis: "xy", intersect: false },
      layout: { padding: { top: TOP, right: RIGHT } },
      scales: {
        x: stepAxis(view, theme, false),
        y: {
          type: isLog ? "logarithmic" : "linear",
          // A band that reaches a little beyond 1 is no reason for an axis to 1.5.
          ...(isLog ? {} : { bounds: "data" as const, grace: "3%", afterBuildTicks: roundTicks }),
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
          filter: ({ dataset }) => !(dataset as { isEdge?: boolean }).isEdge,
          callbacks: {
            title: ([item]) =>
              item ? `${axisName(view)} ${formatStep(stepAt(item.parsed.x ?? 0, view.scale))}` : "",
            label: ({ dataset, parsed }) =>
              `${dataset.label ?? ""}: ${formatValue(parsed.y ?? NaN)}`,
          },
        },
      },
    },
    plugins: [onsetBands(view, theme, chart, context.onPainted), marks(view, theme, shown)],
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

/** Round values, whatever the ends of the axis are. */
function roundTicks(axis: { min: number; max: number; ticks: { value: number }[] }): void {
  axis.ticks = stepTicks(axis.min, axis.max, "linear", 4).map((value) => ({
    value: Number(value.toPrecision(12)),
  }));
}

/** The axis in a word or two: `step`, `tokens`, or the name of a metric. */
export function axisName({ answer }: TimelineView): string {
  return answer.axis.axis.replace(/^metric:/, "");
}

function datasetsOf(
  line: TimelineChart["lines"][number],
  { view, theme }: ChartContext,
  isLog: boolean,
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
  const isDots = line.drawAs === "dots";
  const isFaint = line.smooth !== null;
  const width = run.isBaseline ? 2.5 : 1.5;
  return [
    {
      ...base,
      data: pointsOf(line, view, isLog),
      borderColor: isFaint ? withOpacity(color, 0.4) : color,
      borderWidth: isDots ? 0.5 : isFaint ? 1 : width,
      borderDash: [...group.dash],
      pointRadius: line.x.length <= SHOW_POINTS ? 2 : isDots ? 1 : 0,
    },
    ...(line.smooth
      ? [
          {
            ...base,
            label: `${run.label}, smoothed`,
            data: pointsOf(line.smooth, view, isLog),
            borderWidth: width,
            borderDash: [...group.dash],
            pointRadius: 0,
          },
        ]
      : []),
    ...line.superseded.map((old) => ({
      ...base,
      label: `${run.label}, superseded`,
      data: pointsOf(old, view, isLog),
      borderColor: withOpacity(color, 0.6),
      borderWidth: 1,
      borderDash: [3, 3],
      pointRadius: 0,
    })),
  ];
}

/** The lower end, the upper end filled down to it, and the mean. */
function bandDatasets(
  { group: name, x, mean, low, high, n, spread }: GroupBand,
  { view, theme }: ChartContext,
  isLog: boolean,
): ChartDataset<"line">[] {
  const group = view.groups.find((one) => one.name === name);
  if (!group) return [];
  const color = theme.series[group.color] ?? theme.foreground;
  const edge = {
    label: `${group.label}, ${spread}`,
    isEdge: true,
    borderColor: withOpacity(color, 0.3),
    backgroundColor: withOpacity(color, 0.2),
    borderWidth: 0.5,
    pointRadius: 0,
    pointHoverRadius: 0,
    tension: 0,
  };
  const most = n.reduce((all, one) => Math.max(all, one), 0);
  const isBaseline = group.runs.some((run) => view.runs[run]?.isBaseline === true);
  return [
    { ...edge, fill: false, data: pointsOf({ x, value: low }, view, isLog) },
    { ...edge, fill: "-1", data: pointsOf({ x, value: high }, view, isLog) },
    {
      label: `${group.label}, mean of ${most} seeds`,
      borderColor: color,
      backgroundColor: color,
      fill: false,
      data: pointsOf({ x, value: mean }, view, isLog),
      borderWidth: isBaseline ? 2.5 : 1.75,
      borderDash: [...group.dash],
      pointRadius: x.length <= SHOW_POINTS ? 1.75 : 0,
      pointHoverRadius: 4,
      tension: 0,
      spanGaps: false,
    },
  ];
}

/** One for every value that a line cannot show; the host describes the first of them in words. */
function nonFiniteMarks({ lines, metric }: TimelineChart): PlacedMark[] {
  return lines.flatMap(({ run, x, step, value }) =>
    [...x].flatMap((at, i): PlacedMark[] =>
      Number.isFinite(value[i])
        ? []
        : [{ kind: "non-finite", run, step: step[i] ?? NaN, x: at, metric, text: "" }],
    ),
  );
}

/** Values that are not finite, or have no place on a logarithmic axis, break the line; marks and words say so. */
function pointsOf(
  { x, value }: Pick<DrawnLine, "x" | "value">,
  { scale }: TimelineView,
  isLog: boolean,
): Point[] {
  return Array.from(x, (at, i) => {
    const y = value[i] ?? NaN;
    const hasPlace = Number.isFinite(y) && (!isLog || y > 0);
    return { x: stepToAxis(at, scale), y: hasPlace ? y : NaN };
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
}
