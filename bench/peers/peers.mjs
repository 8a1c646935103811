/** Other programs that Onset's reading is measured beside: fetched where they can be had, else said to be absent. */

import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { capture, npm, Stop } from "../../scripts/processes.mjs";
import { cache, root } from "../../scripts/setup.mjs";

/** Pinned: a ratio to another version is another number. Not among our dependencies, which nothing here is. */
const PACKAGES = {
  "nodejs-polars": "0.26.1",
  "@duckdb/node-api": "1.5.6-r.1",
  uplot: "1.6.32",
};

/** Polars' own code, which npm leaves out on Node 20 though it runs there. */
const POLARS_ON_LINUX = `nodejs-polars-linux-${process.arch}-gnu`;

/** @returns {Promise<string>} where they lie, those of them that could be had */
export async function installPeers() {
  const folder = path.join(cache, "peers");
  await mkdir(folder, { recursive: true });
  const dependencies = {
    ...PACKAGES,
    ...(process.platform === "linux" ? { [POLARS_ON_LINUX]: PACKAGES["nodejs-polars"] } : {}),
  };
  const isThere = Object.keys(dependencies).every((name) =>
    existsSync(path.join(folder, "node_modules", name)),
  );
  if (isThere) return folder;
  await writeFile(
    path.join(folder, "package.json"),
    JSON.stringify({ private: true, dependencies }),
  );
  try {
    await npm(["install", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
  } catch (error) {
    console.log(
      `Peers could not be fetched: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return folder;
}

/**
 * Compiles the reading by simdjson.
 *
 * @returns {Promise<{ program: string } | { absent: string }>}
 */
async function compileSimdjson() {
  const program = path.join(root, "dist/bench/simdjsonRows");
  const source = path.join(root, "bench/peers/readRows.cpp");
  const flags = ["-O3", "-march=native", "-std=c++17", source, "-lsimdjson", "-o", program];
  try {
    const { code } = await capture("c++", flags);
    return code === 0 ? { program } : { absent: "it does not compile; libsimdjson-dev has it" };
  } catch {
    return { absent: "there is no c++; g++ and libsimdjson-dev have what it needs" };
  }
}

/**
 * @typedef {import("../speed/measure.mjs").Peer} Peer
 * @typedef {import("../speed/measure.mjs").Reading | { absent: string }} Answer
 */

/**
 * Loaders of event files and of W&B's logs, in Python.
 *
 * @param {readonly string[]} names
 */
export function eventPeers(names) {
  const script = path.join(root, "bench/peers/readLogs.py");
  return (/** @type {string} */ python) =>
    Promise.all(
      names.map((name) => peerOf(name, (files) => answerOf(python, [script, name, ...files]))),
    );
}

/**
 * Libraries that read rows into columns.
 *
 * @param {"jsonl" | "csv"} format
 * @param {readonly string[]} names
 */
export function rowPeers(format, names) {
  return async (/** @type {string} */ python) => {
    const folder = await installPeers();
    return Promise.all(
      names.map(async (name) => {
        if (name === "simdjson") {
          const compiled = await compileSimdjson();
          if ("absent" in compiled) return { name, absent: compiled.absent };
          return peerOf(name, (files) => answerOf(compiled.program, files));
        }
        const isPython = name === "pandas" || name === "numpy";
        const script = path.join(root, `bench/peers/readRows.${isPython ? "py" : "mjs"}`);
        const program = isPython ? python : process.execPath;
        const rest = isPython ? [] : [folder];
        return peerOf(name, (files) =>
          answerOf(program, [script, name, format, ...rest, ...files]),
        );
      }),
    );
  };
}

/**
 * @param {string} name
 * @param {(files: readonly string[]) => Promise<Answer>} read
 * @returns {Promise<Peer>}
 */
async function peerOf(name, read) {
  // Without a file it loads what it needs, and says so where it cannot.
  const first = await read([]);
  if ("absent" in first) return { name, absent: first.absent };
  return {
    name,
    read: async (files) => {
      const answer = await read(files);
      if ("absent" in answer) throw new Stop(`${name}: ${answer.absent}`);
      return answer;
    },
  };
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<Answer>}
 */
async function answerOf(program, args) {
  try {
    const { code, stdout } = await capture(program, args);
    if (code !== 0) return { absent: `it ended with exit code ${code}` };
    /** @type {Answer} */
    const answer = JSON.parse(stdout);
    return answer;
  } catch (error) {
    return { absent: error instanceof Error ? error.message : String(error) };
  }
}
