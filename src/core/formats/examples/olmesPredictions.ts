/** `…-predictions.jsonl` of OLMES and olmo-eval: a line per question, with its metrics. */

import { baseName } from "../../io/path.js";
import { isPlainObject } from "../../model/config.js";
import type { Example, ExamplesReader } from "../examples.js";
import { decodeText } from "../json.js";
import { LOOK, NO, YES } from "../reader.js";
import { outcomesOf, readExampleLines, textOf, type Row } from "./exampleLines.js";

const NAME = /^(?:task-\d{3,}-)?(.+?)(?:_[0-9a-f]{6})?-predictions\.jsonl$/;

/** There is no checksum of the question, but the data set's own name for it. */
function exampleOf(task: string, row: Row): Example[] | string {
  const native = textOf(row["native_id"]);
  const id = textOf(row["doc_id"]) ?? native;
  if (id === null) return "no doc_id";
  const metrics = isPlainObject(row["metrics"]) ? row["metrics"] : {};
  const outcomes = outcomesOf(metrics, Object.keys(metrics));
  return [{ task, id, filter: null, hash: native, step: null, outcomes }];
}

export const olmesPredictions: ExamplesReader = {
  format: "olmes-predictions",
  claims(name, head) {
    if (!NAME.test(name)) return NO;
    if (name.startsWith("task-")) return YES;
    // Others may name a log so.
    if (head === null) return LOOK;
    return /^\s*\{.*"(?:doc_id|native_id)"\s*:/.test(decodeText(head)) ? YES : NO;
  },
  resultsAmong(name, names) {
    const own = name.replace(/predictions\.jsonl$/, "metrics.json");
    return [own, "metrics-all.jsonl", "metrics.json"].find((one) => names.includes(one)) ?? null;
  },
  read(input, signal) {
    const task = NAME.exec(baseName(input.file))?.[1] ?? "";
    return readExampleLines(input, (row) => exampleOf(task, row), signal);
  },
};
