/**
 * Runs bench/truth/survival.ts and prints how often each interval and test was right. Exits with 1 where a rate is outside
 * of its bounds.
 *
 *     node bench/truth/survival.mjs [--repetitions 1000]
 */

import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { main } from "../../scripts/processes.mjs";
import { root } from "../../scripts/setup.mjs";

const { values } = parseArgs({ options: { repetitions: { type: "string", default: "1000" } } });

/**
 * @typedef {object} Calibration
 * @property {string} name
 * @property {string} counted
 * @property {number} rate
 * @property {[low: number, high: number]} within
 */

await main(async () => {
  const outfile = path.join(root, "dist/bench/survivalTruth.cjs");
  await build({
    entryPoints: [path.join(root, "bench/truth/survival.ts")],
    ...{ outfile, bundle: true, platform: "node", format: "cjs", target: "node20" },
  });
  /** @type {{ run: (repetitions: number) => Calibration[] }} */
  const truth = createRequire(import.meta.url)(outfile);
  const repetitions = Number(values.repetitions);
  console.log(`## Seed groups and onsets across runs\n\n${repetitions} repetitions.\n`);
  console.log("| Method and truth | Counted | Rate | Bounds |\n| --- | --- | --- | --- |");
  let isWithin = true;
  for (const { name, counted, rate, within } of truth.run(repetitions)) {
    isWithin &&= within[0] <= rate && rate <= within[1];
    const bounds = within.map((bound) => percent(Math.min(1, Math.max(0, bound)))).join(" to ");
    console.log(`| ${name} | ${counted} | ${percent(rate)} | ${bounds} |`);
  }
  return isWithin ? 0 : 1;
});

/** @param {number} rate */
function percent(rate) {
  return `${(100 * rate).toFixed(1)} %`;
}
