/** Lines of one metric: placed on the axis, smoothed where asked, gathered by seed group, thinned to the chart's width. */

import { downsampledIndices } from "../analysis/downsample.js";
import { MIN_SEEDS } from "../analysis/groupSummary.js";
import { seedBand, type Curve, type Spread } from "../analysis/seedBand.js";
import { smooth, type Smoothing } from "../analysis/smooth.js";
import type { LoadedRun } from "../catalog/catalog.js";
import type { RunAxis } from "./axes.js";

/** Points as they are drawn. `x` is the value on the axis, `step` the run's own. */
export interface DrawnLine {
  readonly x: Float64Array;
  readonly step: Float64Array;
  readonly value: Float64Array;
}

export interface Line extends DrawnLine {
  /** Index of the run. */
  readonly run: number;
  /** Rule 5: two seeds of a group are dots, without a band. */
  readonly drawAs: "line" | "dots";
  /** The smoothed line over the raw one; null where none is asked for. */
  readonly smooth: DrawnLine | null;
  /** Points that a later attempt superseded, one line per attempt. */
  readonly superseded: readonly DrawnLine[];
}

/** Mean and spread of a seed group. */
export interface GroupBand {
  readonly group: string;
  readonly spread: Spread;
  readonly x: Float64Array;
  readonly mean: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Seeds with a value there. */
  readonly n: Uint32Array;
}

/** Points that have no place on the axis, which are said and not drawn. */
export interface LeftOut {
  /** Of runs, or stretches of them, of which it is not known where they lie on the axis. */
  unknown: number;
  /** At 0 or below on a logarithmic axis. */
  notPositive: number;
}

/** How everything is placed and thinned. */
export interface Canvas {
  readonly axes: readonly (RunAxis | null)[];
  /** Position of an axis value in its own unit, as the page draws it: not finite without a place. */
  readonly position: (x: number) => number;
  /** Axis values at the ends of the chart. */
  readonly range: readonly [first: number, last: number];
  readonly width: number;
  /** Length of the whole axis in the unit of `position`, whatever part of it is shown. */
  readonly length: number;
  readonly leftOut: LeftOut;
}

/** A metric of a run along the axis, all points. */
interface Placed extends DrawnLine {
  readonly run: number;
}

export function place(
  { axes, position, leftOut }: Pick<Canvas, "axes" | "position" | "leftOut">,
  run: number,
  step: Float64Array,
  value: Float64Array,
): DrawnLine {
  const axis = axes[run];
  const x = step.map((at) => axis?.at(at) ?? NaN);
  const hasPlace = (at: number): boolean => Number.isFinite(position(at));
  if (x.every(hasPlace)) return { x, step, value };
  const kept: number[] = [];
  for (let i = 0; i < x.length; i++) {
    if (hasPlace(x[i] as number)) kept.push(i);
    else if (Number.isNaN(x[i])) leftOut.unknown += 1;
    else leftOut.notPositive += 1;
  }
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(kept, (i) => column[i] as number);
  return { x: pick(x), step: pick(step), value: pick(value) };
}

export interface LinesOfMetric {
  readonly lines: readonly Line[];
  readonly groups: readonly GroupBand[];
  /** Points of the longest line before thinning. */
  readonly points: number;
}

export interface LineChoices {
  readonly smooth: Smoothing | null;
  /** Null draws every seed by itself. */
  readonly spread: Spread | null;
  /** Groups whose seeds are drawn by themselves all the same. */
  readonly apart: readonly string[];
}

