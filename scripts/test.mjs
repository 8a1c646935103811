/**
 * `npm test`: installs what is missing, builds, and runs the rings. Its last line is `N passed, N failed`.
 *
 *     node scripts/test.mjs [--ring core|host|webview|window]
 */

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { judge } from "../test/runners/results.mjs";
import { main, Stop } from "./processes.mjs";
import { build, ensureChromium, ensureDependencies, root } from "./setup.mjs";

const limitMs = 15 * 60_000;

/** @typedef {import("../test/runners/jsonReporter.cjs").Results} Results */

/** @type {Record<string, () => Promise<Results>>} */
const rings = {
  core: () => runInNode("core", {}),
  host: async () => (await import("../test/runners/host.mjs")).runHostRing(),
  webview: async () => runInNode("webview", { ONSET_CHROMIUM: await ensureChromium() }),
  window: () => runInNode("window", {}, "test/window/**/*.test.mjs"),
};

await main(async () => {
  const { ring: only } = parseArgs({ options: { ring: { type: "string" } } }).values;
  const chosen = Object.entries(rings).filter(([name]) => only === undefined || only === name);
  if (chosen.length === 0)
    throw new Stop(`There is no ring "${only}": core, host, webview or window.`);
  await ensureDependencies();
  // Before anything else takes time: without root this ends here, and says what to install.
  if (only !== "core") await ensureChromium();
  await build("--tests");

  let passed = 0;
  /** @type {string[]} */
  const failures = [];
  for (const [name, ring] of chosen) {
    console.log(`\n── ${name}`);
    const results = await attempt(name, ring);
    console.log(`${name}: ${results.passed} passed, ${results.failed} failed`);
    passed += results.passed;
    failures.push(...results.failures);
  }

  console.log("");
  for (const failure of failures) console.log(`FAILED ${failure}`);
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
});

/**
 * A ring that cannot run is a failure, and the others still run.
 *
 * @param {string} name
 * @param {() => Promise<Results>} ring
 * @returns {Promise<Results>}
 */
async function attempt(name, ring) {
  try {
    return await ring();
  } catch (error) {
    console.error(error instanceof Stop ? error.message : error);
    return { passed: 0, failed: 1, pending: 0, failures: [`${name}: the ring could not run`] };
  }
}

/**
 * Mocha in Node over one ring's bundles, or other files.
 *
 * @param {string} ring
 * @param {Record<string, string>} env
 * @param {string} files
 * @returns {Promise<Results>}
 */
async function runInNode(ring, env, files = `dist/test/${ring}/**/*.test.js`) {
  const folder = await mkdtemp(path.join(tmpdir(), "onset-"));
  const output = path.join(folder, "results.json");
  try {
    const mocha = [
      "--enable-source-maps",
      path.join(root, "node_modules/mocha/bin/mocha.js"),
      ...["--ui", "bdd", "--timeout", "20000"],
      ...["--reporter", path.join(root, "test/runners/jsonReporter.cjs")],
      ...["--reporter-option", `output=${output}`],
      files,
    ];
    return judge(ring, output, await runWithLimit(mocha, { ...process.env, ...env }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A handle left open keeps Node from ending: that is a failure too, but not an endless wait.
 *
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function runWithLimit(args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: "inherit" });
    const timer = setTimeout(() => {
      console.error(`Not at its end after ${limitMs / 60_000} minutes: stopped.`);
      child.kill("SIGKILL");
    }, limitMs);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve(code ?? 1);
    });
  });
}
