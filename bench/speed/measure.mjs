/**
 * Measures how fast logs of a format are read: fresh processes, interleaved rounds, the first of which warms the file
 * system's cache. That the plain reader, the kernel and the others give the same is checked before.
 */

import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build as bundle } from "esbuild";
import { buildKernels, embedded } from "../../scripts/kernels.mjs";
import { capture, Stop } from "../../scripts/processes.mjs";
import { root } from "../../scripts/setup.mjs";
import { eventPeers, rowPeers } from "../peers/peers.mjs";
import { writeEventLog } from "./eventLog.mjs";
import { writeCsv } from "./csvLog.mjs";
import { writeJsonLines } from "./jsonlLog.mjs";
import { writeTrainerState } from "./trainerStateLog.mjs";
import { writeWandbLog } from "./wandbLog.mjs";

const FILES = 4;
const BYTES_OF_EVENT = 53;

/** Formats that a few lines of JavaScript read too, without looking at what is odd: `script` in `readOnce.ts`. */
const SCRIPTED = new Set(["jsonl", "csv", "trainer-state"]);

/**
 * @typedef {object} Options
 * @property {number} megabytes of all files together
 * @property {number} rounds
 * @property {"cycle" | "random"} [order] of the tags of a step in event files
 * @property {string} [folder] keeps the files, to use them again
 * @property {string} python to measure libraries of it
 * @property {boolean} [others] whether other programs are measured; true unless said otherwise
 *
 * @typedef {{ file: string, bytes: number, seed: number, order: "cycle" | "random" }} Log
 *
 * @typedef {object} Format
 * @property {string} title
 * @property {number} metrics
 * @property {string} end of a file's name
 * @property {(log: Log) => void} write
 * @property {readonly { of: string, part: number }[]} goals parts of other ways' speeds, with two workers
 * @property {(python: string) => Promise<readonly Peer[]>} [peers]
 *
 * @typedef {{ ms: number, cpuMs: number, megabytes: number, points?: number, sum?: number }} Reading
 * @typedef {{ name: string, absent: string } | { name: string, read: (files: readonly string[]) => Promise<Reading> }} Peer
 */

/** @param {number} count */
const namesOf = (count) =>
  Array.from({ length: count }, (_, i) => `layers/${i}/${i % 2 ? "grad" : "norm"}`);

/** @type {Record<string, Format>} */
export const FORMATS = {
  events: {
    title: "event files",
    metrics: 64,
    end: "tfevents.1700000000",
    write: ({ file, bytes, seed, order }) => {
      const tags = namesOf(64);
      const steps = Math.ceil(bytes / (tags.length * BYTES_OF_EVENT));
      writeEventLog({ file, tags, steps, order, seed });
    },
    goals: [{ of: "readSync", part: 0.11 }],
    peers: eventPeers(["tensorboard", "tensorflow"]),
  },
  wandb: {
    title: ".wandb",
    metrics: 32,
    end: "wandb",
    write: (log) => {
      writeWandbLog({ ...log, names: namesOf(32) });
    },
    goals: [{ of: "wandb", part: 50 }],
    peers: eventPeers(["wandb"]),
  },
  jsonl: {
    title: "JSON lines",
    metrics: 20,
    end: "jsonl",
    write: writeJsonLines,
    goals: [
      { of: "script", part: 9 },
      { of: "polars", part: 3.5 },
      { of: "duckdb", part: 4 },
      { of: "pandas", part: 80 },
    ],
    peers: rowPeers("jsonl", ["polars", "duckdb", "simdjson", "pandas"]),
  },
  csv: {
    title: "CSV",
    metrics: 20,
    end: "csv",
    write: writeCsv,
    goals: [
      { of: "polars", part: 1.6 },
      { of: "duckdb", part: 4.5 },
      { of: "pandas", part: 8 },
    ],
    peers: rowPeers("csv", ["polars", "duckdb", "pandas", "numpy"]),
  },
  "trainer-state": {
    title: "trainer_state.json",
    metrics: 6,
    end: "json",
    write: writeTrainerState,
    goals: [],
  },
};

/**
 * @typedef {{ name: string, ms: number, cpuMs: number, megabytes: number, note: string }} Way medians, and the most memory
 * @typedef {object} Measured
 * @property {number} bytes
 * @property {number} points
 * @property {readonly Way[]} ways
 * @property {readonly { name: string, absent: string }[]} absent
 */

