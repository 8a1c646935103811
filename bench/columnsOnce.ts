/** Measures points and frames for `columns.mjs`. */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { answerTimeline, type TimelineAnswer } from "../src/core/answers/timeline.js";
import { Catalog } from "../src/core/catalog/catalog.js";
import { PointBuffer, type Series } from "../src/core/model/series.js";
import { GrowingAttempts } from "../src/core/tables/attempts.js";
import { buildMetricTable } from "../src/core/tables/buildMetricTable.js";
import type { MetricTable } from "../src/core/tables/metricTable.js";
import { MetricNames, PointLog } from "../src/core/tables/pointLog.js";
import { fsFiles } from "../src/node/fsFiles.js";

const limits = { spread: 1.2, frame: 0.1 };
const rounds = 5;
const sizes = [100_000, 1_000_000, 10_000_000];
const metricCount = 10;
const chunk = 5_000;
/** How often a run grows by a chunk. */
const growths = 20;
const runs = 20;
/** Columns of a chart. */
const width = 500;

interface Sample {
  readonly ns: number;
  readonly growNs: number;
  readonly bytes: number;
}

async function measurePoints(): Promise<boolean> {
  const samples = new Map(sizes.map((size): [number, Sample[]] => [size, []]));
  // The first round makes the code warm, and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const size of sizes) {
      const sample = await measureSize(size);
      if (round > 0) samples.get(size)?.push(sample);
    }
  }
  console.log(`Medians of ${rounds} rounds, ${metricCount} metrics, float32 values, wall times:`);
  console.log("     points   bytes/point   ns/point   ns/point that comes");
  const perPoint: number[] = [];
  for (const [size, own] of samples) {
    const bytes = median(own.map((one) => one.bytes));
    perPoint.push(bytes);
    const ns = median(own.map((one) => one.ns)).toFixed(0);
    const growNs = median(own.map((one) => one.growNs)).toFixed(0);
    const columns = [bytes.toFixed(1).padStart(14), ns.padStart(11), growNs.padStart(22)];
    console.log(`${String(size).padStart(11)}${columns.join("")}`);
  }
  const spread = Math.max(...perPoint) / Math.min(...perPoint);
  console.log(`  memory, most over least  ${spread.toFixed(2)}, limit ${limits.spread}`);
  return spread <= limits.spread;
}

async function measureSize(size: number): Promise<Sample> {
  const before = await memory();
  const names = new MetricNames();
  const log = new PointLog(names, "");
  const growing = new GrowingAttempts();
  const build = (): MetricTable =>
    look(
      buildMetricTable(
        { names, streams: [{ logs: [log], restarts: false }], evaluations: [] },
        growing,
      ),
    );
  const buffer = new PointBuffer();
  const ids = Array.from({ length: metricCount }, (_, i) => buffer.idOf(`train/metric-${i}`));
  let elapsed = 0;
  let sum = 0;
  for (let row = 0; row < size / metricCount;) {
    for (let i = 0; i < chunk / metricCount; i++, row++) {
      for (const id of ids) {
        const noise = ((row * 7919) % 1000) / 5000;
        const value = Math.fround(Math.sin(row * 0.001 + id) + noise);
        buffer.add(id, row, 1_700_000_000 + row * 0.37, value);
        sum += value;
      }
    }
    const points = buffer.take();
    elapsed += timed(() => {
      log.append(points);
    });
  }
  const start = performance.now();
  log.trim();
  const table = build();
  elapsed += performance.now() - start;
  const bytes = (await memory()) - before;
  let total = 0;
  for (const name of table.metricNames()) {
    for (const value of table.series(name)?.value ?? []) total += value;
  }
  if (Math.abs(total - sum) > 1e-6 * size) {
    throw new Error(`The values add up to ${total}, not ${sum}.`);
  }
  let grown = 0;
  for (let time = 0; time < growths; time++) {
    for (let i = 0; i < chunk; i++) {
      buffer.add(i % metricCount, size + time * chunk + Math.floor(i / metricCount), 0, 0.5);
    }
    const points = buffer.take();
    grown += timed(() => {
      log.append(points);
      build();
    });
  }
  return {
    ns: (1e6 * elapsed) / size,
    growNs: (1e6 * grown) / (chunk * growths),
    bytes: bytes / size,
  };
}

/** What a catalog asks of each new table. */
function look(table: MetricTable): MetricTable {
  for (const name of table.metricNames()) {
    const curve = table.curve(name);
    curve?.extremes(0, curve.length);
  }
  return table;
}

