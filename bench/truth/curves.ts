/**
 * Curves whose onset is planted, on grids of evaluations and with noise: what methods on one curve are judged by. Seeded:
 * the k-th curve of a case is always the same.
 */

import { createNormal } from "../../src/core/analysis/statistics.js";
import type { Series } from "../../src/core/model/series.js";

export type CurveName = "step" | "logistic" | "hinge" | "rise and fall" | "none";
export type NoiseName = "white" | "AR(1) 0.5" | "AR(1) 0.8" | "heavy-tailed" | "heteroscedastic";
export type GridName = "log" | "linear" | "Pythia" | "irregular" | "long";

/** Widths of the logistic from 10 to 90 %, as shares of the grid's range. */
export const WIDTHS = [0.01, 0.03, 0.1, 0.2, 0.4] as const;
export const NOISES: readonly NoiseName[] = [
  "white",
  "AR(1) 0.5",
  "AR(1) 0.8",
  "heavy-tailed",
  "heteroscedastic",
];
/** Of these every curve is planted; the long one is for series without an onset. */
export const GRIDS: readonly GridName[] = ["log", "linear", "Pythia", "irregular"];

interface Grid {
  readonly step: readonly number[];
  /** What curves are over, and slopes: decades of steps, or steps. */
  readonly axis: "log-step" | "step";
}

/** Steps of Pythia's 154 checkpoints: 0, powers of two, then every 1,000. */
const PYTHIA = [
  0,
  ...Array.from({ length: 10 }, (_, i) => 2 ** i),
  ...Array.from({ length: 143 }, (_, i) => 1000 * (i + 1)),
];

function gridOf(name: GridName, random: () => number): Grid {
  switch (name) {
    case "log":
      return { step: evenly(100, (i) => Math.round(10 * 10 ** ((4 * i) / 99))), axis: "log-step" };
    case "linear":
      return { step: evenly(200, (i) => 500 * (i + 1)), axis: "step" };
    case "Pythia":
      return { step: PYTHIA, axis: "log-step" };
    case "irregular":
      return { step: irregular(random), axis: "step" };
    case "long":
      return { step: evenly(1000, (i) => 100 * (i + 1)), axis: "step" };
  }
}

/** 150 evaluations at uneven distances, and three gaps of about a thirtieth of the range. */
function irregular(random: () => number): number[] {
  const gaps = new Set([1, 2, 3].map((k) => Math.floor(25 + 35 * k * (0.7 + 0.3 * random()))));
  let step = 0;
  return evenly(150, (i) => (step += 1 + Math.floor(200 * random()) + (gaps.has(i) ? 600 : 0)));
}

function evenly<T>(n: number, at: (i: number) => T): T[] {
  return Array.from({ length: n }, (_, i) => at(i));
}

export interface Planted {
  readonly series: Series;
  readonly axis: "log-step" | "step";
  /**
   * The step of the onset, between two evaluations or at one; NaN where there is none. Of the logistic it is where the
   * curve is half of the way from its first value to its last: that a wide one does not reach its ends is no onset.
   */
  readonly truth: number;
}

export interface Plan {
  readonly curve: CurveName;
  /** Of the logistic. */
  readonly width?: number;
  readonly grid: GridName;
  /** Null plants a curve without noise. */
  readonly noise: NoiseName | null;
  /** In standard deviations of the noise. */
  readonly amplitude: number;
}

/**
 * The onset lies anywhere among the evaluations but for the outer fifth on either side, evenly over their number, as far
 * in as what is planted there can be seen from both sides; a peak evenly over the range, so that its fall is seen too. `y` has noise of standard deviation 1.
 */
export function plant(plan: Plan, random: () => number): Planted {
  const { step, axis } = gridOf(plan.grid, random);
  const n = step.length;
  const xOf = (s: number): number => (axis === "step" ? s : Math.log10(Math.max(1, s)));
  const first = xOf(step[0] as number);
  const range = xOf(step[n - 1] as number) - first;
  const middle = 0.2 + 0.6 * random();
  const left = Math.floor(middle * (n - 1));
  const share = middle * (n - 1) - left;
  const at =
    plan.curve === "rise and fall"
      ? first + middle * range
      : (1 - share) * xOf(step[left] as number) + share * xOf(step[left + 1] as number);
  const shape = shapeOf(plan, at, range, first + range);
  const onset = plan.curve === "logistic" ? halfWay(shape, first, first + range) : at;
  const truth = axis === "step" ? onset : 10 ** onset;
  const noise = plan.noise === null ? () => 0 : noiseOf(plan.noise, random);
  const value = step.map((s, i) => plan.amplitude * shape(xOf(s)) + noise(i / (n - 1)));
  return {
    series: {
      step: Float64Array.from(step),
      value: Float64Array.from(value),
      stderr: null,
      notRecorded: 0,
      reduced: false,
    },
    axis,
    truth: plan.curve === "none" ? NaN : truth,
  };
}

/** Where a shape that only rises is half of the way from its value at one end to that at the other, by bisection. */
function halfWay(shape: (x: number) => number, first: number, last: number): number {
  const height = (shape(first) + shape(last)) / 2;
  let [low, high] = [first, last];
  for (let k = 0; k < 100; k++) {
    const middle = (low + high) / 2;
    if (shape(middle) < height) low = middle;
    else high = middle;
  }
  return high;
}

function shapeOf(
  { curve, width = 0 }: Plan,
  at: number,
  range: number,
  end: number,
): (x: number) => number {
  switch (curve) {
    case "step":
      return (x) => (x >= at ? 1 : 0);
    case "logistic":
      // From 10 to 90 % are ln 81 of its units.
      return (x) => 1 / (1 + Math.exp((-Math.log(81) * (x - at)) / (width * range)));
    case "hinge":
      return (x) => Math.max(0, x - at) / (end - at);
    case "rise and fall":
      return (x) => Math.exp(-(((x - at) / (0.08 * range)) ** 2) / 2);
    case "none":
      return () => 0;
  }
}

/** Noise by the share of the evaluations that lie behind: its variance is 1, over the whole series where it is uneven. */
function noiseOf(name: NoiseName, random: () => number): (share: number) => number {
  const normal = createNormal(random);
  switch (name) {
    case "white":
      return normal;
    case "AR(1) 0.5":
      return autoregressive(0.5, normal);
    case "AR(1) 0.8":
      return autoregressive(0.8, normal);
    case "heavy-tailed":
      // Student's t with 3 degrees of freedom has a variance of 3.
      return () => normal() / Math.sqrt(normal() ** 2 + normal() ** 2 + normal() ** 2);
    case "heteroscedastic":
      // Falls from 1.6 to 0.1 times as large, as the noise of a loss does.
      return (share) => ((1.6 - 1.5 * share) / Math.sqrt(0.91)) * normal();
  }
}

function autoregressive(rho: number, normal: () => number): () => number {
  let noise = normal();
  return () => {
    const now = noise;
    noise = rho * noise + Math.sqrt(1 - rho * rho) * normal();
    return now;
  };
}
