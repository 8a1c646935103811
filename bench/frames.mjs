/**
 * What the Timeline's frames cost for 20 runs of a million points each, beside charting libraries that hold as many points,
 * in one browser and interleaved rounds; and what a move of the cursor costs over 50 charts. All begin with columns of
 * numbers in memory, ours in the worker, theirs in the page. Medians. Exits with 1 where a goal is missed.
 *
 *     node bench/frames.mjs [--points 1000000] [--rounds 5] [--uplot FILE]
 *
 * `--uplot` is uPlot's own bundle for pages, `uPlot.iife.min.js`. chart.js draws with its own decimation.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { capture, main, Stop } from "../scripts/processes.mjs";
import { build, ensureChromium, ensureDependencies, root } from "../scripts/setup.mjs";
import { writeEventLog } from "./speed/eventLog.mjs";

const RUNS = 20;
const CHARTS = 50;

/** Of chart.js' first frame, and milliseconds. */
const GOALS = { first: 1 / 5, range: 0.1, cursorMs: 4 };

const { values } = parseArgs({
  options: {
    points: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "5" },
    uplot: { type: "string" },
  },
});
const points = Number(values.points);
const rounds = Number(values.rounds);

await main(async () => {
  await ensureDependencies();
  await build("--production", "--tests");
  const program = path.join(root, "dist/test/runners/measureFrames.js");
  const folder = await mkdtemp(path.join(tmpdir(), "onset-frames-"));
  try {
    const [series, charts] = [path.join(folder, "series"), path.join(folder, "charts")];
    await writeSeries(series);
    await writeCharts(charts);
    process.env.ONSET_CHROMIUM = await ensureChromium();
    const args = [program, series, charts, String(RUNS), String(points), String(rounds)];
    const { code, stdout } = await capture(process.execPath, [...args, values.uplot ?? "-"]);
    if (code !== 0) throw new Stop(`Measuring frames ended with exit code ${code}.`);
    /** @type {Measured} */
    const measured = JSON.parse(stdout);
    return report(measured);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** @param {string} folder */
async function writeSeries(folder) {
  for (let run = 0; run < RUNS; run++) {
    const directory = path.join(folder, `run-${run}`);
    await mkdir(directory, { recursive: true });
    const file = path.join(directory, "events.out.tfevents.1700000000.bench");
    writeEventLog({ file, tags: ["reward"], steps: points, order: "cycle", seed: run });
  }
}

/** Two runs with as many metrics as there are charts to be. @param {string} folder */
async function writeCharts(folder) {
  const names = Array.from({ length: CHARTS }, (_, i) => `metric_${i}`);
  for (const run of [0, 1]) {
    const lines = Array.from({ length: 1000 }, (_, step) =>
      [step, ...names.map((_, i) => Math.sin((step + run) * 0.01 + i).toFixed(4))].join(","),
    );
    const directory = path.join(folder, `run-${run}`);
    await mkdir(directory, { recursive: true });
    const text = `${["step", ...names].join(",")}\n${lines.join("\n")}\n`;
    await writeFile(path.join(directory, "metrics.csv"), text);
  }
}

/**
 * @typedef {{ first: number, made: number, range: number }} Frames
 * @typedef {{ rows: Record<string, Frames>[], cursor: number[] }} Measured
 */

/** @param {Measured} measured @returns {number} exit code */
function report({ rows, cursor }) {
  const [cpu] = cpus();
  console.log(
    `${RUNS} series of ${points.toLocaleString("en-US")} points, medians of ${rounds} rounds; ` +
      `Node ${process.versions.node}, ${cpus().length} × ${cpu?.model ?? "unknown"}\n`,
  );
  console.log("| Drawn by | First frame | Of chart.js' | A zoom or pan | Of chart.js' first |");
  console.log("| --- | --- | --- | --- | --- |");
  /** @param {string} name @param {keyof Frames} what */
  const of = (name, what) => median(rows.map((row) => row[name]?.[what] ?? NaN));
  const first = of("chart.js", "first");
  /** @param {string} name @param {number} own @param {number} range */
  const line = (name, own, range) => {
    const cells = [own, range].map((ms) => `${ms.toFixed(1)} ms | ${(ms / first).toFixed(3)}`);
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  };
  for (const name of Object.keys(rows[0] ?? {})) {
    line(name, of(name, "first"), of(name, "range"));
    const made = of(name, "made");
    if (made > 0)
      line(`${name}, its points made before`, of(name, "first") - made, of(name, "range"));
  }
  const move = median(cursor);
  console.log(`\nA move of the cursor over ${CHARTS} charts: ${move.toFixed(2)} ms.`);
  const isMet =
    of("Onset", "first") <= GOALS.first * first &&
    of("Onset", "range") <= GOALS.range * (first - of("chart.js", "made")) &&
    move < GOALS.cursorMs;
  console.log(
    `Goals, of chart.js' first frame: first ${GOALS.first}, zoom or pan ${GOALS.range}; ` +
      `cursor below ${GOALS.cursorMs} ms: ${isMet ? "met" : "missed"}.`,
  );
  return isMet ? 0 : 1;
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
