/** The charts as one SVG document that stands by itself: what is on the page, drawn again without a page. */

import type { PlacedBand, TimelineChart } from "../../src/core/index.js";
import { axisToStep, stepToAxis } from "../../src/protocol/stepScale.js";
import { formatCompactStep, formatStep, formatTick } from "../shared/format.js";
import { MOST_NAMED } from "../shared/pattern.js";
import { stepTicks } from "../shared/stepAxis.js";
import { svg } from "../shared/svg.js";
import type { Theme } from "../shared/theme.js";
import { axisName } from "./chart.js";
import { SIGNS } from "./marks.js";
import { valueAxisOf, type TimelineView } from "./state.js";

const LEFT = 72;
const RIGHT = 16;
const HEADER = 34;
const CAPTION = 40;
const CHART = 180;
const FOOT = 44;
const LEGEND_ROW = 20;
const FONT = "sans-serif";

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** `title` is the first line. `cursor` is a value of the axis. */
export function pictureOf(
  view: TimelineView,
  theme: Theme,
  cursor: number | null,
  title: string,
  width: number,
): Picture {
  const { charts } = view.answer;
  const named = view.groups.slice(0, MOST_NAMED);
  const more = view.groups.length - named.length;
  const top = HEADER + (named.length + (more > 0 ? 1 : 0)) * LEGEND_ROW;
  const height = top + charts.length * (CAPTION + CHART) + FOOT;
  const parts: SVGElement[] = [
    svg("rect", { width, height, fill: theme.background }),
    text(LEFT, 20, title, theme.foreground, 14),
    ...named.flatMap((group, i) => {
      const y = HEADER + i * LEGEND_ROW;
      const color = theme.series[group.color] ?? theme.foreground;
      const ends = { x1: LEFT, x2: LEFT + 26, y1: y, y2: y };
      const dash = { "stroke-width": 2, "stroke-dasharray": group.dash.join(" ") };
      return [
        svg("line", { ...ends, ...dash, stroke: color }),
        text(LEFT + 34, y + 4, `${group.name} (n=${group.runs.length})`, theme.foreground),
      ];
    }),
    ...(more > 0
      ? [text(LEFT + 34, top - LEGEND_ROW + 4, `and ${formatStep(more)} more`, theme.foreground)]
      : []),
  ];
  for (const [i, chart] of charts.entries()) {
    const from = top + i * (CAPTION + CHART);
    const frame = {
      left: LEFT,
      right: width - RIGHT,
      top: from + CAPTION,
      bottom: from + CAPTION + CHART,
    };
    parts.push(...chartParts(view, chart, theme, frame, i, cursor));
  }
  const frame = { left: LEFT, right: width - RIGHT, top: height - FOOT, bottom: height - FOOT };
  parts.push(...axisParts(view, theme, frame));
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const document = svg("svg", size, ...parts);
  return { svg: new XMLSerializer().serializeToString(document), width, height };
}

function text(
  x: number,
  y: number,
  content: string,
  fill: string,
  size = 11,
  anchor = "start",
): SVGTextElement {
  const look = { "font-family": FONT, "font-size": size, "text-anchor": anchor };
  return svg("text", { x, y, fill, ...look }, written(content));
}

/** Signs of a name that are written; a sans-serif letter is about half as wide as high. */
const MOST_SIGNS = 150;

/** What XML cannot hold (XML 1.0, 2.2) is the sign for what cannot be shown. */
function written(content: string): string {
  const text = content.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, "\ufffd");
  return text.length > MOST_SIGNS ? `${text.slice(0, MOST_SIGNS - 1)}…` : text;
}

function toX({ axis, scale }: TimelineView, { left, right }: Frame): (value: number) => number {
  return (value) =>
    left + ((stepToAxis(value, scale) - axis.min) / (axis.max - axis.min)) * (right - left);
}

