/** Lines of one metric: placed on the axis, smoothed where asked, gathered by seed group, thinned to the chart's width. */

import { downsampledIndices } from "../analysis/downsample.js";
import { MIN_SEEDS } from "../analysis/groupSummary.js";
import { seedBand, type Curve as SeedCurve, type Spread } from "../analysis/seedBand.js";
import { smooth, type Smoothing } from "../analysis/smooth.js";
import type { LoadedRun } from "../catalog/catalog.js";
import type { Curve } from "../model/series.js";
import { SeriesCurve } from "../tables/seriesCurve.js";
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

/** Points along the axis, all of them: those of a curve, of which each step has its own value of the axis. */
export interface PlacedCurve {
  /** Its steps are values of the axis. */
  readonly curve: Curve;
  /** The run's own step of a point. */
  readonly stepAt: (index: number) => number;
}

/** A metric of a run along the axis. */
interface Placed extends PlacedCurve {
  readonly run: number;
}

/** O(log points) where the axis has a value for every step, O(points) else. */
export function place(
  { axes, position, leftOut }: Pick<Canvas, "axes" | "position" | "leftOut">,
  run: number,
  points: Curve,
): PlacedCurve {
  const axis = axes[run];
  const hasPlace = (at: number): boolean => Number.isFinite(position(at));
  const lasts = points.length === 0 || hasPlace(axis?.at(points.stepAt(points.length - 1)) ?? NaN);
  if (axis?.isTotal === true && lasts) {
    // What has no place is not positive, so it lies at the beginning.
    const first = firstIndex(points.length, (i) => hasPlace(axis.at(points.stepAt(i))));
    leftOut.notPositive += first;
    const stepAt = (i: number): number => points.stepAt(first + i);
    const curve: Curve = {
      length: points.length - first,
      stepAt: (i) => axis.at(stepAt(i)),
      valueAt: (i) => points.valueAt(first + i),
      extremes(from, to) {
        const { lowest, highest, nan, infinite } = points.extremes(first + from, first + to);
        const own = (i: number): number => (i < 0 ? i : i - first);
        return {
          lowest: own(lowest),
          highest: own(highest),
          nan: own(nan),
          infinite: own(infinite),
        };
      },
    };
    return { curve, stepAt };
  }
  const x: number[] = [];
  const kept: number[] = [];
  for (let i = 0; i < points.length; i++) {
    const at = axis?.at(points.stepAt(i)) ?? NaN;
    if (hasPlace(at)) {
      x.push(at);
      kept.push(i);
    } else if (Number.isNaN(at)) leftOut.unknown += 1;
    else leftOut.notPositive += 1;
  }
  const value = Float64Array.from(kept, (i) => points.valueAt(i));
  return {
    curve: new SeriesCurve(Float64Array.from(x), value),
    stepAt: (i) => points.stepAt(kept[i] as number),
  };
}

/** The first index below `length` at which `holds`, which turns true once. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** All points as columns. O(points). */
function columnsOf({ curve, stepAt }: PlacedCurve): DrawnLine {
  const { length } = curve;
  return {
    x: Float64Array.from({ length }, (_, i) => curve.stepAt(i)),
    step: Float64Array.from({ length }, (_, i) => stepAt(i)),
    value: Float64Array.from({ length }, (_, i) => curve.valueAt(i)),
  };
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
  const placed = loaded.flatMap(({ table }, run): Placed[] => {
    const curve = table.curve(metric);
    return curve ? [{ run, ...place(canvas, run, curve) }] : [];
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
        smooth: smoothing && thinColumns(smoothed(line, smoothing, canvas), canvas),
        superseded: supersededOf(loaded[line.run] as LoadedRun, line.run, metric, canvas),
      };
    });
  const bands = [...new Set(groups)].filter(isBand).map((group): GroupBand => {
    const curves = members(group).map((line): SeedCurve =>
      smoothing ? smoothed(line, smoothing, canvas) : columnsOf(line),
    );
    const band = seedBand(curves, spread ?? "sd");
    const mean = new SeriesCurve(band.x, band.mean);
    const kept = downsampledIndices(mean, toPixel(canvas), canvas.width);
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
  const points = placed.reduce((most, { curve }) => Math.max(most, curve.length), 0);
  return { lines, groups: bands, points };
}

function smoothed(
  placed: PlacedCurve,
  smoothing: Smoothing,
  { position, length }: Canvas,
): DrawnLine {
  const line = columnsOf(placed);
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
  { curve, stepAt }: PlacedCurve,
  canvas: Canvas,
  annotated: ReadonlySet<number> = new Set(),
): DrawnLine {
  const kept = downsampledIndices(curve, toPixel(canvas), canvas.width, annotated);
  const { length } = kept;
  const [x, step, value] = [0, 1, 2].map(() => new Float64Array(length)) as [
    ...[Float64Array, Float64Array, Float64Array],
  ];
  for (let k = 0; k < length; k++) {
    const i = kept[k] as number;
    x[k] = curve.stepAt(i);
    step[k] = stepAt(i);
    value[k] = curve.valueAt(i);
  }
  return { x, step, value };
}

function thinColumns({ x, step, value }: DrawnLine, canvas: Canvas): DrawnLine {
  return thin({ curve: new SeriesCurve(x, value), stepAt: (i) => step[i] as number }, canvas);
}

function supersededOf(
  { table }: LoadedRun,
  run: number,
  metric: string,
  canvas: Canvas,
): DrawnLine[] {
  // What is left out of it was said of the run already.
  const silent = { ...canvas, leftOut: { unknown: 0, notPositive: 0 } };
  return table.supersededCurves(metric).flatMap((points): DrawnLine[] => {
    const line = place(silent, run, points);
    return line.curve.length > 0 ? [thin(line, canvas)] : [];
  });
}
