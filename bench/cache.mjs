/**
 * How long it takes until runs are read, and until the first chart of them is there: read anew, and from what was kept of
 * them. Fresh processes, interleaved rounds, medians; both give the same first. Exits with 1 where runs that were kept are
 * read less than ten times faster.
 *
 *     node bench/cache.mjs [--format events|csv] [--points 10000000] [--files 1] [--rounds 5]
 */

import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { build as bundle } from "esbuild";
import { buildKernels, embedded } from "../scripts/kernels.mjs";
import { capture, main, Stop } from "../scripts/processes.mjs";
import { root } from "../scripts/setup.mjs";
import { TAGS, writeRuns } from "./speed/runs.mjs";

const LEAST_RATIO = 10;

const { values } = parseArgs({
  options: {
    format: { type: "string", default: "events" },
    points: { type: "string", default: "10000000" },
    files: { type: "string", default: "1" },
    rounds: { type: "string", default: "5" },
  },
});

/** @typedef {{ readMs: number, ms: number, cpuMs: number, points: number, drawn: string }} Opened */

await main(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "onset-cache-"));
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
  const runs = path.join(folder, "runs");
  const cache = path.join(folder, "cache");
  const files = Number(values.files);
  await writeRuns(runs, { format: values.format, files, points: Number(values.points) });
  const program = path.join(root, "dist/bench/cacheOnce.cjs");
  await buildKernels();
  await bundle({
    entryPoints: [path.join(root, "bench/cacheOnce.ts")],
    outfile: program,
    ...{ bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" },
    ...{ mainFields: ["module", "main"], loader: embedded },
  });
  /** @param {readonly string[]} more @returns {Promise<Opened>} */
  const opened = async (...more) => {
    const args = [program, runs, TAGS[0] ?? "", ...more];
    const { code, stdout } = await capture(process.execPath, args);
    if (code !== 0) throw new Stop(`${program} ended with exit code ${code}.`);
    /** @type {Opened} */
    const sample = JSON.parse(stdout);
    return sample;
  };

  const plain = await opened("", "--whole");
  const filling = await opened(cache, "--whole");
  const kept = await opened(cache, "--whole");
  if (plain.drawn !== kept.drawn || plain.drawn !== filling.drawn) {
    throw new Stop("What was kept gives another chart.");
  }
  /** @type {Record<"cold" | "kept", Opened[]>} */
  const samples = { cold: [], kept: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    samples.cold.push(await opened(""));
    samples.kept.push(await opened(cache));
  }
  let bytes = 0;
  for (const name of await readdir(cache)) bytes += (await stat(path.join(cache, name))).size;
  /** @param {"cold" | "kept"} way @param {"readMs" | "ms" | "cpuMs"} time */
  const medianOf = (way, time) => median(samples[way].map((sample) => sample[time]));
  /** @param {"readMs" | "ms" | "cpuMs"} time */
  const ratioOf = (time) => medianOf("cold", time) / medianOf("kept", time);
  console.log(`${plain.points} points in ${files} files, medians of ${values.rounds} rounds:`);
  console.log("                     cold        kept   ratio");
  for (const [what, time] of /** @type {const} */ ([
    ["read", "readMs"],
    ["first chart", "ms"],
    ["processors", "cpuMs"],
  ])) {
    const [cold, kept] = [medianOf("cold", time).toFixed(0), medianOf("kept", time).toFixed(0)];
    const columns = [`${cold} ms`.padStart(11), `${kept} ms`.padStart(11)];
    console.log(`  ${what.padEnd(12)}${columns.join(" ")}${ratioOf(time).toFixed(1).padStart(8)}`);
  }
  console.log(`  kept while read for the first time  ${filling.ms.toFixed(0)} ms`);
  console.log(`  bytes/point     ${(bytes / plain.points).toFixed(1)}`);
  return ratioOf("readMs") >= LEAST_RATIO ? 0 : 1;
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
