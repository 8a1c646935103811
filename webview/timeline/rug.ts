/** The checkpoint rug: a row per run, a sign per checkpoint, filled where it was evaluated. It carries the step axis. */

import type { ChartConfiguration, ChartDataset } from "chart.js";
import type { TimelineAnswer } from "../../src/core/index.js";
import { stepToAxis } from "../../src/protocol/stepScale.js";
import { formatStep } from "../shared/format.js";
import { stepAxis } from "../shared/stepAxis.js";
import type { Theme } from "../shared/theme.js";
import { RIGHT, tooltipStyle, VALUE_AXIS_WIDTH } from "./chart.js";
import type { TimelineView } from "./state.js";

/** Pixels per run, less where many runs would take the room of the charts. */
const ROW = 11;
const MOST_ROWS = 54;
const AXIS = 26;
const POINTS = ["circle", "rect", "triangle", "rectRot"] as const;

/** Pixels that the rug needs; without any checkpoints it is the axis alone. */
export function rugHeight({ answer }: TimelineView): number {
  return answer.runs.some(({ checkpoints }) => checkpoints.x.length > 0)
    ? answer.runs.length * rowHeight(answer.runs.length) + AXIS
    : AXIS + ROW;
}

function rowHeight(runs: number): number {
  return Math.min(ROW, MOST_ROWS / runs);
}

export function rugConfiguration(
  view: TimelineView,
  theme: Theme,
  isPartial: (run: string, step: number) => boolean,
): ChartConfiguration<"line"> {
  return {
    type: "line",
    data: {
      datasets: view.answer.runs.map(({ key, checkpoints }, index): ChartDataset<"line"> => {
        const { step, x, evaluated, remote } = checkpoints;
        const run = view.runs[index];
        const group = view.groups[run?.group ?? 0];
        const color = theme.series[group?.color ?? 0] ?? theme.foreground;
        const own = POINTS[(run?.group ?? 0) % POINTS.length] ?? "circle";
        const styles = Array.from(step, (at, i) =>
          isPartial(key, at) ? "crossRot" : remote[i] === 1 ? "line" : own,
        );
        return {
          label: run?.label ?? "",
          showLine: false,
          data: Array.from(x, (at) => ({ x: stepToAxis(at, view.scale), y: -index })),
          pointStyle: styles,
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
      layout: { padding: { right: RIGHT } },
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
            title: ([item]) => {
              const { step } = view.answer.runs[item?.datasetIndex ?? -1]?.checkpoints ?? {};
              return `checkpoint ${formatStep(step?.[item?.dataIndex ?? -1] ?? NaN)}`;
            },
            label: ({ dataset, datasetIndex, dataIndex }) => {
              const run = view.answer.runs[datasetIndex];
              const words = run ? wordsOf(run, dataIndex, isPartial) : "";
              return `${dataset.label ?? ""}: ${words}`;
            },
          },
        },
      },
    },
  };
}

/** `evaluated`, `not evaluated`, and where the checkpoint is not whole or not here. */
export function wordsOf(
  { key, checkpoints }: TimelineAnswer["runs"][number],
  index: number,
  isPartial: (run: string, step: number) => boolean,
): string {
  return [
    checkpoints.evaluated[index] === 1 ? "evaluated" : "not evaluated",
    ...(checkpoints.remote[index] === 1 ? ["remote"] : []),
    ...(isPartial(key, checkpoints.step[index] ?? NaN) ? ["partial"] : []),
  ].join(", ");
}
