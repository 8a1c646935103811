/**
 * Recorded curves of Megatron-LM, `golden_values_*.json`: per metric `{"start_step", "end_step", "step_interval", "values"}`.
 * `values` maps steps to numbers; in the older form it is a list, whose steps are `start_step` and every `step_interval`
 * from there. Megatron-LM writes `"nan"` for steps at which its logs have no value, so that is "not recorded".
 */

import { extensionOf } from "../io/path.js";
import { isPlainObject } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import { decodeText, numberOf, readJson } from "./json.js";
import { ProblemList } from "./problems.js";
import {
  LOOK,
  NO,
  YES,
  type Chunk,
  type Claim,
  type Cursor,
  type HeadFacts,
  type Reader,
  type ReadInput,
} from "./reader.js";

const MARK = /^\s*\{\s*"[^"]+"\s*:\s*\{\s*"start_step"\s*:\s*\d+\s*,\s*"end_step"/;
/** The curve that follows behind single numbers, in older files. */
const LATER = /"[^"]+"\s*:\s*\{\s*"start_step"\s*:\s*\d+\s*,\s*"end_step"/g;

const MAX_BYTES = 64 * 1024 * 1024;

function claims(name: string, head: Uint8Array | null): Claim {
  if (extensionOf(name) !== ".json") return NO;
  if (head === null) return LOOK;
  const text = decodeText(head);
  return MARK.test(text) || (/^golden_values/.test(name) && text.search(LATER) >= 0) ? YES : NO;
}

function describe(_name: string, head: Uint8Array): HeadFacts {
  const columns = decodeText(head).match(/"([^"]+)"(?=\s*:\s*\{\s*"start_step")/g) ?? [];
  return { isRun: true, config: null, columns, severalRuns: false };
}

async function* read({ source, file }: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const parsed = await readJson(source, MAX_BYTES);
  if (!parsed.ok || !isPlainObject(parsed.value)) {
    const reason = parsed.ok ? "not an object" : parsed.reason;
    problems.add("golden-values/not-json", `not a list of curves: ${reason}; not read`);
  } else {
    for (const [metric, curve] of Object.entries(parsed.value)) {
      if (isPlainObject(curve)) addCurve(metric, curve, points, problems);
    }
  }
  yield { points: points.take(), problems: problems.take(true) };
  return { offset: source.stamp.size, line: 1, memory: null };
}

function addCurve(
  metric: string,
  curve: Record<string, unknown>,
  points: PointBuffer,
  problems: ProblemList,
): void {
  const { values, start_step: start, step_interval: interval } = curve;
  const id = points.idOf(metric);
  const add = (step: number, given: unknown): void => {
    const value = typeof given === "string" && /^nan$/i.test(given) ? null : numberOf(given);
    if (value !== undefined) points.add(id, step, NaN, value);
    else
      problems.add(
        "golden-values/not-a-number",
        `${metric} at step ${step} is no number; not read`,
      );
  };
  if (isPlainObject(values)) {
    for (const [text, value] of Object.entries(values)) {
      if (/^\d{1,15}$/.test(text)) add(Number(text), value);
      else
        problems.add(
          "golden-values/no-step",
          `${metric}: "${text.slice(0, 40)}" is no step; not read`,
        );
    }
  } else if (Array.isArray(values) && typeof start === "number" && typeof interval === "number") {
    for (const [index, value] of values.entries()) add(start + index * interval, value);
  } else problems.add("golden-values/no-step", `${metric} has no steps for its values; not read`);
}

export const goldenValues: Reader = {
  format: "golden-values",
  system: "Megatron-LM",
  kind: "history",
  claims,
  describe,
  read,
};
