/**
 * Reads logs of a format once, in a process of its own, and prints how long it took as JSON.
 *
 *     node readOnce.cjs FORMAT readSync|plain|kernel|log|script|digest THREADS FILE...
 *
 * `readSync` reads the bytes and nothing else, `plain` and `kernel` read points, `log` keeps them as a run does,
 * `script` parses as a few lines of JavaScript do, and
 * `digest` tells whether `plain` and `kernel` give the same.
 */

import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { csv, readDelimited } from "../../src/core/formats/csv.js";
import { EventReading, readRecords } from "../../src/core/formats/events.js";
import { jsonl, readJsonLines } from "../../src/core/formats/jsonl.js";
import { START, type Chunk, type Cursor, type ReadInput } from "../../src/core/formats/reader.js";
import { tfevents } from "../../src/core/formats/tfevents.js";
import { readTrainerState, trainerState } from "../../src/core/formats/trainerState.js";
import { wandb } from "../../src/core/formats/wandb.js";
import { readBlocks, WandbReading } from "../../src/core/formats/wandbReading.js";
import { MetricNames, PointLog } from "../../src/core/tables/pointLog.js";
import { fsFiles } from "../../src/node/fsFiles.js";

const PIECE_BYTES = 1024 * 1024;

type Read = (input: ReadInput) => AsyncGenerator<Chunk, Cursor>;

/** How a format is read plainly, and as Onset reads it. */
const FORMATS: Readonly<Record<string, { readonly plain: Read; readonly kernel: Read }>> = {
  events: {
    plain: (input) => readRecords(new EventReading(input), 0),
    kernel: (input) => tfevents.read(input),
  },
  wandb: {
    plain: (input) => readBlocks(new WandbReading(input)),
    kernel: (input) => wandb.read(input),
  },
  jsonl: { plain: (input) => readJsonLines(null, input), kernel: (input) => jsonl.read(input) },
  csv: { plain: (input) => readDelimited(null, input), kernel: (input) => csv.read(input) },
  "trainer-state": {
    plain: (input) => readTrainerState(null, input),
    kernel: (input) => trainerState.read(input),
  },
};

/** The numbers of a file, counted, as a script finds them: `JSON.parse` of each line or of all, or `split` and `Number`. */
function script(format: string, file: string): number {
  const text = readFileSync(file, "utf8");
  if (format === "trainer-state") {
    const { log_history: rows } = JSON.parse(text) as { log_history: object[] };
    return rows.reduce((sum, row) => sum + Object.keys(row).length - 1, 0);
  }
  let count = 0;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    if (format === "csv") count += line.split(",").map(Number).length - 1;
    else count += Object.keys(JSON.parse(line) as object).length - 1;
  }
  return count;
}

interface Counted {
  readonly points: number;
  readonly problems: number;
  /** Of the values, so that each is looked at. */
  readonly sum: number;
}

interface Task {
  readonly format: string;
  readonly mode: string;
  readonly files: readonly string[];
}

async function readAll({ format, mode, files }: Task): Promise<Counted> {
  let points = 0;
  let problems = 0;
  let sum = 0;
  for (const file of files) {
    if (mode === "readSync") {
      readBytes(file);
      continue;
    }
    if (mode === "script") {
      points += script(format, file);
      continue;
    }
    const log = mode === "log" ? new PointLog(new MetricNames(), "") : null;
    await withChunks(format, mode === "plain", file, (chunk) => {
      log?.append(chunk.points, false, chunk.restarts);
      points += chunk.points.step.length;
      const { value } = chunk.points;
      for (let i = 0; i < value.length; i++) sum += value[i] as number;
      problems += chunk.problems.length;
    });
  }
  return { points, problems, sum };
}

function readBytes(file: string): void {
  const buffer = new Uint8Array(PIECE_BYTES);
  const opened = openSync(file, "r");
  while (readSync(opened, buffer, 0, PIECE_BYTES, null) > 0);
  closeSync(opened);
}

async function withChunks(
  format: string,
  isPlain: boolean,
  file: string,
  take: (chunk: Chunk) => void,
): Promise<Cursor> {
  const source = await fsFiles.open(file);
  const input = { source, file, from: START };
  const read = FORMATS[format]?.[isPlain ? "plain" : "kernel"];
  if (!read) throw new Error(`no format ${format}`);
  const chunks = read(input);
  for (let next = await chunks.next(); ; next = await chunks.next()) {
    if (next.done === true) {
      await source.close();
      return next.value;
    }
    take(next.value);
  }
}

/** Of all that is read of a file: the same for two readings that give the same. */
async function digest(format: string, isPlain: boolean, file: string): Promise<string> {
  const hash = createHash("sha256");
  const columns = ["metric", "step", "wallTime", "value"] as const;
  const hashes = columns.map(() => createHash("sha256"));
  let metrics: readonly string[] = [];
  let points = 0;
  let axis: string | undefined;
  const cursor = await withChunks(format, isPlain, file, (chunk) => {
    for (const [i, column] of columns.entries()) hashes[i]?.update(chunk.points[column]);
    const restarts = (chunk.restarts ?? []).map(({ at, step }) => [points + at, step]);
    if (restarts.length > 0) hash.update(JSON.stringify(restarts));
    const config = [...(chunk.config ?? [])];
    if (config.length > 0) hash.update(JSON.stringify(config));
    for (const problem of chunk.problems) hash.update(JSON.stringify(problem));
    points += chunk.points.step.length;
    ({ metrics } = chunk.points);
    ({ axis } = chunk);
  });
  for (const column of hashes) hash.update(column.digest());
  return hash.update(JSON.stringify([metrics, cursor, points, axis])).digest("hex");
}

/** Every `threads`th file, for each thread. */
function shares(files: readonly string[], threads: number): string[][] {
  return Array.from({ length: threads }, (_, own) => files.filter((_, i) => i % threads === own));
}

interface Took {
  readonly ms: number;
  readonly cpuMs: number;
}

async function inWorkers(task: Task, threads: number): Promise<Took> {
  const workers = shares(task.files, threads).map(
    (files) => new Worker(__filename, { workerData: { ...task, files } }),
  );
  await Promise.all(workers.map((worker) => nextMessage(worker)));
  const took = stopwatch();
  for (const worker of workers) worker.postMessage("go");
  await Promise.all(workers.map((worker) => nextMessage(worker)));
  return took();
}

/** Time on the clock and of all processors from now on. */
function stopwatch(): () => Took {
  const start = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { ms: performance.now() - start, cpuMs: (user + system) / 1000 };
  };
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

async function alone(task: Task): Promise<Took> {
  const took = stopwatch();
  await readAll(task);
  return took();
}

async function main(): Promise<void> {
  const [, , format = "", mode = "", threads = "1", ...files] = process.argv;
  if (mode === "digest") {
    const plain = await Promise.all(files.map((file) => digest(format, true, file)));
    const kernel = await Promise.all(files.map((file) => digest(format, false, file)));
    const equal = plain.every((own, i) => own === kernel[i]);
    const counted = await readAll({ format, mode: "kernel", files });
    process.stdout.write(JSON.stringify({ equal, ...counted }));
    return;
  }
  const task = { format, mode, files };
  const took = threads === "1" ? await alone(task) : await inWorkers(task, Number(threads));
  // Kilobytes on Linux and macOS alike, as Node gives them.
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ ...took, megabytes }));
}

if (isMainThread) void main();
else {
  parentPort?.once("message", () => {
    void readAll(workerData as Task).then((counted) => parentPort?.postMessage(counted));
  });
  parentPort?.postMessage("ready");
}
