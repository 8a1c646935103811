/**
 * How long it takes to read runs in place, and by a pool of threads; and how long the thread that answers is held up
 * meanwhile, at most. Fresh processes, interleaved rounds, medians; both read the same. The threads run `dist/worker.js`:
 * `node esbuild.mjs` first.
 *
 *     node bench/pool.mjs [--format events|csv] [--points 10000000] [--files 4] [--rounds 5]
 */

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { build as bundle } from "esbuild";
import { buildKernels, embedded } from "../scripts/kernels.mjs";
import { capture, main, Stop } from "../scripts/processes.mjs";
import { root } from "../scripts/setup.mjs";
import { writeRuns } from "./speed/runs.mjs";

const { values } = parseArgs({
  options: {
    format: { type: "string", default: "events" },
    points: { type: "string", default: "10000000" },
    files: { type: "string", default: "4" },
    rounds: { type: "string", default: "5" },
  },
});

/** @typedef {{ ms: number, cpuMs: number, pauseMs: number, drawn: string }} Reading */

await main(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "onset-pool-"));
  try {
    return await measure(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/**
 * @param {string} folder
 * @returns {Promise<number>} exit code
 */
async function measure(folder) {
  const [files, points] = [Number(values.files), Number(values.points)];
  await writeRuns(folder, { format: values.format, files, points });
  const program = path.join(root, "dist/bench/poolOnce.cjs");
  const script = path.join(root, "dist/worker.js");
  if (!existsSync(script)) throw new Stop(`There is no ${script}: run node esbuild.mjs.`);
  await buildKernels();
  await bundle({
    entryPoints: [path.join(root, "bench/poolOnce.ts")],
    outfile: program,
    ...{ bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" },
    ...{ mainFields: ["module", "main"], loader: embedded },
  });
  /** @param {string} pool @returns {Promise<Reading>} */
  const read = async (pool) => {
    const { code, stdout } = await capture(process.execPath, [program, folder, pool]);
    if (code !== 0) throw new Stop(`${program} ended with exit code ${code}.`);
    /** @type {Reading} */
    const sample = JSON.parse(stdout);
    return sample;
  };
  /** @type {Record<"in place" | "by a pool", Reading[]>} */
  const samples = { "in place": [], "by a pool": [] };
  for (let round = 0; round <= Number(values.rounds); round++) {
    const [here, there] = [await read(""), await read(script)];
    if (here.drawn !== there.drawn) throw new Stop("The pool reads something else.");
    // The first round warms the file system's cache.
    if (round === 0) continue;
    samples["in place"].push(here);
    samples["by a pool"].push(there);
  }
  console.log(`${points} points in ${files} files (${values.format}), ${values.rounds} rounds:`);
  console.log("                  clock   processors   pause");
  for (const [way, own] of Object.entries(samples)) {
    /** @param {"ms" | "cpuMs" | "pauseMs"} time @param {number} width */
    const shown = (time, width) =>
      `${median(own.map((sample) => sample[time])).toFixed(0)} ms`.padStart(width);
    console.log(`  ${way}${shown("ms", 13)}${shown("cpuMs", 13)}${shown("pauseMs", 9)}`);
  }
  return 0;
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
