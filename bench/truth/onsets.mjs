/**
 * Runs bench/truth/onsets.ts and writes docs/truth.md: how often the onsets of methods on one curve are right. Exits with 1
 * where a goal is missed.
 *
 *     node bench/truth/onsets.mjs [--seeds 1000]
 */

import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { format, resolveConfig } from "prettier";
import { main } from "../../scripts/processes.mjs";
import { root } from "../../scripts/setup.mjs";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "1000" } } });

/**
 * @typedef {object} Row
 * @property {string} method
 * @property {string} curve
 * @property {string} noise
 * @property {number} amplitude
 * @property {readonly string[]} grids
 * @property {number} series
 * @property {number} found
 * @property {number} held
 * @property {number} width
 * @typedef {object} Goal
 * @property {string} name
 * @property {readonly [low: number, high: number]} within
 * @typedef {object} Truth
 * @property {(seeds: number, onRow: (row: Row) => void) => Row[]} run
 * @property {readonly Goal[]} goals
 * @property {(goal: Goal, rows: readonly Row[]) => { rate: number, of: number }} judge
 * @property {readonly number[]} AMPLITUDES
 */

await main(async () => {
  const outfile = path.join(root, "dist/bench/onsetsTruth.cjs");
  await build({
    entryPoints: [path.join(root, "bench/truth/onsets.ts")],
    ...{ outfile, bundle: true, platform: "node", format: "cjs", target: "node20" },
  });
  /** @type {Truth} */
  const truth = createRequire(import.meta.url)(outfile);
  const seeds = Number(values.seeds);
  const rows = truth.run(seeds, ({ method, curve, noise, amplitude, found, held }) => {
    console.log([method, curve, noise, amplitude, percent(found), percent(held)].join(" · "));
  });
  const results = truth.goals.map((goal) => ({ goal, ...truth.judge(goal, rows) }));
  const isMet = results.every(({ goal, rate }) => goal.within[0] <= rate && rate <= goal.within[1]);
  const file = path.join(root, "docs/truth.md");
  const text = pageOf(seeds, rows, results, truth.AMPLITUDES);
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  return isMet ? 0 : 1;
});

/**
 * @param {number} seeds
 * @param {readonly Row[]} rows
 * @param {readonly { goal: Goal, rate: number, of: number }[]} results
 * @param {readonly number[]} amplitudes
 */
function pageOf(seeds, rows, results, amplitudes) {
  const flat = rows.filter(({ curve }) => curve === "none");
  const noises = [...new Set(flat.map(({ noise }) => noise))];
  const noisy = rows.filter(({ curve, noise }) => curve !== "none" && noise !== "no noise");
  /** @type {Map<string, Row[]>} */
  const lines = new Map();
  for (const row of noisy) {
    const key = `${row.method} | ${row.curve} | ${row.noise}`;
    lines.set(key, [...(lines.get(key) ?? []), row]);
  }
  return `# Planted truth

How often the methods on one curve are right where the onset is known, because it was planted: written by
\`npm run bench:truth\`, which plants and asks anew, and fails where a goal is missed. This page is of ${seeds} seeds for
each case on each grid. Curves: a step, a logistic of five widths (from 10 to 90 %, as shares of the range), a hinge, a rise
and fall, and none. Grids: 100 evaluations in log-step, 200 evenly, Pythia's 154 checkpoints, 150 unevenly with gaps; for
series without an onset also 1,000 evenly. Noise has a standard deviation of 1: white, AR(1), Student's t with 3 degrees of
freedom, and one that falls from 1.7 to 0.1. The amplitude of a curve is in these standard deviations.

## Goals

| Goal | Rate | Of | Wanted | |
| --- | --- | --- | --- | --- |
${results
  .map(({ goal, rate, of }) => {
    const [low, high] = goal.within;
    const wanted = high === 1 ? `${percent(low)} or more` : `${percent(high)} or less`;
    const isMet = low <= rate && rate <= high;
    return `| ${goal.name} | ${percent(rate)} | ${Math.round(of)} | ${wanted} | ${isMet ? "met" : "**missed**"} |`;
  })
  .join("\n")}

Single kinds of noise that do not meet the goal of their method:

${missed(rows)}

## Series without an onset

Share of the series in which a method finds one.

| Method | ${noises.join(" | ")} |
| --- | ${noises.map(() => "---").join(" | ")} |
${[...new Set(flat.map(({ method }) => method))]
  .map((method) => {
    const cells = noises.map((noise) => {
      const row = flat.find((one) => one.method === method && one.noise === noise);
      return row ? percent(row.found) : "";
    });
    return `| ${method} | ${cells.join(" | ")} |`;
  })
  .join("\n")}

## Series with an onset

Share of the series in which it is found, share of the intervals found that hold the truth, and their median width in
evaluations. M6 claims 90 % on steps and hinges; M7's intervals hold 90 % of its own posterior, whose noise is white; M1's
are of the evaluation grid, and claim nothing under noise; M20's are where the fit is in the top quarter of the peak.

| Method | Curve | Noise | ${amplitudes.map((amplitude) => `${amplitude} sd`).join(" | ")} |
| --- | --- | --- | ${amplitudes.map(() => "---").join(" | ")} |
${[...lines]
  .map(([key, of]) => {
    const cells = of.map(({ found, held, width }) =>
      found === 0 ? "0 %" : `${percent(found)}, ${percent(held)}, ${width}`,
    );
    return `| ${key} | ${cells.join(" | ")} |`;
  })
  .join("\n")}
`;
}

/** @param {readonly Row[]} rows */
function missed(rows) {
  return rows
    .flatMap(({ method, curve, noise, amplitude, found, held }) => {
      const isGoal = /^M1 baseline|^M6/.test(method);
      if (isGoal && curve === "none" && found > 0.01) {
        return [`- ${method}, ${noise}, no onset: one is found in ${percent(found)}`];
      }
      const isClaimed = /^M6/.test(method) && amplitude >= 5 && held < 0.87;
      return isClaimed
        ? [`- ${method}, ${curve}, ${noise}, ${amplitude} sd: ${percent(held)} hold it`]
        : [];
    })
    .join("\n");
}

/** @param {number} rate */
function percent(rate) {
  return Number.isNaN(rate) ? "–" : `${(100 * rate).toFixed(1)} %`;
}
