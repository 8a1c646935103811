/**
 * How often the intervals and tests of seed groups and of onsets across runs are right where the truth is planted: coverage
 * of 95 % intervals, false alarms at 5 %. Seeded: the k-th repetition of a case is always the same.
 */

import { summariseGroup } from "../../src/core/analysis/groupSummary.js";
import { kaplanMeier } from "../../src/core/analysis/kaplanMeier.js";
import { logRank } from "../../src/core/analysis/logRank.js";
import { orderAndLag } from "../../src/core/analysis/orderAndLag.js";
import { shareBy } from "../../src/core/analysis/seedShare.js";
import { createNormal, createRandom } from "../../src/core/analysis/statistics.js";
import { turnbull } from "../../src/core/analysis/turnbull.js";
import { turnbullMedian } from "../../src/core/analysis/turnbullMedian.js";
import { findTwoModes } from "../../src/core/analysis/twoModes.js";
import type { Interval } from "../../src/core/model/interval.js";

export interface Calibration {
  readonly name: string;
  /** What is counted, and over what. */
  readonly counted: string;
  readonly repetitions: number;
  readonly rate: number;
  /** What the rate must lie within. */
  readonly within: readonly [low: number, high: number];
}

type Random = () => number;

/** What one repetition says: how often it was right, of how many times. */
type Tally = readonly [right: number, of: number];

export interface Case {
  readonly name: string;
  readonly counted: string;
  readonly within: readonly [low: number, high: number];
  readonly repeat: (random: Random) => Tally;
}

/** Repetitions at which the cases' bounds hold as they stand. */
const FULL = 1000;

/**
 * Runs every case so often. 1,000 repetitions tell 95 % from 93 %; 20 tell a mistake: with fewer than 1,000 the bounds are
 * wider by three standard errors of what is missing.
 */
export function run(repetitions: number): Calibration[] {
  return cases.map((_, index) => repeatCase(index, repetitions));
}

/** One of the cases, by its place among them. */
export function repeatCase(index: number, repetitions: number): Calibration {
  const { name, counted, within, repeat } = cases[index] as Case;
  let right = 0;
  let all = 0;
  for (let k = 0; k < repetitions; k++) {
    const [good, of] = repeat(createRandom(1_000_003 * (index + 1) + k));
    right += good;
    all += of;
  }
  const error = 3 * Math.sqrt(0.95 * 0.05);
  const slack = Math.max(0, error / Math.sqrt(repetitions) - error / Math.sqrt(FULL));
  const [low, high] = within;
  return { name, counted, repetitions, rate: right / all, within: [low - slack, high + slack] };
}

/** Steps at which runs of one recipe are evaluated: powers of two, then evenly. */
const SHARED_GRID = [64, 128, 256, ...Array.from({ length: 18 }, (_, i) => 250 * (i + 2))];

/** Onsets after Weibull's distribution, and a share of runs that never show the behaviour. */
interface Truth {
  readonly shape: number;
  readonly scale: number;
  readonly never: number;
}

const STEEP: Truth = { shape: 3, scale: 1500, never: 0 };
const SPREAD: Truth = { shape: 1.2, scale: 1500, never: 0 };
const SOME_NEVER: Truth = { shape: 2, scale: 1200, never: 0.25 };

function drawOnset({ shape, scale, never }: Truth, random: Random): number {
  const isNever = random() < never;
  const onset = scale * (-Math.log(1 - random())) ** (1 / shape);
  return isNever ? Infinity : onset;
}

/** P(not shown by the step). */
function survivalAt({ shape, scale, never }: Truth, step: number): number {
  return never + (1 - never) * Math.exp(-((step / scale) ** shape));
}

function trueMedian({ shape, scale, never }: Truth): number {
  return scale * Math.log((1 - never) / (0.5 - never)) ** (1 / shape);
}

/** What is seen of an onset at some steps. */
function seenAt(steps: readonly number[], onset: number): Interval {
  const index = steps.findIndex((step) => step >= onset);
  if (index < 0) return { after: steps.at(-1) ?? null, by: null };
  return { after: steps[index - 1] ?? null, by: steps[index] as number };
}

/** The first evaluations of a run that is stopped somewhere, never before the third. */
function stopped(steps: readonly number[], random: Random): number[] {
  return steps.slice(0, 3 + Math.floor(random() * (steps.length - 2)));
}

/** Every so many steps, from a step on that is the run's own. */
function ownGrid(random: Random): number[] {
  const width = 100 + Math.floor(random() * 400);
  const first = Math.floor(random() * width);
  return Array.from({ length: Math.ceil(5000 / width) }, (_, i) => first + i * width);
}

function times<T>(n: number, make: () => T): T[] {
  return Array.from({ length: n }, make);
}

/** Kaplan–Meier's intervals at the steps where between 10 and 90 % of the runs show the behaviour. */
function kaplanMeierCase(truth: Truth, runs: number, isStopped: boolean, what: string): Case {
  return {
    name: `Kaplan–Meier, ${runs} runs, ${what}`,
    counted: "95 % intervals, at steps with a true share of 10 to 90 %, that hold it",
    within: [0.93, 0.97],
    repeat: (random) => {
      const onsets = times(runs, () => {
        const steps = isStopped ? stopped(SHARED_GRID, random) : SHARED_GRID;
        return seenAt(steps, drawOnset(truth, random));
      });
      let held = 0;
      let all = 0;
      for (const { step, interval, events } of kaplanMeier(onsets).points) {
        const survival = survivalAt(truth, step);
        if (events === 0 || interval === null || survival < 0.1 || survival > 0.9) continue;
        all++;
        if (interval[0] <= survival && survival <= interval[1]) held++;
      }
      return [held, all];
    },
  };
}

