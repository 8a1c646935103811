/**
 * How fast logs are read, every checksum verified: as a ratio to `readSync` into a buffer that is used again, and to the
 * plain reader. Fresh processes, interleaved rounds, medians; the first round warms the file system's cache. That both
 * readers give the same is checked before.
 *
 *     node bench/speed/readers.mjs [--format events|wandb|jsonl|csv|trainer-state] [--megabytes 200] [--rounds 5]
 *                                  [--order cycle|random] [--folder DIR] [--python PROGRAM]
 *
 * `--folder` keeps the files in DIR and uses them again. `--python` names a Python to measure the loaders of TensorBoard,
 * TensorFlow or W&B with; those that it does not have are said to be absent.
 */

import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { build as bundle } from "esbuild";
import { buildKernels, embedded } from "../../scripts/kernels.mjs";
import { capture, main, Stop } from "../../scripts/processes.mjs";
import { root } from "../../scripts/setup.mjs";
import { writeEventLog } from "./eventLog.mjs";
import { writeCsv } from "./csvLog.mjs";
import { writeJsonLines } from "./jsonlLog.mjs";
import { writeTrainerState } from "./trainerStateLog.mjs";
import { writeWandbLog } from "./wandbLog.mjs";

const FILES = 4;
const BYTES_OF_EVENT = 53;

/** Formats that a few lines of JavaScript read too, without looking at what is odd: `script` in `readOnce.ts`. */
const SCRIPTED = new Set(["jsonl", "csv", "trainer-state"]);

/** @typedef {{ file: string, bytes: number, seed: number }} Log */

/**
 * Of each format: how many metrics, what a file of it is called and how it is written; the goal, as a part of another way's
 * speed, with two workers; programs of others that can be measured.
 *
 * @type {Record<string, { metrics: number, end: string, write: (log: Log) => void, goal?: { of: string, part: number }, peers?: string[] }>}
 */
const FORMATS = {
  events: {
    metrics: 64,
    end: "tfevents.1700000000",
    write: ({ file, bytes, seed }) => {
      const steps = Math.ceil(bytes / (names.length * BYTES_OF_EVENT));
      const order = values.order === "random" ? "random" : "cycle";
      writeEventLog({ file, tags: names, steps, order, seed });
    },
    goal: { of: "readSync", part: 0.11 },
    peers: ["tensorboard", "tensorflow"],
  },
  wandb: {
    metrics: 32,
    end: "wandb",
    write: (log) => {
      writeWandbLog({ ...log, names });
    },
    peers: ["wandb"],
  },
  jsonl: {
    metrics: 20,
    end: "jsonl",
    write: writeJsonLines,
    goal: { of: "script", part: 9 },
  },
  csv: { metrics: 20, end: "csv", write: writeCsv },
  "trainer-state": { metrics: 6, end: "json", write: writeTrainerState },
};

const { values } = parseArgs({
  options: {
    format: { type: "string", default: "events" },
    megabytes: { type: "string", default: "200" },
    rounds: { type: "string", default: "5" },
    order: { type: "string", default: "cycle" },
    folder: { type: "string" },
    python: { type: "string" },
  },
});

const { format: formatName } = values;
const format = FORMATS[formatName];
const names = Array.from(
  { length: format?.metrics ?? 0 },
  (_, i) => `layers/${i}/${i % 2 ? "grad" : "norm"}`,
);

await main(async () => {
  if (format === undefined)
    throw new Stop(`--format is one of ${Object.keys(FORMATS).join(", ")}, not "${formatName}".`);
  const kept = values.folder === undefined ? null : path.resolve(values.folder);
  const folder = kept ?? (await mkdtemp(path.join(tmpdir(), `onset-${formatName}-`)));
  try {
    return await measure(makeFiles(folder));
  } finally {
    if (kept === null) await rm(folder, { recursive: true, force: true });
  }
});

/** @param {string} folder */
function makeFiles(folder) {
  const bytes = (Number(values.megabytes) * 1e6) / FILES;
  if (!(bytes > 0)) throw new Stop(`--megabytes is a number above 0, not "${values.megabytes}".`);
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: FILES }, (_, seed) => {
    const file = path.join(folder, `${values.order}-${values.megabytes}-${seed}.${format?.end}`);
    if (!existsSync(file)) {
      format?.write({ file: `${file}.part`, bytes, seed });
      renameSync(`${file}.part`, file);
    }
    return file;
  });
}

/**
 * @param {readonly string[]} files
 * @returns {Promise<number>} exit code
 */
