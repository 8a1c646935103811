/**
 * Simulates the quantiles of Hartigan's dip for uniform samples, the least favourable ones with a single mode, and writes
 * them to src/core/analysis/dipTable.ts. Seeded: it writes the same file again. Takes about half an hour.
 *
 *     node scripts/dipTable.mjs
 */

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { main, Stop } from "./processes.mjs";
import { root } from "./setup.mjs";

const sizes = [
  ...[10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 27, 30, 35, 40, 50, 60, 80, 100, 150],
  ...[200, 350, 600, 1000, 2500, 10_000],
];
const tails = [
  ...[0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.12, 0.1, 0.08, 0.07],
  ...[0.06, 0.05, 0.04, 0.03, 0.02, 0.015, 0.01, 0.007, 0.005, 0.003, 0.002, 0.001, 0.0005],
  ...[0.0002, 0.0001],
];
const seed = 1985;

/** Samples of one size: a million where they are small, fewer where each takes long. @param {number} n */
const repetitions = (n) => (n <= 100 ? 1_000_000 : n <= 1000 ? 400_000 : 100_000);

/**
 * @typedef {object} Core
 * @property {(sorted: Float64Array) => number} dipOfSorted
 * @property {(seed: number) => () => number} createRandom
 */

await main(async () => {
  const core = await loadCore();
  /** @type {string[]} */
  const rows = [];
  for (const n of sizes) {
    const quantiles = simulate(core, n);
    rows.push(`  [${quantiles.map((quantile) => quantile.toFixed(5)).join(", ")}],`);
    console.log(`n = ${n}: 5 % exceed ${quantiles[tails.indexOf(0.05)]?.toFixed(5)}`);
  }
  await writeFile(path.join(root, "src/core/analysis/dipTable.ts"), fileOf(rows));
  return 0;
});

/** @returns {Promise<Core>} */
async function loadCore() {
  const outfile = path.join(root, "dist/scripts/dip.mjs");
  const { errors } = await build({
    stdin: {
      contents:
        'export { dipOfSorted } from "./dip.js"; export { createRandom } from "./statistics.js";',
      resolveDir: path.join(root, "src/core/analysis"),
    },
    ...{ outfile, bundle: true, platform: "neutral", format: "esm", target: "node20" },
  });
  if (errors.length > 0) throw new Stop("The dip could not be bundled.");
  /** @type {Core} */
  const core = await import(pathToFileURL(outfile).href);
  return core;
}

/**
 * √n times the dips that the shares `tails` of uniform samples reach.
 *
 * @param {Core} core
 * @param {number} n
 */
function simulate({ dipOfSorted, createRandom }, n) {
  const count = repetitions(n);
  const random = createRandom(seed + n);
  const dips = new Float64Array(count);
  const sample = new Float64Array(n);
  for (let i = 0; i < count; i++) {
    // The gaps of a uniform sample are exponential, up to the scale, which the dip does not see.
    let at = 0;
    for (let j = 1; j < n; j++) sample[j] = at -= Math.log(1 - random());
    dips[i] = dipOfSorted(sample) * Math.sqrt(n);
  }
  dips.sort();
  return tails.map((tail) => dips[count - Math.ceil(count * tail)] ?? NaN);
}

/** @param {readonly string[]} rows */
function fileOf(rows) {
  return `/** Written by scripts/dipTable.mjs: quantiles of Hartigan's dip for uniform samples, simulated with seed ${seed}. */

/** Sample sizes, one row each. */
// prettier-ignore
export const DIP_SIZES: readonly number[] = ${list(sizes)};

/** Shares of the samples, one column each. */
// prettier-ignore
export const DIP_TAILS: readonly number[] = ${list(tails)};

/** √n times the dip that this share of the samples reaches. */
// prettier-ignore
export const DIP_QUANTILES: readonly (readonly number[])[] = [
${rows.join("\n")}
];
`;
}

/** @param {readonly number[]} numbers */
function list(numbers) {
  return `[\n  ${numbers.join(", ").replace(/(.{1,110}) /g, "$1\n  ")},\n]`;
}
