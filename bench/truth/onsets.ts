/** How often the methods on one curve are right where the truth is planted: M1, M6, M7, M20. */

import { findChangePoints, type SegmentKind } from "../../src/core/analysis/changePoints.js";
import { findOnset } from "../../src/core/analysis/findOnset.js";
import { findOnlineChanges } from "../../src/core/analysis/onlineChange.js";
import { findRisesAndFalls, highestOf } from "../../src/core/analysis/riseAndFall.js";
import { comparison } from "../../src/core/analysis/sensitivity.js";
import { createRandom, quantile } from "../../src/core/analysis/statistics.js";
import {
  aboveBaseline,
  fractionOfRange,
  type Threshold,
} from "../../src/core/analysis/thresholds.js";
import type { Interval } from "../../src/core/model/interval.js";
import type { Series } from "../../src/core/model/series.js";
import {
  GRIDS,
  NOISES,
  plant,
  WIDTHS,
  type CurveName,
  type GridName,
  type NoiseName,
  type Planted,
} from "./curves.js";

export type MethodName =
  "M1 half of range" | "M1 baseline" | "M6 mean" | "M6 slope" | "M6 l1" | "M7 online" | "M20 peak";

/** The first onset that a method finds; null where it finds none. */
const METHODS: Readonly<Record<MethodName, (planted: Planted) => Interval | null>> = {
  "M1 half of range": ({ series }) => firstAbove(series, fractionOfRange(series, "higher", 0.5)),
  "M1 baseline": ({ series }) => firstAbove(series, aboveBaseline(series, "higher", 2)),
  "M6 mean": (planted) => firstBreak(planted, "mean"),
  "M6 slope": (planted) => firstBreak(planted, "slope"),
  "M6 l1": (planted) => firstBreak(planted, "l1"),
  "M7 online": ({ series }) => findOnlineChanges(series)[0] ?? null,
  "M20 peak": ({ series, axis }) =>
    highestOf(findRisesAndFalls(series, { shape: "peak", axis }).peaks)?.peak ?? null,
};

function firstAbove(series: Series, threshold: Threshold): Interval | null {
  if (!threshold.ok) return null;
  const onset = findOnset(series, comparison(">", threshold.at(0)), 2);
  return onset.by === null ? null : onset;
}

function firstBreak({ series, axis }: Planted, kind: SegmentKind): Interval | null {
  return findChangePoints(series, { kind, axis }).breaks[0] ?? null;
}

/** One method on one kind of curve with one kind of noise. */
interface What {
  readonly method: MethodName;
  readonly curve: string;
  readonly noise: NoiseName | "no noise";
  /** In standard deviations of the noise. */
  readonly amplitude: number;
}

/** How it did, over all grids. */
export interface Row extends What {
  readonly grids: readonly GridName[];
  readonly series: number;
  /** Share of the series in which an onset was found. */
  readonly found: number;
  /** Share of those whose interval holds the truth; NaN on curves without one. */
  readonly held: number;
  /** Median width of the intervals, in evaluations. */
  readonly width: number;
}

interface Case {
  readonly method: MethodName;
  readonly curve: CurveName;
  readonly width?: number;
  readonly noise: NoiseName | null;
  readonly amplitude: number;
  readonly grids: readonly GridName[];
}

export const AMPLITUDES = [3, 5, 10, 20] as const;

const PLANTED: readonly (readonly [MethodName, CurveName])[] = [
  ["M6 mean", "step"],
  ["M6 l1", "step"],
  ["M7 online", "step"],
  ["M6 slope", "hinge"],
  ["M20 peak", "rise and fall"],
  ["M1 half of range", "step"],
  ["M1 half of range", "logistic"],
];

function widthsOf(curve: CurveName): readonly (number | undefined)[] {
  return curve === "logistic" ? WIDTHS : [undefined];
}

const flat: readonly Case[] = (
  ["M1 baseline", "M6 mean", "M6 slope", "M6 l1", "M7 online", "M20 peak"] as const
).flatMap((method) =>
  NOISES.map((noise): Case => ({
    ...{ method, noise, curve: "none", amplitude: 0 },
    // A baseline is the first tenth, of at least 20 evaluations.
    grids: method === "M1 baseline" ? ["linear", "long"] : [...GRIDS, "long"],
  })),
);

const noiseless: readonly Case[] = PLANTED.flatMap(([method, curve]) =>
  widthsOf(curve).map((width): Case => ({
    ...{ method, curve, noise: null, amplitude: 1, grids: GRIDS },
    ...(width === undefined ? {} : { width }),
  })),
);