function medianCase(truth: Truth, runs: number, what: string): Case {
  const median = trueMedian(truth);
  return {
    name: `Median onset by Turnbull, ${runs} runs, ${what}`,
    counted: "95 % bootstrap intervals that hold it",
    // Ends are evaluations, so that the interval is wider than it would have to be.
    within: [0.93, 1],
    repeat: (random) => {
      const onsets = times(runs, () => seenAt(ownGrid(random), drawOnset(truth, random)));
      const { interval } = turnbullMedian(onsets, { repetitions: 300 });
      const isHeld =
        (interval?.after ?? -Infinity) < median && median <= (interval?.by ?? Infinity);
      return [isHeld ? 1 : 0, 1];
    },
  };
}

function logRankCase(runs: number, truth: Truth, what: string): Case {
  return {
    name: `Log-rank, two groups of ${runs}, ${what}`,
    counted: "comparisons of one recipe with itself with p < 0.05",
    // A permutation of few runs has few p-values, and stays below rather than above.
    within: [0.02, 0.07],
    repeat: (random) => {
      const group = (): Interval[] =>
        times(runs, () => seenAt(stopped(SHARED_GRID, random), drawOnset(truth, random)));
      const { p } = logRank([group(), group()]);
      return [p !== null && p < 0.05 ? 1 : 0, 1];
    },
  };
}

function lagCase(runs: number): Case {
  const lag = 800;
  return {
    name: `Median lag of two behaviours, ${runs} runs`,
    counted: "95 % bootstrap intervals that hold it",
    within: [0.93, 1],
    repeat: (random) => {
      const normal = createNormal(random);
      const x: Interval[] = [];
      const y: Interval[] = [];
      for (let k = 0; k < runs; k++) {
        const steps = ownGrid(random);
        const onset = drawOnset(STEEP, random);
        x.push(seenAt(steps, onset));
        y.push(seenAt(steps, onset + lag * Math.exp(0.5 * normal())));
      }
      const { interval } = orderAndLag(x, y, { repetitions: 300 }).lag;
      const isHeld = (interval?.after ?? -Infinity) < lag && lag < (interval?.by ?? Infinity);
      return [isHeld ? 1 : 0, 1];
    },
  };
}

export const cases: readonly Case[] = [
  kaplanMeierCase(STEEP, 40, false, "none stopped"),
  kaplanMeierCase(SPREAD, 40, true, "stopped at random"),
  kaplanMeierCase(SOME_NEVER, 40, false, "a quarter never shows it"),
  kaplanMeierCase(SOME_NEVER, 80, true, "a quarter never shows it, stopped at random"),
  kaplanMeierCase(SPREAD, 20, false, "none stopped"),
  medianCase(STEEP, 20, "each evaluated at its own steps"),
  medianCase(SPREAD, 40, "each evaluated at its own steps"),
  medianCase(SOME_NEVER, 40, "a quarter never shows it"),
  {
    name: "Turnbull, 60 runs, each evaluated at its own steps",
    counted: "estimates that meet the Kuhn–Tucker conditions to 1e-6",
    within: [1, 1],
    repeat: (random) => {
      const onsets = times(60, () => seenAt(ownGrid(random), drawOnset(SOME_NEVER, random)));
      return [turnbull(onsets).converged ? 1 : 0, 1];
    },
  },
  logRankCase(8, SPREAD, "by permutation"),
  logRankCase(25, SOME_NEVER, "by χ²"),
  lagCase(20),
  {
    name: "Wilson, 20 runs, a true share of 20 to 80 %",
    counted: "95 % intervals that hold it",
    within: [0.93, 0.97],
    repeat: (random) => {
      const share = 0.2 + 0.6 * random();
      const onsets = times(20, () => seenAt([1, 2], random() < share ? 1.5 : Infinity));
      const { interval } = shareBy(onsets, 2);
      return [interval && interval[0] <= share && share <= interval[1] ? 1 : 0, 1];
    },
  },
  {
    name: "Mean of 3 seeds",
    counted: "95 % intervals that hold it",
    within: [0.93, 0.97],
    repeat: (random) => {
      const [low, high] = summariseGroup(times(3, createNormal(random))).ci ?? [1, -1];
      return [low <= 0 && 0 <= high ? 1 : 0, 1];
    },
  },
  {
    name: "Two modes, 20 seeds of one",
    counted: "groups flagged",
    within: [0, 0.05],
    repeat: (random) => [findTwoModes(times(20, createNormal(random))).hidesTwoGroups ? 1 : 0, 1],
  },
  {
    name: "Two modes, 20 seeds of two, eight sd apart",
    counted: "groups flagged",
    within: [0.95, 1],
    repeat: (random) => {
      const normal = createNormal(random);
      const values = [...times(10, normal), ...times(10, () => 8 + normal())];
      return [findTwoModes(values).hidesTwoGroups ? 1 : 0, 1];
    },
  },
];