/** @param {string} name of a format @param {Options} options @returns {Promise<Measured>} */
export async function measureFormat(name, options) {
  const format = FORMATS[name];
  if (format === undefined)
    throw new Stop(`A format is one of ${Object.keys(FORMATS).join(", ")}, not "${name}".`);
  const kept = options.folder === undefined ? null : path.resolve(options.folder);
  const folder = kept ?? (await mkdtemp(path.join(tmpdir(), `onset-${name}-`)));
  try {
    return await measure(name, format, makeFiles(folder, format, options), options);
  } finally {
    if (kept === null) await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder @param {Format} format @param {Options} options */
function makeFiles(folder, format, { megabytes, order = "cycle" }) {
  const bytes = (megabytes * 1e6) / FILES;
  if (!(bytes > 0)) throw new Stop("Megabytes are a number above 0.");
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: FILES }, (_, seed) => {
    const file = path.join(folder, `${order}-${megabytes}-${seed}.${format.end}`);
    if (!existsSync(file)) {
      format.write({ file: `${file}.part`, bytes, seed, order });
      renameSync(`${file}.part`, file);
    }
    return file;
  });
}

/** @returns {Promise<string>} the program that reads once */
async function buildReader() {
  const program = path.join(root, "dist/bench/readOnce.cjs");
  await buildKernels();
  await bundle({
    entryPoints: [path.join(root, "bench/speed/readOnce.ts")],
    outfile: program,
    ...{ bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" },
    ...{ mainFields: ["module", "main"], loader: embedded },
  });
  return program;
}

/**
 * @param {string} name
 * @param {Format} format
 * @param {readonly string[]} files
 * @param {Options} options
 * @returns {Promise<Measured>}
 */
async function measure(name, format, files, { rounds, python, others = true }) {
  const program = await buildReader();
  /** @param {string} mode @param {number} threads @returns {Promise<unknown>} */
  const once = async (mode, threads) => {
    const args = [program, name, mode, String(threads), ...files];
    const { code, stdout } = await capture(process.execPath, args);
    if (code !== 0) throw new Stop(`Reading by ${mode} ended with exit code ${code}.`);
    /** @type {unknown} */
    const answer = JSON.parse(stdout);
    return answer;
  };
  const checked = /** @type {{ equal: boolean, points: number, problems: number, sum: number }} */ (
    await once("digest", 1)
  );
  if (!checked.equal || checked.problems > 0)
    throw new Stop("The kernel and the plain reader do not give the same.");

  /** @type {{ name: string, note: string, read: () => Promise<Reading>, readings: Reading[] }[]} */
  const ways = [
    { name: "readSync", mode: "readSync", threads: 1 },
    { name: "plain reader", mode: "plain", threads: 1 },
    { name: "kernel", mode: "kernel", threads: 1 },
    { name: "kernel, points kept", mode: "log", threads: 1 },
    { name: "kernel, two workers", mode: "kernel", threads: 2 },
    ...(SCRIPTED.has(name) ? [{ name: "script", mode: "script", threads: 1 }] : []),
  ].map(({ name: way, mode, threads }) => ({
    name: way,
    note: "",
    read: async () => /** @type {Reading} */ (await once(mode, threads)),
    readings: [],
  }));
  const absent = [];
  for (const peer of (others ? await format.peers?.(python) : undefined) ?? []) {
    if ("absent" in peer) {
      absent.push(peer);
      continue;
    }
    // What it gives is looked at before it is timed.
    const { points, sum } = await peer.read(files);
    const isSame =
      (points === undefined || points === checked.points) &&
      (sum === undefined || Math.abs(sum - checked.sum) <= 1e-6 * Math.abs(checked.sum));
    const note = isSame ? "" : `gives ${points} points of ${checked.points}, or other values`;
    ways.push({ name: peer.name, note, read: () => peer.read(files), readings: [] });
  }
  for (let round = 0; round <= rounds; round++) {
    for (const way of ways) {
      const reading = await way.read();
      if (round > 0) way.readings.push(reading);
    }
  }
  return {
    bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
    points: checked.points,
    ways: ways.map(({ name: way, note, readings }) => ({
      name: way,
      note,
      ms: median(readings.map(({ ms }) => ms)),
      cpuMs: median(readings.map(({ cpuMs }) => cpuMs)),
      megabytes: Math.max(...readings.map(({ megabytes }) => megabytes)),
    })),
    absent,
  };
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