async function memory(): Promise<number> {
  // Memory of arrays is given back behind the collection.
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Runs of a metric that is no loss: how long looking for spikes takes in a first frame is another matter. */
async function makeRuns(folder: string, points: number): Promise<void> {
  for (let run = 0; run < runs; run++) {
    const directory = path.join(folder, `run-${run}`);
    await mkdir(directory);
    const file = createWriteStream(path.join(directory, "metrics.csv"));
    let text = "step,reward\n";
    for (let step = 0; step < points; step++) {
      const waves = Math.sin(step * 0.7 + run) * Math.cos(step * 0.013);
      const reward = Math.fround(3 / (1 + step / 50_000) + 0.3 * waves).toPrecision(6);
      text += `${step},${step % 99_991 === 5 ? "nan" : reward}\n`;
      if (text.length < 1 << 20 && step < points - 1) continue;
      if (!file.write(text)) await once(file, "drain");
      text = "";
    }
    file.end();
    await once(file, "finish");
  }
}

async function measureFrames(folder: string, points: number): Promise<boolean> {
  const catalog = new Catalog(fsFiles, { isExcluded: () => false });
  await catalog.discover([{ path: folder, name: "bench" }]);
  const keys = catalog.runs().map(({ key }) => key);
  if (keys.length !== runs) throw new Error(`Found ${keys.length} runs.`);
  const frame = (range: readonly [number, number] | null): Promise<TimelineAnswer> => {
    const choices = { axis: "step", behaviour: "", smooth: null, spread: null, apart: [] };
    const question = { runs: keys, metrics: ["reward"], width, range, ...choices };
    return answerTimeline(catalog, question, (x) => x, []);
  };
  let start = performance.now();
  await frame(null);
  console.log(`${runs} runs of ${points} points`);
  console.log(`  read and drawn first  ${(performance.now() - start).toFixed(0)} ms`);
  const all: Series[] = [];
  for (const key of keys) {
    const series = (await catalog.load(key)).table.series("reward");
    if (series) all.push(series);
  }
  const samples: { frame: number; pass: number; drawn: number }[] = [];
  for (let round = 0; round <= 2 * rounds; round++) {
    const share = 0.3 + (0.7 * ((round * 37) % 11)) / 11;
    const low = Math.floor(points * (1 - share) * (((round * 53) % 17) / 17));
    const range = [low, low + Math.floor(points * share)] as const;
    start = performance.now();
    const { charts } = await frame(range);
    const frameMs = performance.now() - start;
    let passes: number[][] = [];
    const toX = (step: number): number => ((step - range[0]) / (range[1] - range[0])) * width;
    const passMs = timed(() => {
      passes = all.map((series) => inOnePass(series, toX));
    });
    let drawn = 0;
    for (const { run, step, value } of charts[0]?.lines ?? []) {
      const series = all[run] as Series;
      const isSame = passes[run]?.every(
        (at, i) => Object.is(series.step[at], step[i]) && Object.is(series.value[at], value[i]),
      );
      if (isSame !== true || passes[run]?.length !== step.length) {
        throw new Error(`Run ${run} is drawn otherwise than by a pass over its points.`);
      }
      drawn += step.length;
    }
    if (round > 0) samples.push({ frame: frameMs, pass: passMs, drawn });
  }
  const ratio = median(samples.map((one) => one.frame / one.pass));
  console.log(`Medians of ${samples.length} frames of ${width} columns:`);
  console.log(`  points drawn  ${median(samples.map((one) => one.drawn))}`);
  console.log(`  frame         ${median(samples.map((one) => one.frame)).toFixed(1)} ms`);
  console.log(`  one pass      ${median(samples.map((one) => one.pass)).toFixed(1)} ms`);
  console.log(`  ratio         ${ratio.toFixed(3)}, limit ${limits.frame}`);
  return ratio <= limits.frame;
}

/** Indices of the points that are drawn. */
function inOnePass({ step, value }: Series, toX: (step: number) => number): number[] {
  const keep: number[] = [];
  let column = NaN;
  let [first, last, low, high, nan, infinite] = [-1, -1, -1, -1, -1, -1];
  let [before, behind] = [-1, -1];
  const flush = (): void => {
    if (first < 0) return;
    const chosen = new Set([first, low, high, last, nan, infinite].filter((i) => i >= 0));
    keep.push(...[...chosen].sort((a, b) => a - b));
    first = last = low = high = nan = infinite = -1;
  };
  for (let i = 0; i < step.length; i++) {
    const x = Math.floor(toX(step[i] as number));
    if (x < 0) {
      before = i;
      continue;
    }
    if (x > width) {
      behind = i;
      break;
    }
    if (x !== column) flush();
    column = x;
    const y = value[i] as number;
    if (first < 0) first = i;
    last = i;
    if (Number.isNaN(y)) nan = nan < 0 ? i : nan;
    else if (!Number.isFinite(y)) infinite = infinite < 0 ? i : infinite;
    else {
      if (low < 0 || y < (value[low] as number)) low = i;
      if (high < 0 || y > (value[high] as number)) high = i;
    }
  }
  flush();
  return [...(before < 0 ? [] : [before]), ...keep, ...(behind < 0 ? [] : [behind])];
}

function timed(action: () => void): number {
  const start = performance.now();
  action();
  return performance.now() - start;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

async function measure(folder: string, points: number): Promise<void> {
  const isLinear = await measurePoints();
  await makeRuns(folder, points);
  const isQuick = await measureFrames(folder, points);
  process.exitCode = isLinear && isQuick ? 0 : 1;
}

void measure(process.argv[2] as string, Number(process.argv[3]));