function chartParts(
  view: TimelineView,
  chart: TimelineChart,
  theme: Theme,
  frame: Frame,
  index: number,
  cursor: number | null,
): SVGElement[] {
  const { left, right, top, bottom } = frame;
  const { isLog } = valueAxisOf(chart, view.values);
  const place = (y: number): number => (isLog ? (y > 0 ? Math.log10(y) : NaN) : y);
  const [low, high] = valueEnds(chart, place);
  const atY = (y: number): number => bottom - ((place(y) - low) / (high - low)) * (bottom - top);
  const atX = toX(view, frame);
  const clip = `chart-${index}`;
  const size = { x: left, y: top, width: right - left, height: bottom - top };
  const shown = svg("g", { "clip-path": `url(#${clip})` });
  for (const band of chart.bands) shown.append(...bandParts(view, band, theme, frame, atX));
  for (const group of chart.groups) {
    const own = view.groups.find(({ name }) => name === group.group);
    const color = theme.series[own?.color ?? 0] ?? theme.foreground;
    const there = [...group.x].map((x, i) => `${n(atX(x))},${n(atY(group.high[i] ?? NaN))}`);
    const back = [...group.x]
      .map((x, i) => `${n(atX(x))},${n(atY(group.low[i] ?? NaN))}`)
      .reverse();
    const points = [...there, ...back].filter((point) => !point.includes("NaN")).join(" ");
    shown.append(svg("polygon", { points, fill: color, "fill-opacity": 0.2 }));
    shown.append(
      polyline(group.x, group.mean, atX, atY, { stroke: color, "stroke-width": 2 }, own?.dash),
    );
  }
  for (const line of chart.lines) {
    const own = view.groups[view.runs[line.run]?.group ?? 0];
    const color = theme.series[own?.color ?? 0] ?? theme.foreground;
    const raw = { stroke: color, "stroke-width": 1.5, "stroke-opacity": line.smooth ? 0.4 : 1 };
    shown.append(polyline(line.x, line.value, atX, atY, raw, own?.dash));
    if (line.smooth) {
      const { x, value } = line.smooth;
      shown.append(polyline(x, value, atX, atY, { stroke: color, "stroke-width": 2 }, own?.dash));
    }
    for (const old of line.superseded) {
      const look = { stroke: color, "stroke-width": 1, "stroke-opacity": 0.6 };
      shown.append(polyline(old.x, old.value, atX, atY, look, [3, 3]));
    }
  }
  for (const { kind, x, metric } of view.answer.marks) {
    if (x === null || (metric !== null && metric !== chart.metric)) continue;
    shown.append(text(atX(x), bottom - 4, SIGNS[kind], theme.foreground, 12, "middle"));
  }
  if (cursor !== null) {
    const at = n(atX(cursor));
    shown.append(svg("line", { x1: at, x2: at, y1: top, y2: bottom, stroke: theme.foreground }));
  }
  const onset = chart.behaviour === null ? "" : `  ·  onset of ${chart.behaviour}: `;
  const summary = chart.summaries.map(({ group, text: said }) => `${group} ${said}`).join("; ");
  return [
    svg("clipPath", { id: clip }, svg("rect", size)),
    svg("rect", { ...size, fill: "none", stroke: theme.muted, "stroke-opacity": 0.4 }),
    text(left, top - 22, chart.metric, theme.foreground, 13),
    text(
      left,
      top - 7,
      `${onset}${onset === "" ? "" : summary}`.replace(/^ {2}· {2}/, ""),
      theme.muted,
    ),
    ...valueTicks(low, high, isLog).flatMap(({ at, label }) => {
      const y = bottom - ((at - low) / (high - low)) * (bottom - top);
      return [
        svg("line", {
          x1: left,
          x2: right,
          y1: n(y),
          y2: n(y),
          stroke: theme.muted,
          "stroke-opacity": 0.25,
        }),
        text(left - 6, y + 4, label, theme.muted, 11, "end"),
      ];
    }),
    shown,
  ];
}