async function measure(files) {
  const program = path.join(root, "dist/bench/readOnce.cjs");
  await buildKernels();
  await bundle({
    entryPoints: [path.join(root, "bench/speed/readOnce.ts")],
    outfile: program,
    ...{ bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" },
    ...{ mainFields: ["module", "main"], loader: embedded },
  });
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const rounds = Number(values.rounds);
  const [cpu] = cpus();
  console.log(
    `${(bytes / 1e6).toFixed(0)} MB in ${files.length} files, ${names.length} metrics` +
      `${formatName === "events" ? ` (${values.order})` : ""}; ` +
      `Node ${process.versions.node}, ${cpus().length} × ${cpu?.model ?? "unknown"}`,
  );
  /** @param {string} mode @param {number} threads */
  const once = async (mode, threads) => {
    const args = [program, formatName, mode, String(threads), ...files];
    const { code, stdout } = await capture(process.execPath, args);
    if (code !== 0) throw new Stop(`Reading by ${mode} ended with exit code ${code}.`);
    /** @type {unknown} */
    const result = JSON.parse(stdout);
    return result;
  };
  const checked = /** @type {{ equal: boolean, points: number, problems: number }} */ (
    await once("digest", 1)
  );
  if (!checked.equal || checked.problems > 0) {
    throw new Stop("The kernel and the plain reader do not give the same.");
  }
  console.log(`${checked.points} points, the same by the kernel and by the plain reader.`);

  const ways = [
    { name: "readSync", mode: "readSync", threads: 1 },
    { name: "plain reader", mode: "plain", threads: 1 },
    { name: "kernel", mode: "kernel", threads: 1 },
    { name: "kernel, kept as a run's log", mode: "log", threads: 1 },
    ...(SCRIPTED.has(formatName) ? [{ name: "script", mode: "script", threads: 1 }] : []),
    { name: "kernel, two workers", mode: "kernel", threads: 2 },
  ].map((way) => ({
    ...way,
    ms: /** @type {number[]} */ ([]),
    cpuMs: /** @type {number[]} */ ([]),
    megabytes: 0,
  }));
  const peers = values.python === undefined ? [] : await peersOf(values.python, files);
  for (let round = 0; round <= rounds; round++) {
    for (const way of ways) {
      const result = /** @type {{ ms: number, cpuMs: number, megabytes: number }} */ (
        await once(way.mode, way.threads)
      );
      if (round > 0) way.ms.push(result.ms);
      if (round > 0) way.cpuMs.push(result.cpuMs);
      way.megabytes = Math.max(way.megabytes, result.megabytes);
    }
    for (const peer of peers) {
      const result = await peer.once();
      if (round > 0) peer.ms.push(result.seconds * 1000);
      if (round > 0) peer.cpuMs.push(result.cpuSeconds * 1000);
      peer.megabytes = Math.max(peer.megabytes, result.megabytes);
    }
  }
  const rawMs = median(ways[0]?.ms ?? []);
  const plainMs = median(ways[1]?.ms ?? []);
  console.log(`Medians of ${rounds} rounds:`);
  for (const { name, ms, cpuMs, megabytes } of [...ways, ...peers]) {
    const own = median(ms);
    console.log(
      `  ${name.padEnd(32)}${own.toFixed(0).padStart(7)} ms${(bytes / own / 1000).toFixed(0).padStart(7)} MB/s` +
        `  ${(rawMs / own).toFixed(3)} of readSync, ${(plainMs / own).toFixed(2)} of the plain reader, ` +
        `${median(cpuMs).toFixed(0)} ms of processors, ${megabytes.toFixed(0)} MB of memory`,
    );
  }
  const goal = format?.goal;
  if (goal === undefined) return 0;
  const other = median(ways.find(({ name }) => name === goal.of)?.ms ?? []);
  const reached = other / median(ways.at(-1)?.ms ?? []);
  console.log(`Goal: ${goal.part} of ${goal.of} with two workers; reached: ${reached.toFixed(3)}.`);
  return reached >= goal.part ? 0 : 1;
}

/**
 * @param {string} python
 * @param {readonly string[]} files
 */
async function peersOf(python, files) {
  const script = path.join(root, "bench/speed/peers.py");
  /** @typedef {{ absent?: string, points: number, seconds: number, cpuSeconds: number, megabytes: number }} PeerResult */
  const found = [];
  for (const name of format?.peers ?? []) {
    const once = async () => {
      const { code, stdout } = await capture(python, [script, name, ...files]);
      if (code !== 0) throw new Stop(`${name} in ${python} ended with exit code ${code}.`);
      /** @type {PeerResult} */
      const result = JSON.parse(stdout);
      return result;
    };
    const { absent, points } = await once();
    if (absent === undefined) found.push({ name: `${name}, ${points} points`, once, ...noTimes() });
    else console.log(`${name} is absent: ${absent}`);
  }
  return found;
}

function noTimes() {
  return { ms: /** @type {number[]} */ ([]), cpuMs: /** @type {number[]} */ ([]), megabytes: 0 };
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
