/**
 * What onset analysis costs, as ratios to a plain scan over the same numbers, so that the machine does not matter:
 * - exact change points of 100,000 and a million evaluations with ten shifts, to one scan for sums;
 * - M1's onsets of 10,000 runs of 1,000 evaluations, to one scan that compares each value.
 * Medians of rounds in which the two take turns.
 *
 *     node bench/changePoints.mjs [--rounds 7]
 */

import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { main } from "../scripts/processes.mjs";
import { root } from "../scripts/setup.mjs";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" } } });
const rounds = Math.max(5, Number(values.rounds));

/** The most that a ratio is meant to be. */
const GOALS = { changePoints: 300, onsets: 2 };

/**
 * @typedef {{ step: Float64Array, value: Float64Array, stderr: null, notRecorded: number, reduced: boolean }} Series
 * @typedef {(from: number, to: number) => number} SegmentCost
 * @typedef {object} Core
 * @property {(series: Series, options: { kind: string }) => { breaks: readonly unknown[] }} findChangePoints
 * @property {(n: number, cost: SegmentCost, penalty: number, least: number) => number[] | null} findOptimalPartition
 * @property {(values: Float64Array) => SegmentCost} meanCost
 * @property {(series: Series, isPresent: (y: number) => boolean, persistence: number) => { by: number | null }} findOnset
 * @property {(operator: string, level: number) => (value: number) => boolean} comparison
 * @property {(random: () => number) => () => number} createNormal
 * @property {(seed: number) => () => number} createRandom
 */

await main(async () => {
  const core = await loadCore();
  /** @type {string[]} */
  const missed = [];
  console.log("| What | Ratio to a plain scan | Goal |\n| --- | --- | --- |");
  /** @type {(what: string, ratio: number, goal: number | null) => void} */
  const report = (what, ratio, goal) => {
    if (goal !== null && ratio > goal) missed.push(what);
    console.log(`| ${what} | ${ratio.toFixed(ratio < 10 ? 2 : 0)} | ${goal ?? ""} |`);
  };

  const perPoint = [];
  for (const n of [100_000, 1_000_000]) {
    const series = shifts(core, n, 10);
    const cost = core.meanCost(series.value);
    const penalty = 3 * Math.log(n);
    const search = compare(
      () => core.findOptimalPartition(n, cost, penalty, 2)?.length ?? 0,
      () => sums(series.value),
    );
    const whole = compare(
      () => core.findChangePoints(series, { kind: "mean" }).breaks.length,
      () => sums(series.value),
    );
    const goal = n === 100_000 ? GOALS.changePoints : null;
    report(`exact partition, ${n.toLocaleString("en-US")} evaluations`, search.ratio, goal);
    report(`M6 with intervals, ${n.toLocaleString("en-US")} evaluations`, whole.ratio, null);
    perPoint.push(search.milliseconds / n);
  }
  const growth = /** @type {number} */ (perPoint[1]) / /** @type {number} */ (perPoint[0]);
  console.log(
    `\nOf a million an evaluation takes ${growth.toFixed(2)} times as long as of 100,000.\n`,
  );

  const runs = Array.from({ length: 10_000 }, (_, k) => oneStep(core, 1000, k));
  const isAbove = core.comparison(">", 0.5);
  const onsets = compare(
    () =>
      runs.reduce((count, run) => count + (core.findOnset(run, isAbove, 2).by === null ? 0 : 1), 0),
    () => runs.reduce((count, { value }) => count + countAbove(value, 0.5), 0),
  );
  report("M1, 10,000 runs of 1,000 evaluations", onsets.ratio, GOALS.onsets);
  return missed.length === 0 ? 0 : 1;
});

/** @returns {Promise<Core>} */
async function loadCore() {
  const outfile = path.join(root, "dist/bench/changePoints.cjs");
  const names = [
    "changePoints",
    "optimalPartition",
    "segmentCosts",
    "findOnset",
    "sensitivity",
    "statistics",
  ];
  await build({
    stdin: {
      contents: names.map((name) => `export * from "./src/core/analysis/${name}.ts";`).join("\n"),
      resolveDir: root,
    },
    ...{ outfile, bundle: true, platform: "node", format: "cjs", target: "node20" },
  });
  /** @type {unknown} */
  const core = createRequire(import.meta.url)(outfile);
  return /** @type {Core} */ (core);
}

/**
 * Medians over the rounds, of which the first two are left out: by then the code is compiled.
 *
 * @param {() => number} task
 * @param {() => number} scan
 */
function compare(task, scan) {
  const [long, short] = [[], []].map(() => /** @type {number[]} */ ([]));
  let kept = 0;
  for (let k = -2; k < rounds; k++) {
    const begin = performance.now();
    kept += task();
    const middle = performance.now();
    kept += scan();
    const end = performance.now();
    if (k < 0) continue;
    long?.push(middle - begin);
    short?.push(end - middle);
  }
  if (Number.isNaN(kept)) throw new Error("a result is no number");
  const milliseconds = medianOf(long ?? []);
  return { milliseconds, ratio: milliseconds / medianOf(short ?? []) };
}

/** @param {readonly number[]} times */
function medianOf(times) {
  return /** @type {number} */ (times.toSorted((a, b) => a - b)[times.length >> 1]);
}

/** @param {Float64Array} value */
function sums(value) {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < value.length; i++) {
    const y = /** @type {number} */ (value[i]);
    sum += y;
    squares += y * y;
  }
  return sum + squares;
}

/**
 * @param {Float64Array} value
 * @param {number} level
 */
function countAbove(value, level) {
  let count = 0;
  for (let i = 0; i < value.length; i++) if (/** @type {number} */ (value[i]) > level) count++;
  return count;
}

/**
 * @param {Core} core
 * @param {number} n
 * @param {number} count
 * @returns {Series}
 */
function shifts({ createNormal, createRandom }, n, count) {
  const normal = createNormal(createRandom(n));
  const levels = Array.from({ length: count + 1 }, (_, k) => (k % 2 === 0 ? 0 : 2 + (k % 3)));
  return seriesOf(n, (i) => (levels[Math.floor((i * (count + 1)) / n)] ?? 0) + normal());
}

/**
 * @param {Core} core
 * @param {number} n
 * @param {number} seed
 */
function oneStep({ createRandom }, n, seed) {
  const random = createRandom(seed);
  const at = n * random();
  return seriesOf(n, (i) => (i < at ? 0.2 : 0.8) + 0.2 * (random() - 0.5));
}

/**
 * @param {number} n
 * @param {(i: number) => number} valueAt
 * @returns {Series}
 */
function seriesOf(n, valueAt) {
  return {
    step: Float64Array.from({ length: n }, (_, i) => i),
    value: Float64Array.from({ length: n }, (_, i) => valueAt(i)),
    stderr: null,
    notRecorded: 0,
    reduced: false,
  };
}