function bandParts(
  view: TimelineView,
  band: PlacedBand,
  theme: Theme,
  { left, right, top, bottom }: Frame,
  atX: (x: number) => number,
): SVGElement[] {
  if (band.after !== null && band.x.after === null) return [];
  if (band.by !== null && band.x.by === null) return [];
  const from = band.x.after === null ? left : atX(band.x.after);
  const to = band.x.by === null ? right : atX(band.x.by);
  const group = view.groups[view.runs[band.run]?.group ?? 0];
  const color = theme.series[group?.color ?? 0] ?? theme.foreground;
  const isOpen = band.after === null || band.by === null;
  const opacity = band.kind === "onset" ? (isOpen ? 0.04 : 0.18) : 0;
  const size = { x: n(from), y: top, width: n(Math.max(1, to - from)), height: bottom - top };
  const look = { fill: color, "fill-opacity": opacity, stroke: color, "stroke-opacity": 0.6 };
  const dash = band.confirmed && band.kind === "onset" ? "" : "4 3";
  return [svg("rect", { ...size, ...look, "stroke-dasharray": dash })];
}

/** Broken where a value has no place. */
function polyline(
  x: Float64Array,
  value: Float64Array,
  atX: (x: number) => number,
  atY: (y: number) => number,
  look: Readonly<Record<string, string | number>>,
  dash: readonly number[] = [],
): SVGElement {
  let path = "";
  let isDown = false;
  for (const [i, at] of x.entries()) {
    const y = atY(value[i] ?? NaN);
    if (!Number.isFinite(y)) {
      isDown = false;
      continue;
    }
    path += `${isDown ? "L" : "M"}${n(atX(at))} ${n(y)}`;
    isDown = true;
  }
  return svg("path", { d: path, fill: "none", ...look, "stroke-dasharray": dash.join(" ") });
}

function n(value: number): number {
  return Math.round(value * 100) / 100;
}

function valueEnds(chart: TimelineChart, place: (y: number) => number): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  const columns = [
    ...chart.lines.flatMap(({ value, superseded }) => [
      value,
      ...superseded.map((old) => old.value),
    ]),
    ...chart.groups.flatMap((group) => [group.low, group.high]),
  ];
  for (const column of columns) {
    for (const value of column) {
      const at = place(value);
      if (!Number.isFinite(at)) continue;
      low = Math.min(low, at);
      high = Math.max(high, at);
    }
  }
  if (low > high) return [0, 1];
  const room = (high - low || 1) * 0.04;
  return [low - room, high + room];
}

function valueTicks(low: number, high: number, isLog: boolean): { at: number; label: string }[] {
  const values = isLog
    ? stepTicks(10 ** low, 10 ** high, "log", 4)
    : stepTicks(low, high, "linear", 4);
  return values.map((value) => ({
    at: isLog ? Math.log10(value) : value,
    label: formatTick(Number(value.toPrecision(6))),
  }));
}

function axisParts(view: TimelineView, theme: Theme, frame: Frame): SVGElement[] {
  const { axis, scale } = view;
  const first = axisToStep(axis.min, scale);
  const last = axisToStep(axis.max, scale);
  const atX = toX(view, frame);
  const ticks = stepTicks(first, last, scale, 8).map((value) =>
    text(atX(value), frame.top + 16, formatCompactStep(value), theme.muted, 11, "middle"),
  );
  const words = scale === "linear" ? "" : `, ${scale}`;
  const middle = (frame.left + frame.right) / 2;
  return [
    ...ticks,
    text(middle, frame.top + 34, axisName(view) + words, theme.foreground, 12, "middle"),
  ];
}

/** The picture as a PNG in base64, twice as fine as the page. */
export async function toPng({ svg: source, width, height }: Picture): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * 2;
  canvas.height = height * 2;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png").replace(/^data:image\/png;base64,/, "");
}
