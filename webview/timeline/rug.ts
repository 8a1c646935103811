/** The checkpoint rug: a row per run, a sign per checkpoint, filled where it was evaluated. It carries the step axis. */

import type { ChartConfiguration, ChartDataset } from "chart.js";
import { axisToStep, stepToAxis } from "../../src/protocol/stepScale.js";
import { formatStep } from "../shared/format.js";
import { stepAxis } from "../shared/stepAxis.js";
import type { Theme } from "../shared/theme.js";
import { tooltipStyle, VALUE_AXIS_WIDTH } from "./chart.js";
import { cursorLine } from "./cursor.js";
import type { TimelineView } from "./state.js";

/** Pixels per run, less where many runs would take the room of the charts. */
const ROW = 11;
const MOST_ROWS = 72;
const AXIS = 26;
const POINTS = ["circle", "rect", "triangle", "rectRot"] as const;

/** Pixels that the rug needs; without any checkpoints it is the axis alone. */
export function rugHeight({ answer }: TimelineView): number {
  return answer.runs.some(({ checkpoints }) => checkpoints.length > 0)
    ? answer.runs.length * rowHeight(answer.runs.length) + AXIS
    : AXIS + ROW;
}

function rowHeight(runs: number): number {
  return Math.min(ROW, MOST_ROWS / runs);
}

export function rugConfiguration(
  view: TimelineView,
  theme: Theme,
  cursor: () => number | null,
): ChartConfiguration<"line"> {
  return {
    type: "line",
    data: {
      datasets: view.answer.runs.map(({ checkpoints, evaluated }, index): ChartDataset<"line"> => {
        const run = view.runs[index];
        const group = view.groups[run?.group ?? 0];
        const color = theme.series[group?.color ?? 0] ?? theme.foreground;
        return {
          label: run?.label ?? "",
          showLine: false,
          data: Array.from(checkpoints, (step) => ({
            x: stepToAxis(step, view.scale),
            y: -index,
          })),
          pointStyle: POINTS[(run?.group ?? 0) % POINTS.length] ?? "circle",
          pointRadius: Math.max(1, (3 / ROW) * rowHeight(view.runs.length)),
          pointHoverRadius: 5,
          borderColor: color,
          pointBorderColor: color,
          pointBackgroundColor: Array.from(evaluated, (is) => (is ? color : "transparent")),
        };
      }),
    },
    options: {
      animation: false,
      parsing: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "nearest", axis: "xy", intersect: false },
      layout: { padding: { right: 8 } },
      scales: {
        x: stepAxis(view, theme, true),
        y: {
          type: "linear",
          min: -view.runs.length + 0.4,
          max: 0.6,
          afterFit: (axis) => {
            axis.width = VALUE_AXIS_WIDTH;
          },
          grid: { display: false },
          border: { color: theme.grid },
          ticks: { display: false },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltipStyle(theme),
          callbacks: {
            title: ([item]) =>
              `checkpoint ${formatStep(Math.round(axisToStep(item?.parsed.x ?? 0, view.scale)))}`,
            label: ({ dataset, datasetIndex, dataIndex }) => {
              const is = view.answer.runs[datasetIndex]?.evaluated[dataIndex];
              return `${dataset.label ?? ""}: ${is ? "evaluated" : "not evaluated"}`;
            },
          },
        },
      },
    },
    plugins: [cursorLine(view, theme, cursor)],
  };
}
