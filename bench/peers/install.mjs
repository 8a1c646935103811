/** Other libraries that Onset's reading is measured beside: fetched where they can be had, else said to be absent. */

import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { capture, npm } from "../../scripts/processes.mjs";
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
export async function compileSimdjson() {
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