const noisy: readonly Case[] = PLANTED.flatMap(([method, curve]) =>
  widthsOf(curve).flatMap((width) =>
    NOISES.flatMap((noise) =>
      AMPLITUDES.map((amplitude): Case => ({
        ...{ method, curve, noise, amplitude, grids: GRIDS },
        ...(width === undefined ? {} : { width }),
      })),
    ),
  ),
);

export const cases: readonly Case[] = [...flat, ...noiseless, ...noisy];

function whatOf({ method, curve, width, noise, amplitude }: Case): What {
  return {
    ...{ method, amplitude, noise: noise ?? "no noise" },
    curve: width === undefined ? curve : `${curve}, width ${width}`,
  };
}

/** Indices of the cases that some goal speaks of. */
export function casesOfGoals(): number[] {
  return [...cases.keys()].filter((index) =>
    goals.some(({ isOf }) => isOf(whatOf(cases[index] as Case))),
  );
}

/** One of the cases: so many series on each of its grids. */
export function repeatCase(index: number, seeds: number): Row {
  const one = cases[index] as Case;
  const { method, curve, width, noise, amplitude, grids } = one;
  const widths: number[] = [];
  let held = 0;
  let series = 0;
  for (const [g, grid] of grids.entries()) {
    for (let k = 0; k < seeds; k++) {
      const random = createRandom(1_000_003 * (5 * index + g + 1) + k);
      const plan = { curve, grid, noise, amplitude, ...(width === undefined ? {} : { width }) };
      const planted = plant(plan, random);
      const interval = METHODS[method](planted);
      series += 1;
      if (!interval) continue;
      const { truth } = planted;
      if ((interval.after ?? -Infinity) < truth && truth <= (interval.by ?? Infinity)) held++;
      widths.push(evaluationsIn(interval, planted.series));
    }
  }
  return {
    ...whatOf(one),
    ...{ grids, series },
    found: widths.length / series,
    held: curve === "none" ? NaN : held / widths.length,
    width: widths.length === 0 ? NaN : quantile(Float64Array.from(widths).sort(), 0.5),
  };
}

/** Evaluations in `(after, by]`. */
function evaluationsIn({ after, by }: Interval, { step }: Series): number {
  return step.filter((s) => s > (after ?? -Infinity) && s <= (by ?? Infinity)).length;
}

export function run(seeds: number, onRow: (row: Row) => void = () => undefined): Row[] {
  return cases.map((_, index) => {
    const row = repeatCase(index, seeds);
    onRow(row);
    return row;
  });
}

export interface Goal {
  readonly name: string;
  readonly isOf: (what: What) => boolean;
  /** What is counted of a row, out of how many. */
  readonly count: (row: Row) => readonly [right: number, of: number];
  readonly within: readonly [low: number, high: number];
}

const isHighEnough = ({ amplitude }: What): boolean => amplitude >= 5;
const found = (row: Row): [number, number] => [row.found * row.series, row.series];
const held = (row: Row): [number, number] => {
  const of = row.found * row.series;
  return [of === 0 ? 0 : row.held * of, of];
};
const both = (row: Row): [number, number] => [held(row)[0], row.series];

export const goals: readonly Goal[] = [
  {
    name: "Series without noise whose onset is found, within its interval",
    isOf: ({ noise }) => noise === "no noise",
    count: both,
    within: [1, 1],
  },
  ...(["M1 baseline", "M6 mean", "M6 slope", "M6 l1"] as const).map((method): Goal => ({
    name: `${method}: onsets in series without one, noise white or AR(1) up to 0.8`,
    isOf: ({ method: name, curve, noise }) =>
      name === method && curve === "none" && /^(white|AR)/.test(noise),
    count: found,
    within: [0, 0.01],
  })),
  ...(
    [
      ["M6 mean", "step"],
      ["M6 l1", "step"],
      ["M6 slope", "hinge"],
    ] as const
  ).map(([method, curve]): Goal => ({
    name: `${method}, ${curve} of 5 sd or more: 90 % intervals that hold it`,
    isOf: (row) =>
      row.method === method && row.curve === curve && row.noise !== "no noise" && isHighEnough(row),
    count: held,
    within: [0.87, 1],
  })),
];

export function judge(goal: Goal, rows: readonly Row[]): { rate: number; of: number } {
  let right = 0;
  let all = 0;
  for (const row of rows.filter((one) => goal.isOf(one))) {
    const [good, of] = goal.count(row);
    right += good;
    all += of;
  }
  return { rate: right / all, of: all };
}
