/**
 * Long tables of examples, a row for each at each checkpoint, as CSV, JSON lines or Parquet. As metrics they give the mean of
 * each outcome over the examples of a step; `formats/examples/exampleTables.ts` reads the examples themselves.
 */

import { extensionOf } from "../io/path.js";
import { PointBuffer } from "../model/series.js";
import { axisOf } from "./columns.js";
import { exampleRow } from "./examples/exampleColumns.js";
import { columnsInHead, exampleRows, isParquet, parquetColumns } from "./examples/exampleRows.js";
import { looksBinary } from "./json.js";
import { ProblemList } from "./problems.js";
import {
  EXAMINE,
  LOOK,
  NO,
  START,
  YES,
  type Chunk,
  type Claim,
  type Cursor,
  type Examined,
  type FileInput,
  type HeadFacts,
  type Reader,
  type ReadInput,
} from "./reader.js";
import type { ExampleColumns } from "./examples/exampleColumns.js";

const TEXTS = new Set([".csv", ".tsv", ".jsonl"]);

function claims(name: string, head: Uint8Array | null): Claim {
  if (isParquet(name)) {
    if (head === null) return LOOK;
    return head[0] === 0x50 && head[1] === 0x41 ? EXAMINE : NO;
  }
  if (!TEXTS.has(extensionOf(name))) return NO;
  if (head === null) return LOOK;
  return !looksBinary(head) && columnsInHead(name, head) ? YES : NO;
}

function factsOf(columns: ExampleColumns): HeadFacts {
  const { header, layout } = columns;
  return { isRun: false, config: null, columns: header, severalRuns: layout.runs.length > 0 };
}

function describe(name: string, head: Uint8Array): HeadFacts {
  const columns = isParquet(name) ? null : columnsInHead(name, head);
  return columns
    ? factsOf(columns)
    : { isRun: false, config: null, columns: [], severalRuns: false };
}

async function examine({ source }: FileInput): Promise<Examined> {
  const columns = await parquetColumns(source);
  return columns ? { claim: YES, facts: factsOf(columns) } : { claim: NO, facts: null };
}

/** Means by metric and step, of one run. */
class Means {
  private readonly sums = new Map<string, Map<number, { sum: number; count: number }>>();

  add(metric: string, step: number, value: number): void {
    const steps = this.sums.get(metric) ?? new Map<number, { sum: number; count: number }>();
    this.sums.set(metric, steps);
    const mean = steps.get(step) ?? { sum: 0, count: 0 };
    steps.set(step, mean);
    mean.sum += value;
    mean.count += 1;
  }

  addTo(points: PointBuffer): void {
    for (const [metric, steps] of this.sums) {
      const id = points.idOf(metric);
      for (const step of [...steps.keys()].sort((a, b) => a - b)) {
        const { sum, count } = steps.get(step) ?? { sum: NaN, count: 1 };
        points.add(id, step, NaN, sum / count);
      }
    }
  }
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(input.file);
  const runs = new Map<string, Means>();
  let axis: string | undefined;
  for await (const { columns, rows } of exampleRows(input.source, input.file, problems, signal)) {
    axis = axisOf(columns.header[columns.layout.steps[0] ?? -1] ?? "");
    for (const { cells } of rows) {
      const row = exampleRow(columns, cells);
      if (row === null) {
        problems.add("example-table/no-step", "a row that names no step or no example; not read");
        continue;
      }
      const means = runs.get(row.run) ?? new Means();
      runs.set(row.run, means);
      for (const [outcome, value] of row.outcomes)
        means.add(`${row.task}/${outcome}`, row.step, value);
    }
  }
  const found = problems.take(true);
  for (const [part, means] of runs) {
    const points = new PointBuffer();
    means.addTo(points);
    yield {
      points: points.take(),
      ...(part === "" ? {} : { part }),
      ...(axis === undefined ? {} : { axis }),
      problems: [],
    };
  }
  yield { points: new PointBuffer().take(), problems: found };
  return START;
}

export const exampleTable: Reader = {
  format: "example-table",
  system: "Examples",
  kind: "evaluation",
  isRewritten: true,
  claims,
  describe,
  examine,
  read,
};
