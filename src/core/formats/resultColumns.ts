/**
 * Results of all checkpoints of a run in one JSON, as BigScience merged those of lm-evaluation-harness:
 * `{"checkpoints": [19500, 21000], "results": {"arc_easy": {"acc": [0.4, 0.41], "acc_stderr": [0.01, 0.01]}}}`.
 */

import { isPlainObject } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import { isStandardError, objectOf } from "./evaluated.js";
import { decodeText, numberOf, readJson } from "./json.js";
import { ProblemList } from "./problems.js";
import {
  LOOK,
  NO,
  YES,
  type Chunk,
  type Claim,
  type Cursor,
  type Reader,
  type ReadInput,
} from "./reader.js";

const STEPS = ["checkpoints", "steps", "iterations"];
const HAS_STEPS = new RegExp(`"(?:${STEPS.join("|")})"\\s*:\\s*\\[\\s*\\d`);
const HAS_LISTS = /"results"\s*:\s*\{\s*"[^"]+"\s*:\s*\{\s*"[^"]+"\s*:\s*\[\s*[-\dNnI]/;

function claims(name: string, head: Uint8Array | null): Claim {
  if (!/\.json$/i.test(name)) return NO;
  if (head === null) return LOOK;
  const text = decodeText(head);
  return HAS_STEPS.test(text) && HAS_LISTS.test(text) ? YES : NO;
}

async function* read({ source, file }: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const parsed = await readJson(source);
  const document = parsed.ok ? objectOf(parsed.value) : {};
  const steps = STEPS.map((key) => document[key]).find(isListOfSteps);
  if (!parsed.ok) problems.add("result-columns/not-json", `${parsed.reason}; not read`);
  else if (!steps) problems.add("result-columns/no-step", "no list of steps; not read");
  else {
    for (const [task, metrics] of Object.entries(objectOf(document["results"]))) {
      if (isPlainObject(metrics)) addTask(task, metrics, steps, points, problems);
    }
  }
  yield { points: points.take(), problems: problems.take(true) };
  return { offset: source.stamp.size, line: 1, memory: null };
}

function isListOfSteps(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((step) => Number.isSafeInteger(step))
  );
}

function addTask(
  task: string,
  metrics: Readonly<Record<string, unknown>>,
  steps: readonly number[],
  points: PointBuffer,
  problems: ProblemList,
): void {
  for (const [metric, values] of Object.entries(metrics)) {
    if (!Array.isArray(values) || isStandardError(metric)) continue;
    const name = `${task}/${metric}`;
    if (values.length !== steps.length) {
      const message = `${name} has ${values.length} values for ${steps.length} steps; not read`;
      problems.add("result-columns/other-length", message);
      continue;
    }
    const errors = metrics[`${metric}_stderr`];
    const id = points.idOf(name);
    for (const [i, step] of steps.entries()) {
      const value = numberOf(values[i]);
      const stderr = Array.isArray(errors) ? numberOf(errors[i]) : undefined;
      if (value !== undefined) points.add(id, step, NaN, value, stderr ?? NaN);
    }
  }
}

export const resultColumns: Reader = {
  format: "result-columns",
  system: "lm-evaluation-harness",
  kind: "evaluation",
  claims,
  read,
};
