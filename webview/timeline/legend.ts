/** Who is who, and what the shaded onsets say, in words beside their colour and pattern. */

import type { Spread, TimelineChart } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { svg } from "../shared/svg.js";
import { withOpacity, type Theme } from "../shared/theme.js";
import { SIGNS } from "./marks.js";
import type { TimelineView } from "./state.js";

const SPREADS: Readonly<Record<Spread, string>> = {
  sd: "sd",
  se: "se",
  ci: "95 % CI",
  "min-max": "min–max",
};

/**
 * A line of the group's colour and dash pattern with its name, and what its band is. A group with a band is a button that
 * shows its seeds by themselves.
 */
export function legendOf(
  { groups, answer }: TimelineView,
  theme: Theme,
  apart: readonly string[],
  setApart: (group: string, isApart: boolean) => void,
): HTMLElement[] {
  const lines = groups.map(({ name, label, color, dash, runs }) => {
    const bands = answer.charts.flatMap((chart) =>
      chart.groups.filter(({ group }) => group === name),
    );
    const title = [name, ...runs.map((run) => answer.runs[run]?.label ?? "")].join("\n");
    const line = sample(theme.series[color] ?? theme.foreground, dash);
    const [band] = bands;
    if (!band) {
      const count = runs.length > 1 ? ` (${runs.length} seeds)` : "";
      return element("span", { class: "entry", title }, line, `${label}${count}`);
    }
    const most = bands.flatMap(({ n }) => [...n]).reduce((all, n) => Math.max(all, n), 0);
    const isApart = apart.includes(name);
    const entry = element(
      "button",
      {
        class: "entry link",
        title: `${title}\n${isApart ? "Hide" : "Show"} single seeds`,
        attributes: { "aria-pressed": String(isApart) },
      },
      line,
      `${label} (band: ${SPREADS[band.spread]}, n=${most}${isApart ? ", with its seeds" : ""})`,
    );
    entry.addEventListener("click", () => {
      setApart(name, !isApart);
    });
    return entry;
  });
  const kinds = [...new Set(answer.marks.map(({ kind }) => kind))];
  const signs = kinds.map((kind) => element("span", { class: "entry" }, `${SIGNS[kind]} ${kind}`));
  const bands = answer.charts.flatMap((chart) => chart.bands);
  const lost = bands.some(({ kind }) => kind === "offset")
    ? [element("span", { class: "entry" }, "▨ offset")]
    : [];
  return [...lines, ...signs, ...lost];
}

/** `░ generalises: wd=1 median (1,000, 1,250], 5 of 5`. */
export function summaryOf(chart: TimelineChart, view: TimelineView, theme: Theme): HTMLElement[] {
  const { behaviour, summaries } = chart;
  if (behaviour === null) return [];
  return [
    element("span", { class: "behaviour" }, `onset of ${behaviour}:`),
    ...summaries.map(({ group, text }) => {
      const shown = view.groups.find(({ name }) => name === group);
      const swatch = element("span", { class: "swatch" });
      const shade = theme.series[shown?.color ?? 0] ?? theme.foreground;
      swatch.style.backgroundColor = withOpacity(shade, 0.35);
      swatch.style.borderColor = shade;
      const name = view.groups.length > 1 ? `${shown?.label ?? group} ` : "";
      return element("span", { class: "entry", title: group }, swatch, `${name}${text}`);
    }),
  ];
}

function sample(color: string, dash: readonly number[]): SVGSVGElement {
  const ends = { x1: 0, x2: 26, y1: 4, y2: 4 };
  const line = svg("line", { ...ends, "stroke-width": 2, "stroke-dasharray": dash.join(" ") });
  line.style.stroke = color;
  return svg("svg", { width: 26, height: 8, "aria-hidden": "true" }, line);
}