/** `groups`: the seed group of each run. `annotated`: steps by run that are kept whatever is thinned out. */
export function linesOf(
  loaded: readonly LoadedRun[],
  groups: readonly string[],
  metric: string,
  canvas: Canvas,
  { smooth: smoothing, spread, apart }: LineChoices,
  annotated: readonly ReadonlySet<number>[],
): LinesOfMetric {
  const placed = loaded.flatMap(({ view }, run): Placed[] => {
    const series = view.series(metric);
    return series ? [{ run, ...place(canvas, run, series.step, series.value) }] : [];
  });
  const members = (group: string): Placed[] => placed.filter(({ run }) => groups[run] === group);
  const isBand = (group: string): boolean => spread !== null && members(group).length >= MIN_SEEDS;
  const lines = placed
    .filter(({ run }) => {
      const group = groups[run] ?? "";
      return !isBand(group) || apart.includes(group);
    })
    .map((line): Line => {
      const group = groups[line.run] ?? "";
      const { axes } = canvas;
      const marked = new Set(
        [...(annotated[line.run] ?? [])].map((step) => axes[line.run]?.at(step) ?? NaN),
      );
      const few = spread !== null && members(group).length === 2;
      return {
        run: line.run,
        ...thin(line, canvas, marked),
        drawAs: few ? "dots" : "line",
        smooth: smoothing && thin(smoothed(line, smoothing, canvas), canvas),
        superseded: supersededOf(loaded[line.run] as LoadedRun, line.run, metric, canvas),
      };
    });
  const bands = [...new Set(groups)].filter(isBand).map((group): GroupBand => {
    const curves = members(group).map((line): Curve =>
      smoothing ? smoothed(line, smoothing, canvas) : line,
    );
    const band = seedBand(curves, spread ?? "sd");
    const kept = downsampledIndices(band.x, band.mean, toPixel(canvas), canvas.width);
    const pick = (column: Float64Array): Float64Array =>
      Float64Array.from(kept, (i) => column[i] as number);
    return {
      group,
      spread: spread ?? "sd",
      x: pick(band.x),
      mean: pick(band.mean),
      low: pick(band.low),
      high: pick(band.high),
      n: Uint32Array.from(kept, (i) => band.n[i] as number),
    };
  });
  const points = placed.reduce((most, { x }) => Math.max(most, x.length), 0);
  return { lines, groups: bands, points };
}

function smoothed(line: DrawnLine, smoothing: Smoothing, { position, length }: Canvas): DrawnLine {
  const at = line.x.map((x) => position(x));
  return { ...line, value: smooth(at, line.value, smoothing, length) };
}

/** Pixels from the left end of the chart. */
export function toPixel({ position, range, width }: Canvas): (x: number) => number {
  const from = position(range[0]);
  const to = position(range[1]);
  return (x) => (to === from ? width / 2 : ((position(x) - from) / (to - from)) * width);
}

export function thin(
  { x, step, value }: DrawnLine,
  canvas: Canvas,
  annotated: ReadonlySet<number> = new Set(),
): DrawnLine {
  const kept = downsampledIndices(x, value, toPixel(canvas), canvas.width, annotated);
  if (kept.length === x.length) return { x, step, value };
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(kept, (i) => column[i] as number);
  return { x: pick(x), step: pick(step), value: pick(value) };
}

function supersededOf(
  { table }: LoadedRun,
  run: number,
  metric: string,
  canvas: Canvas,
): DrawnLine[] {
  const points = table.points(metric);
  if (!points) return [];
  const lines: DrawnLine[] = [];
  for (const [attempt, { superseded: isSuperseded }] of table.attempts.entries()) {
    if (!isSuperseded) continue;
    const indices: number[] = [];
    for (let i = 0; i < points.step.length; i++) {
      if (points.attempt[i] === attempt && points.superseded[i] === 1) indices.push(i);
    }
    const step = Float64Array.from(indices, (i) => points.step[i] as number);
    const value = Float64Array.from(indices, (i) => points.value[i] as number);
    // What is left out of it was said of the run already.
    const line = place({ ...canvas, leftOut: { unknown: 0, notPositive: 0 } }, run, step, value);
    if (line.x.length > 0) lines.push(thin(line, canvas));
  }
  return lines;
}
