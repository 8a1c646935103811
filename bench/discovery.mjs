/**
 * How long it takes to find 10,000 runs with 154 checkpoint directories each, as a ratio to `find` over the same tree, in
 * fresh processes and interleaved rounds; when the first runs are there, and how much memory it takes. Exits with 1 above
 * a limit.
 *
 *     node bench/discovery.mjs [--runs N] [--tree DIR]
 *
 * `--tree` keeps the tree in DIR and uses it again, since it takes a minute to make.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { build as bundle } from "esbuild";
import { buildKernels, embedded } from "../scripts/kernels.mjs";
import { main, Stop } from "../scripts/processes.mjs";
import { root } from "../scripts/setup.mjs";

const limits = { ratio: 1.5, firstMs: 1_000, megabytes: 300 };
const rounds = 5;

/** The steps of Pythia's published checkpoints. */
const steps = [
  0,
  ...Array.from({ length: 10 }, (_, i) => 2 ** i),
  ...Array.from({ length: 143 }, (_, i) => 1000 * (i + 1)),
];

const { values } = parseArgs({
  options: { runs: { type: "string", default: "10000" }, tree: { type: "string" } },
});

await main(async () => {
  const runs = Number(values.runs);
  const kept = values.tree === undefined ? null : path.resolve(values.tree);
  const tree = kept ?? (await mkdtemp(path.join(tmpdir(), "onset-tree-")));
  try {
    makeTree(tree, runs);
    return await measure(tree, runs);
  } finally {
    if (kept === null) await rm(tree, { recursive: true, force: true });
  }
});

/**
 * @param {string} tree
 * @param {number} runs
 */
function makeTree(tree, runs) {
  const done = path.join(tree, ".done");
  if (existsSync(done)) return;
  console.log(`Making ${runs} runs with ${steps.length} checkpoint directories each …`);
  for (let run = 0; run < runs; run++) {
    const directory = path.join(tree, `run-${String(run).padStart(5, "0")}`);
    mkdirSync(directory, { recursive: true });
    for (const step of steps) mkdirSync(`${directory}/step${step}`);
  }
  writeFileSync(done, "");
}

/**
 * @param {string} tree
 * @param {number} runs
 * @returns {Promise<number>} exit code
 */
async function measure(tree, runs) {
  const program = path.join(root, "dist/bench/discoverOnce.cjs");
  await buildKernels();
  await bundle({
    entryPoints: [path.join(root, "bench/discoverOnce.ts")],
    outfile: program,
    ...{ bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" },
    ...{ mainFields: ["module", "main"], loader: embedded },
  });
  /** @type {{ find: number, onset: number, firstMs: number, megabytes: number }[]} */
  const samples = [];
  // The first round warms the file system's cache for both, and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const find = await timed("find", [tree, "-maxdepth", "2"]);
    const onset = await timed(process.execPath, [program, tree]);
    /** @type {{ runs: number, checkpoints: number, firstMs: number, megabytes: number }} */
    const found = JSON.parse(onset.output);
    if (found.runs !== runs || found.checkpoints !== runs * steps.length) {
      throw new Stop(`Found ${found.runs} runs with ${found.checkpoints} checkpoints.`);
    }
    if (round > 0) samples.push({ find: find.ms, onset: onset.ms, ...found });
  }
  const ratio = median(samples.map(({ find, onset }) => onset / find));
  const firstMs = median(samples.map((sample) => sample.firstMs));
  const megabytes = median(samples.map((sample) => sample.megabytes));
  console.log(`Medians of ${rounds} rounds, ${runs * steps.length} checkpoint directories:`);
  console.log(`  find -maxdepth 2   ${median(samples.map(({ find }) => find)).toFixed(0)} ms`);
  console.log(`  Onset              ${median(samples.map(({ onset }) => onset)).toFixed(0)} ms`);
  console.log(`  ratio              ${ratio.toFixed(2)}, limit ${limits.ratio}`);
  console.log(`  first runs after   ${firstMs.toFixed(0)} ms, limit ${limits.firstMs}`);
  console.log(`  peak memory        ${megabytes.toFixed(0)} MB, limit ${limits.megabytes}`);
  const isWithin =
    ratio <= limits.ratio && firstMs <= limits.firstMs && megabytes <= limits.megabytes;
  return isWithin ? 0 : 1;
}

/**
 * Runs a program to its end, its output read and kept only where it is short.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<{ ms: number, output: string }>}
 */
function timed(program, args) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (/** @type {Buffer} */ piece) => {
      if (output.length < 10_000) output += piece.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve({ ms: performance.now() - start, output });
      else reject(new Stop(`${program} ended with exit code ${code}.`));
    });
  });
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
