/** Who is who, and what the shaded onsets say, in words beside their colour and pattern. */

import type { Spread, TimelineChart } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";
import { MOST_NAMED } from "../shared/pattern.js";
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

/** The Onsets tab has all of them. */
const MOST_SUMMARIES = 8;

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
  const lines = groups.slice(0, MOST_NAMED).map(({ name, label, color, dash, runs }) => {
    const bands = answer.charts.flatMap((chart) =>
      chart.groups.filter(({ group }) => group === name),
    );
    const title = [name, ...runs.map((run) => answer.runs[run]?.label ?? "")].join("\n");
    const line = sample(theme.series[color] ?? theme.foreground, dash);
    const [band] = bands;
    if (!band) {
      const count = runs.length > 1 ? ` (${runs.length} seeds)` : "";
      return element("span", { class: "entry", title }, line, nameIn(`${label}${count}`));
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
      nameIn(
        `${label} (band: ${SPREADS[band.spread]}, n=${most}${isApart ? ", with its seeds" : ""})`,
      ),
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
  return [...lines, ...moreThan(MOST_NAMED, groups.length), ...signs, ...lost];
}

/** `░ generalises: wd=1 median (1,000, 1,250], 5 of 5`. */
export function summaryOf(chart: TimelineChart, view: TimelineView, theme: Theme): HTMLElement[] {
  const { behaviour, summaries } = chart;
  if (behaviour === null) return [];
  return [
    element("span", { class: "behaviour" }, `onset of ${behaviour}:`),
    ...summaries.slice(0, MOST_SUMMARIES).map(({ group, text }) => {
      const shown = view.groups.find(({ name }) => name === group);
      const swatch = element("span", { class: "swatch" });
      const shade = theme.series[shown?.color ?? 0] ?? theme.foreground;
      swatch.style.backgroundColor = withOpacity(shade, 0.35);
      swatch.style.borderColor = shade;
      const name = view.groups.length > 1 ? `${shown?.label ?? group} ` : "";
      return element("span", { class: "entry", title: group }, swatch, nameIn(`${name}${text}`));
    }),
    ...moreThan(MOST_SUMMARIES, summaries.length),
  ];
}

/** Cut where it is too long: the entry's title has all of it. */
function nameIn(text: string): HTMLElement {
  return element("span", { class: "cut" }, text);
}

function moreThan(most: number, count: number): HTMLElement[] {
  return count > most
    ? [element("span", { class: "entry muted" }, `and ${formatStep(count - most)} more`)]
    : [];
}

function sample(color: string, dash: readonly number[]): SVGSVGElement {
  const ends = { x1: 0, x2: 26, y1: 4, y2: 4 };
  const line = svg("line", { ...ends, "stroke-width": 2, "stroke-dasharray": dash.join(" ") });
  line.style.stroke = color;
  return svg("svg", { width: 26, height: 8, "aria-hidden": "true" }, line);
}
