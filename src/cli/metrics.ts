/** `onset metrics`. */

import { referenceOf, toJson, type LoadedRun, type RunReference } from "../core/index.js";
import { resolveRun, UsageError, write, type Call } from "./call.js";
import { csvLine } from "./table.js";

const FORMATS = ["json", "csv", "arrow"];

export async function metrics(call: Call): Promise<number> {
  const { catalog, run: name, metrics: wanted, json } = call;
  const format = call.format ?? (json ? "json" : "csv");
  if (!FORMATS.includes(format)) throw new UsageError(`--format is one of ${FORMATS.join(", ")}`);
  if (name === null) throw new UsageError("metrics needs --run; onset runs lists them");
  const run = await resolveRun(catalog, name);
  const loaded = await catalog.load(run.key);
  const names = loaded.table.metricNames();
  const missing = wanted.find((metric) => !names.includes(metric));
  if (missing !== undefined) throw new UsageError(`"${name}" has no metric "${missing}"`);
  const chosen = wanted.length === 0 ? names : wanted;
  if (format === "arrow") await write(loaded.table.toIpc(chosen));
  else if (format === "json") await writeJson(loaded, chosen, await referenceOf(catalog, run));
  else await writeCsv(loaded, chosen);
  return chosen.length > 0 ? 0 : 1;
}

interface Point {
  readonly attempt: number;
  readonly metric: string;
  readonly step: number;
  readonly wallTime: number | null;
  /** Null where the file says that nothing was recorded. */
  readonly value: number | null;
}

function* pointsOf({ table }: LoadedRun, metrics: readonly string[]): Generator<Point> {
  for (const metric of metrics) {
    const points = table.points(metric);
    if (!points) continue;
    const { attempt, step, wallTime, value, recorded } = points;
    for (let i = 0; i < step.length; i++) {
      const time = wallTime[i] as number;
      yield {
        attempt: attempt[i] as number,
        metric,
        step: step[i] as number,
        wallTime: Number.isNaN(time) ? null : time,
        value: recorded?.[i] === 0 ? null : (value[i] as number),
      };
    }
  }
}

async function writeJson(
  loaded: LoadedRun,
  metrics: readonly string[],
  run: RunReference,
): Promise<void> {
  await write(`{"run":${toJson(run)},"points":[`);
  let separator = "\n";
  for (const batch of batches(pointsOf(loaded, metrics))) {
    await write(separator + batch.map((point) => toJson(point)).join(",\n"));
    separator = ",\n";
  }
  await write("\n]}\n");
}

async function writeCsv(loaded: LoadedRun, metrics: readonly string[]): Promise<void> {
  await write("attempt,metric,step,wallTime,value\n");
  for (const batch of batches(pointsOf(loaded, metrics))) {
    const lines = batch.map(({ attempt, metric, step, wallTime, value }) =>
      csvLine([attempt, metric, step, wallTime, value]),
    );
    await write(lines.join(""));
  }
}

function* batches(points: Iterable<Point>): Generator<Point[]> {
  let batch: Point[] = [];
  for (const point of points) {
    batch.push(point);
    if (batch.length === 4096) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
