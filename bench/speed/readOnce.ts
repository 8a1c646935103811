/**
 * Reads event files once, in a process of its own, and prints how long it took as JSON.
 *
 *     node readOnce.cjs readSync|plain|kernel|log|digest THREADS FILE...
 *
 * `readSync` reads the bytes and nothing else, `plain` and `kernel` read points, `log` keeps them as a run does, and
 * `digest` tells whether `plain` and `kernel` give the same.
 */

import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { EventReading, readRecords } from "../../src/core/formats/events.js";
import { START, type Chunk, type Cursor } from "../../src/core/formats/reader.js";
import { tfevents } from "../../src/core/formats/tfevents.js";
import { MetricNames, PointLog } from "../../src/core/tables/pointLog.js";
import { fsFiles } from "../../src/node/fsFiles.js";

const PIECE_BYTES = 1024 * 1024;

interface Counted {
  readonly points: number;
  readonly problems: number;
  /** Of the values, so that each is looked at. */
  readonly sum: number;
}

async function readAll(mode: string, files: readonly string[]): Promise<Counted> {
  let points = 0;
  let problems = 0;
  let sum = 0;
  for (const file of files) {
    if (mode === "readSync") {
      readBytes(file);
      continue;
    }
    const log = mode === "log" ? new PointLog(new MetricNames(), "") : null;
    await withChunks(mode === "plain", file, (chunk) => {
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
  isPlain: boolean,
  file: string,
  take: (chunk: Chunk) => void,
): Promise<Cursor> {
  const source = await fsFiles.open(file);
  const input = { source, file, from: START };
  const chunks = isPlain ? readRecords(new EventReading(input), 0) : tfevents.read(input);
  for (let next = await chunks.next(); ; next = await chunks.next()) {
    if (next.done === true) {
      await source.close();
      return next.value;
    }
    take(next.value);
  }
}

/** Of all that is read of a file: the same for two readings that give the same. */
async function digest(isPlain: boolean, file: string): Promise<string> {
  const hash = createHash("sha256");
  const columns = ["metric", "step", "wallTime", "value"] as const;
  const hashes = columns.map(() => createHash("sha256"));
  let metrics: readonly string[] = [];
  let points = 0;
  const cursor = await withChunks(isPlain, file, (chunk) => {
    for (const [i, column] of columns.entries()) hashes[i]?.update(chunk.points[column]);
    const restarts = (chunk.restarts ?? []).map(({ at, step }) => [points + at, step]);
    if (restarts.length > 0) hash.update(JSON.stringify(restarts));
    for (const problem of chunk.problems) hash.update(JSON.stringify(problem));
    points += chunk.points.step.length;
    ({ metrics } = chunk.points);
  });
  for (const column of hashes) hash.update(column.digest());
  return hash.update(JSON.stringify([metrics, cursor, points])).digest("hex");
}

/** Every `threads`th file, for each thread. */
function shares(files: readonly string[], threads: number): string[][] {
  return Array.from({ length: threads }, (_, own) => files.filter((_, i) => i % threads === own));
}

interface Took {
  readonly ms: number;
  readonly cpuMs: number;
}

async function inWorkers(mode: string, parts: readonly string[][]): Promise<Took> {
  const workers = parts.map((files) => new Worker(__filename, { workerData: { mode, files } }));
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

async function alone(mode: string, files: readonly string[]): Promise<Took> {
  const took = stopwatch();
  await readAll(mode, files);
  return took();
}

async function main(): Promise<void> {
  const [, , mode = "", threads = "1", ...files] = process.argv;
  if (mode === "digest") {
    const plain = await Promise.all(files.map((file) => digest(true, file)));
    const kernel = await Promise.all(files.map((file) => digest(false, file)));
    const equal = plain.every((own, i) => own === kernel[i]);
    process.stdout.write(JSON.stringify({ equal, ...(await readAll("kernel", files)) }));
    return;
  }
  const took =
    threads === "1"
      ? await alone(mode, files)
      : await inWorkers(mode, shares(files, Number(threads)));
  // Kilobytes on Linux and macOS alike, as Node gives them.
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ ...took, megabytes }));
}

if (isMainThread) void main();
else {
  const { mode, files } = workerData as { mode: string; files: string[] };
  parentPort?.once("message", () => {
    void readAll(mode, files).then((counted) => parentPort?.postMessage(counted));
  });
  parentPort?.postMessage("ready");
}
