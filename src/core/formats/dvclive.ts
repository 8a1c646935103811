/**
 * The tables of DVCLive: one metric per file, named by its path below `plots/metrics/`; and `metrics.json`, the latest
 * values, read where there are no tables.
 */

import { isPlainObject } from "../model/config.js";
import { PointBuffer, type PointColumns } from "../model/series.js";
import { csv } from "./csv.js";
import { numberOf, readJson } from "./json.js";
import { ProblemList } from "./problems.js";
import { NO, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  if (input.file.endsWith(".json")) return yield* readLatest(input);
  const name = metricOf(input.file);
  const chunks = csv.read(input, signal);
  for (let next = await chunks.next(); ; next = await chunks.next()) {
    if (next.done === true) return next.value;
    yield { ...next.value, points: renamed(next.value.points, name) };
  }
}

/** The metric's whole name: the table's column has its last part only. */
export function metricOf(file: string): string {
  const match = /.*\/plots\/metrics\/(.+)\.tsv$/.exec(file);
  return match?.[1] ?? file.slice(file.lastIndexOf("/") + 1).replace(/\.tsv$/, "");
}

function renamed(points: PointColumns, name: string): PointColumns {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return { ...points, metrics: points.metrics.map((metric) => (metric === last ? name : metric)) };
}

async function* readLatest({ source, file }: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const parsed = await readJson(source);
  const step = parsed.ok && isPlainObject(parsed.value) ? parsed.value["step"] : undefined;
  if (!parsed.ok) problems.add("dvclive/not-json", `not JSON: ${parsed.reason}; not read`);
  else if (typeof step !== "number") problems.add("dvclive/no-step", "has no step; not read");
  else addNested("", parsed.value, step, points, 0);
  yield { points: points.take(), problems: problems.take(true) };
  return { offset: source.stamp.size, line: 1, memory: null };
}

function addNested(
  name: string,
  value: unknown,
  step: number,
  points: PointBuffer,
  depth: number,
): void {
  if (isPlainObject(value)) {
    if (depth > 16) return;
    for (const [key, child] of Object.entries(value)) {
      if (name === "" && key === "step") continue;
      addNested(name === "" ? key : `${name}/${key}`, child, step, points, depth + 1);
    }
    return;
  }
  const number = numberOf(value);
  if (number !== undefined) points.add(points.idOf(name), step, NaN, number);
}

/** Claims nothing by name: the file's place below `plots/metrics/` says what it is, which the layout knows. */
export const dvclive: Reader = {
  format: "dvclive",
  system: "DVCLive",
  kind: "log",
  claims: () => NO,
  read,
};
