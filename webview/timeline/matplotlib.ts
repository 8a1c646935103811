/** A short script that draws the charts again, with the points as they are drawn. Pure. */

import type { TimelineChart } from "../../src/core/index.js";
import { axisName } from "./chart.js";
import { valueAxisOf, type TimelineView } from "./state.js";

/** Text as Python reads it: a JSON string is one, but for signs that Python's reader does not take as they are. */
export function pythonText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Lines whose label begins with a low line are left out of a legend. */
function pythonLabel(text: string): string {
  return pythonText(text.replace(/^(?=_)/, " "));
}

function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
}

function pythonList(values: Iterable<number>): string {
  return `[${Array.from(values, pythonNumber).join(", ")}]`;
}

const COLORS = ["tab:blue", "tab:orange", "tab:green", "tab:purple", "tab:red", "tab:olive"];

export function matplotlibScript(view: TimelineView, title: string): string {
  const { charts } = view.answer;
  const lines = [
    `# ${title.replace(/[^\x20-\x7e]/g, "?")}`,
    "from math import inf, nan",
    "",
    "import matplotlib.pyplot as plt",
    "",
    `figure, axes = plt.subplots(${charts.length}, 1, sharex=True, squeeze=False, figsize=(9, ${Math.max(3, 2.4 * charts.length).toFixed(1)}))`,
    "axes = axes[:, 0]",
    ...charts.flatMap((chart, index) => ["", ...chartLines(view, chart, `axes[${index}]`)]),
    "",
    `axes[-1].set_xlabel(${pythonText(axisName(view))})`,
    ...scaleLines(view),
    `figure.suptitle(${pythonText(title)}, parse_math=False)`,
    "figure.tight_layout()",
    "plt.show()",
    "",
  ];
  return lines.join("\n");
}

function scaleLines({ scale, answer }: TimelineView): string[] {
  if (scale === "linear" || answer.charts.length === 0) return [];
  return [`axes[-1].set_xscale(${scale === "log" ? '"log"' : '"symlog", linthresh=1'})`];
}

function chartLines(view: TimelineView, chart: TimelineChart, axes: string): string[] {
  const { isLog } = valueAxisOf(chart, view.values);
  const color = (group: number): string =>
    pythonText(COLORS[(view.groups[group]?.color ?? 0) % COLORS.length] ?? "tab:blue");
  const style = (group: number): string => {
    const dash = view.groups[group]?.dash ?? [];
    return dash.length === 0 ? '"-"' : `(0, (${dash.join(", ")}))`;
  };
  const lines = chart.lines.flatMap(({ run, x, value, smooth, superseded }) => {
    const { label = "", group = 0 } = view.runs[run] ?? {};
    const look = `color=${color(group)}, linestyle=${style(group)}`;
    const faint = smooth ? ", alpha=0.4, linewidth=0.8" : "";
    return [
      `${axes}.plot(${pythonList(x)}, ${pythonList(value)}, ${look}${faint}, label=${pythonLabel(label)})`,
      ...(smooth
        ? [`${axes}.plot(${pythonList(smooth.x)}, ${pythonList(smooth.value)}, ${look})`]
        : []),
      ...superseded.map(
        (old) =>
          `${axes}.plot(${pythonList(old.x)}, ${pythonList(old.value)}, color=${color(group)}, linestyle=":", alpha=0.6)`,
      ),
    ];
  });
  const bands = chart.groups.flatMap(({ group: name, x, mean, low, high, spread, n }) => {
    const group = view.groups.findIndex((one) => one.name === name);
    const most = n.reduce((all, one) => Math.max(all, one), 0);
    const label = pythonLabel(`${view.groups[group]?.label ?? name} (band: ${spread}, n=${most})`);
    return [
      `x = ${pythonList(x)}`,
      `${axes}.plot(x, ${pythonList(mean)}, color=${color(group)}, linestyle=${style(group)}, label=${label})`,
      `${axes}.fill_between(x, ${pythonList(low)}, ${pythonList(high)}, color=${color(group)}, alpha=0.2, linewidth=0)`,
    ];
  });
  const onsets = chart.bands.flatMap(({ kind, run, x }) =>
    kind === "onset" && x.after !== null && x.by !== null
      ? [
          `${axes}.axvspan(${pythonNumber(x.after)}, ${pythonNumber(x.by)}, color=${color(view.runs[run]?.group ?? 0)}, alpha=0.15, linewidth=0)`,
        ]
      : [],
  );
  const hasLabels = lines.length + bands.length > 0;
  return [
    ...lines,
    ...bands,
    ...onsets,
    `${axes}.set_title(${pythonText(chart.metric)}, loc="left", fontsize="medium", parse_math=False)`,
    ...(isLog ? [`${axes}.set_yscale("log")`] : []),
    ...(hasLabels
      ? [
          `for text in ${axes}.legend(fontsize="small").get_texts():`,
          "    text.set_parse_math(False)",
        ]
      : []),
  ];
}
