/** `wandb-summary.json`: the last values of a W&B run. Read where the run's log is missing. */

import { isPlainObject } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import { readJson } from "./json.js";
import { ProblemList } from "./problems.js";
import { NO, YES, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";
import { addRow, axisOfRows, chooseStep, COUNTER, stepOfRow, type Row } from "./wandbRows.js";

async function* read(input: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const { source, file } = input;
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const parsed = await readJson(source);
  let axis: string | undefined;
  if (!parsed.ok) {
    problems.add("wandb/not-json", `not JSON: ${parsed.reason}; not read`);
  } else if (isPlainObject(parsed.value)) axis = addSummary(parsed.value, points);
  yield {
    points: points.take(),
    problems: problems.take(true),
    ...(axis === undefined ? {} : { axis }),
  };
  return { offset: source.stamp.size, line: 1, memory: null };
}

/** Adds last values at the step that is among them, and returns the axis. A run that logged nothing has no step. */
export function addSummary(
  summary: Readonly<Record<string, unknown>>,
  points: PointBuffer,
): string | undefined {
  const items = new Map(Object.entries(summary));
  const counter = items.get(COUNTER);
  const row: Row = { items, counter: typeof counter === "number" ? counter : null };
  const stepName = chooseStep([row], []);
  const step = stepOfRow(row, stepName);
  if (step === null) return undefined;
  addRow(row, stepName, step, points);
  return axisOfRows(stepName);
}

export const wandbSummary: Reader = {
  format: "wandb-summary",
  system: "Weights & Biases",
  kind: "log",
  claims: (name) => (name === "wandb-summary.json" ? YES : NO),
  read,
};
