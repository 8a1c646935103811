/**
 * What a point costs in memory and in time, from 100,000 to 10,000,000 points of a run; and what a frame of the Timeline
 * costs beside one pass over the points that it shows, for 20 runs of 1,000,000 points each. Medians of interleaved rounds,
 * what is compared is equal first. Exits with 1 above a limit.
 *
 *     node bench/columns.mjs [--points N]
 *
 * `--points` is how many points each of the 20 runs has.
 */

import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { finished } from "node:stream/promises";
import { parseArgs } from "node:util";
import { build as bundle } from "esbuild";
import { main, Stop } from "../scripts/processes.mjs";
import { root } from "../scripts/setup.mjs";

const limits = { spread: 1.2, frame: 0.1 };
const rounds = 5;
const sizes = [100_000, 1_000_000, 10_000_000];
const metricCount = 10;
const chunk = 5_000;
const runs = 20;
const width = 500;
const core = path.join(root, "dist/bench/columnsCore.cjs");

const { values } = parseArgs({ options: { points: { type: "string", default: "1000000" } } });

await main(async () => {
  if (global.gc === undefined) return again();
  await bundle({
    entryPoints: [path.join(root, "bench/columnsCore.ts")],
    outfile: core,
    ...{ bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" },
    mainFields: ["module", "main"],
  });
  const isLinear = await measurePoints();
  const folder = await mkdtemp(path.join(tmpdir(), "onset-columns-"));
  try {
    await makeRuns(folder, Number(values.points));
    return (await measureFrames(folder)) && isLinear ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Memory can only be measured where garbage can be collected on demand. */
function again() {
  return new Promise((resolve, reject) => {
    const args = ["--expose-gc", "--max-old-space-size=4096", ...process.argv.slice(1)];
    const child = spawn(process.execPath, args, { stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** @returns {Promise<boolean>} whether a point costs the same at each size */
async function measurePoints() {
  const { buildMetricTable, GrowingAttempts, MetricNames, PointBuffer, PointLog } = await import(
    core
  );
  /** @type {Map<number, { ns: number, growNs: number, bytes: number }[]>} */
  const samples = new Map(sizes.map((size) => [size, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const size of sizes) {
      const names = new MetricNames();
      const log = new PointLog(names, "");
      const growing = new GrowingAttempts();
      const input = { names, streams: [{ logs: [log], restarts: false }], evaluations: [] };
      const before = memory();
      let elapsed = 0;
      let sum = 0;
      const buffer = new PointBuffer();
      const ids = Array.from({ length: metricCount }, (_, i) => buffer.idOf(`train/metric-${i}`));
      for (let row = 0; row < size / metricCount;) {
        for (let i = 0; i < chunk / metricCount; i++, row++) {
          for (const id of ids) {
            const value = Math.fround(Math.sin(row * 0.001 + id) + ((row * 7919) % 1000) / 5000);
            buffer.add(id, row, 1_700_000_000 + row * 0.37, value);
            sum += value;
          }
        }
        const points = buffer.take();
        const start = performance.now();
        log.append(points);
        elapsed += performance.now() - start;
      }
      let start = performance.now();
      let table = look(buildMetricTable(input, growing));
      elapsed += performance.now() - start;
      const bytes = memory() - before;
      const found = table
        .metricNames()
        .flatMap((/** @type {string} */ name) => [...(table.series(name)?.value ?? [])])
        .reduce((/** @type {number} */ total, /** @type {number} */ value) => total + value, 0);
      if (Math.abs(found - sum) > 1e-6 * size)
        throw new Stop(`The values add up to ${found}, not ${sum}.`);
      for (let i = 0; i < chunk; i++)
        buffer.add(i % metricCount, size + Math.floor(i / metricCount), 0, 0.5);
      const more = buffer.take();
      start = performance.now();
      log.append(more);
      table = look(buildMetricTable(input, growing));
      const grown = performance.now() - start;
      const sample = {
        ns: (1e6 * elapsed) / size,
        growNs: (1e6 * grown) / chunk,
        bytes: bytes / size,
      };
      if (round > 0) samples.get(size)?.push(sample);
    }
  }
  console.log(
    `Medians of ${rounds} rounds, ${metricCount} metrics, float32 values and wall times:`,
  );
  console.log("     points   bytes/point   ns/point   ns/point that comes");
  /** @type {number[]} */
  const perPoint = [];
  for (const [size, own] of samples) {
    const of = (/** @type {"ns" | "growNs" | "bytes"} */ key) => median(own.map((one) => one[key]));
    perPoint.push(of("bytes"));
    const columns = [of("bytes").toFixed(1).padStart(14), of("ns").toFixed(0).padStart(11)];
    console.log(
      `${String(size).padStart(11)}${columns.join("")}${of("growNs").toFixed(0).padStart(15)}`,
    );
  }
  const spread = Math.max(...perPoint) / Math.min(...perPoint);
  console.log(`  memory, most over least  ${spread.toFixed(2)}, limit ${limits.spread}`);
  return spread <= limits.spread;
}

/**
 * What a catalog asks of each new table.
 *
 * @template {{ metricNames(): string[], curve(name: string): any }} T
 * @param {T} table
 */
function look(table) {
  for (const name of table.metricNames()) {
    const curve = table.curve(name);
    curve.extremes(0, curve.length);
  }
  return table;
}

function memory() {
  global.gc?.();
  global.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * @param {string} folder
 * @param {number} points
 */
async function makeRuns(folder, points) {
  for (let run = 0; run < runs; run++) {
    const directory = path.join(folder, `run-${run}`);
    await mkdir(directory);
    const file = createWriteStream(path.join(directory, "metrics.csv"));
    let text = "step,train/loss\n";
    for (let step = 0; step < points; step++) {
      const loss =
        3 / (1 + step / 50_000) + 0.3 * Math.sin(step * 0.7 + run) * Math.cos(step * 0.013);
      const isGap = step % 99_991 === 5;
      text += `${step},${isGap ? "nan" : Math.fround(loss).toPrecision(6)}\n`;
      if (text.length < 1 << 20 && step < points - 1) continue;
      if (!file.write(text)) await new Promise((resolve) => file.once("drain", resolve));
      text = "";
    }
    file.end();
    await finished(file);
  }
}

/**
 * @param {string} folder
 * @returns {Promise<boolean>} whether frames are far cheaper than a pass
 */
async function measureFrames(folder) {
  const { answerTimeline, Catalog, fsFiles } = await import(core);
  const catalog = new Catalog(fsFiles, { isExcluded: () => false });
  await catalog.discover([{ path: folder, name: "bench" }]);
  const keys = catalog.runs().map((/** @type {{ key: string }} */ { key }) => key);
  if (keys.length !== runs) throw new Stop(`Found ${keys.length} runs.`);
  const start = performance.now();
  /** @type {any[]} */
  const loaded = [];
  for (const key of keys) loaded.push(await catalog.load(key));
  console.log(`${runs} runs, read in ${((performance.now() - start) / 1000).toFixed(1)} s:`);
  const last = Number(values.points) - 1;
  /** @type {(step: number, range: readonly [number, number]) => number} */
  const toUnit = (step, [low, high]) => (step - low) / (high - low);
  const question = { runs: keys, metrics: ["train/loss"], width, behaviour: null };
  const frame = (/** @type {[number, number] | null} */ range) =>
    answerTimeline(catalog, { ...question, range }, toUnit, []);
  const first = performance.now();
  await frame(null);
  console.log(`  first frame   ${(performance.now() - first).toFixed(0)} ms`);
  /** @type {{ frame: number, pass: number, points: number }[]} */
  const samples = [];
  for (let round = 0; round <= 2 * rounds; round++) {
    const share = 0.3 + (0.7 * ((round * 37) % 11)) / 11;
    const low = Math.floor(last * (1 - share) * (((round * 53) % 17) / 17));
    /** @type {[number, number]} */
    const range = [low, low + Math.floor(last * share)];
    let started = performance.now();
    const answer = await frame(range);
    const frameMs = performance.now() - started;
    const toX = (/** @type {number} */ step) => toUnit(step, range) * width;
    const series = loaded.map(({ table }) => table.series("train/loss"));
    started = performance.now();
    const passes = series.map(({ step, value }) => inOnePass(step, value, toX));
    const passMs = performance.now() - started;
    const annotated = answer.charts[0].bands.length;
    for (const [i, { step, value }] of answer.charts[0].lines.entries()) {
      const same = passes[i]?.every((at) => step.includes(series[i].step[at]));
      if (annotated === 0 && (!same || passes[i]?.length !== value.length)) {
        throw new Stop(`Run ${i} is drawn otherwise than by a pass over its points.`);
      }
    }
    const points = answer.charts[0].lines.reduce(
      (/** @type {number} */ sum, /** @type {{ step: Float64Array }} */ line) =>
        sum + line.step.length,
      0,
    );
    if (round > 0) samples.push({ frame: frameMs, pass: passMs, points });
  }
  const ratio = median(samples.map((one) => one.frame / one.pass));
  console.log(`Medians of ${samples.length} frames of ${width} columns:`);
  console.log(`  points drawn  ${median(samples.map(({ points }) => points))}`);
  console.log(`  frame         ${median(samples.map((one) => one.frame)).toFixed(1)} ms`);
  console.log(`  one pass      ${median(samples.map(({ pass }) => pass)).toFixed(1)} ms`);
  console.log(`  ratio         ${ratio.toFixed(3)}, limit ${limits.frame}`);
  return ratio <= limits.frame;
}

/**
 * Indices of the points that are drawn.
 *
 * @param {Float64Array} step
 * @param {Float64Array} value
 * @param {(step: number) => number} toX
 * @returns {number[]}
 */
function inOnePass(step, value, toX) {
  /** @type {number[]} */
  const keep = [];
  let [column, first, last, low, high, nan, infinite, before, behind] = [
    NaN,
    -1,
    -1,
    -1,
    -1,
    -1,
    -1,
    -1,
    -1,
  ];
  const flush = () => {
    if (first < 0) return;
    const chosen = new Set([first, low, high, last, nan, infinite].filter((i) => i >= 0));
    keep.push(...[...chosen].sort((a, b) => a - b));
    first = last = low = high = nan = infinite = -1;
  };
  for (let i = 0; i < step.length; i++) {
    const x = Math.floor(toX(/** @type {number} */ (step[i])));
    if (x < 0) before = i;
    else if (x > width) {
      behind = i;
      break;
    } else {
      if (x !== column) flush();
      column = x;
      const y = /** @type {number} */ (value[i]);
      if (first < 0) first = i;
      last = i;
      if (Number.isNaN(y)) nan = nan < 0 ? i : nan;
      else if (!Number.isFinite(y)) infinite = infinite < 0 ? i : infinite;
      else {
        if (low < 0 || y < /** @type {number} */ (value[low])) low = i;
        if (high < 0 || y > /** @type {number} */ (value[high])) high = i;
      }
    }
  }
  flush();
  return [...(before < 0 ? [] : [before]), ...keep, ...(behind < 0 ? [] : [behind])];
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
