/**
 * What Onset adds to the start of the editor: loading plus activate() in a real extension host, as a ratio to an empty
 * extension's in the same host. Several fresh hosts, medians, and the order of the two changes from host to host.
 * Exits with 1 above the limit.
 */

import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runInExtensionHost } from "../scripts/extensionHost.mjs";
import { main, Stop } from "../scripts/processes.mjs";
import { build, ensureDependencies, root } from "../scripts/setup.mjs";
import { withWorkbench } from "../scripts/workbench.mjs";

const limit = 3;
const repetitions = 9;
const limitMs = 60_000;

await main(async () => {
  await ensureDependencies();
  await build("--production");
  await printSizes();
  const folder = await mkdtemp(path.join(tmpdir(), "onset-bench-"));
  try {
    return await measure(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/**
 * @param {string} folder to write to
 * @returns {Promise<number>} exit code
 */
async function measure(folder) {
  const at = (/** @type {string} */ name) => path.join(folder, name);
  const module = path.join(at("driver"), "measure.cjs");
  await writeExtension(folder, "driver", "");
  await copyFile(path.join(root, "bench/measure.cjs"), module);
  // What the first activation of a host costs is nobody's own.
  for (const name of ["first", "empty"]) {
    await writeExtension(folder, name, "exports.activate = () => {};\n");
  }
  await linkOnset(at("onset"));
  const extensions = ["first", "empty", "onset"].map(at);
  await mkdir(at("workspace"));

  /** @type {Record<string, number>[]} */
  const samples = [];
  await withWorkbench({ extensions, smokeTest: true }, async (workbench) => {
    for (let i = 0; i < repetitions; i++) {
      const [started, results] = [at(`started-${i}`), at(`results-${i}.json`)];
      const pair = ["bench.empty", "onset.onset"];
      const order = ["bench.first", ...(i % 2 === 0 ? pair : pair.reverse())];
      await writeFile(at("driver/plan.json"), JSON.stringify({ started, results, order }));
      /** @type {string[]} */
      const lines = [];
      const code = await runInExtensionHost({
        ...{ workbench, module, started, limitMs },
        folder: at("workspace"),
        extension: at("driver"),
        onLine: (line) => lines.push(line),
      });
      if (code !== 0) {
        throw new Stop(`The measurement failed with exit code ${code}.\n${lines.at(-1) ?? ""}`);
      }
      /** @type {Record<string, number>} */
      const sample = JSON.parse(await readFile(results, "utf8"));
      samples.push(sample);
    }
  });

  const emptyMs = samples.map((sample) => sample["bench.empty"] ?? NaN);
  const onsetMs = samples.map((sample) => sample["onset.onset"] ?? NaN);
  // Host by host, since what else the machine does slows both.
  const ratio = median(onsetMs.map((elapsed, i) => elapsed / (emptyMs[i] ?? NaN)));
  console.log(`Medians of ${repetitions} hosts, loading plus activate():`);
  console.log(`  empty extension  ${median(emptyMs).toFixed(2)} ms`);
  console.log(`  Onset            ${median(onsetMs).toFixed(2)} ms`);
  console.log(`  ratio            ${ratio.toFixed(2)}, limit ${limit}`);
  return ratio <= limit ? 0 : 1;
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} source
 */
async function writeExtension(folder, name, source) {
  await mkdir(path.join(folder, name));
  const manifest = {
    ...{ name, publisher: "bench", version: "0.0.1", main: "./main.js", activationEvents: [] },
    engines: { vscode: "^1.100.0" },
    extensionKind: ["workspace"],
  };
  await writeFile(path.join(folder, name, "package.json"), JSON.stringify(manifest));
  await writeFile(path.join(folder, name, "main.js"), source);
}

/**
 * The built extension, but without its activation events: some come at every start, before the clock runs.
 *
 * @param {string} folder
 */
async function linkOnset(folder) {
  await mkdir(folder);
  /** @type {object} */
  const manifest = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  const text = JSON.stringify({ ...manifest, activationEvents: [] });
  await writeFile(path.join(folder, "package.json"), text);
  for (const name of ["dist", "media", "schemas"]) {
    await symlink(path.join(root, name), path.join(folder, name));
  }
}

async function printSizes() {
  console.log("Bundles:");
  const dist = path.join(root, "dist");
  for (const name of await readdir(dist, { recursive: true })) {
    if (!/\.(js|css)$/.test(name)) continue;
    const { size } = await stat(path.join(dist, name));
    console.log(`  ${name.padEnd(24)} ${(size / 1024).toFixed(1).padStart(8)} KB`);
  }
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
