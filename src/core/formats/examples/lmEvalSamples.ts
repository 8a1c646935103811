/** `samples_<task>_<time>.jsonl` of lm-evaluation-harness: a line per document and filter, beside `results_<time>.json`. */

import { baseName } from "../../io/path.js";
import type { Example, ExamplesReader } from "../examples.js";
import { NO, YES } from "../reader.js";
import { outcomesOf, readExampleLines, textOf, type Row } from "./exampleLines.js";

const NAME = /^(.*?)samples_(.+)_(\d{4}-\d\d-\d\dT\d\d[-:]\d\d[-:]\d\d(?:\.\d+)?)\.jsonl$/;

/** Fields that are no metric, for older files that do not name their metrics. */
const NOT_METRICS = new Set([
  ..."doc_id doc target arguments resps filtered_resps filter metrics".split(" "),
  ..."doc_hash prompt_hash target_hash".split(" "),
]);

function exampleOf(task: string, row: Row): Example[] | string {
  const id = textOf(row["doc_id"]);
  if (id === null) return "no doc_id";
  const { metrics, filter } = row;
  const names = Array.isArray(metrics)
    ? metrics.filter((name) => typeof name === "string")
    : Object.keys(row).filter((name) => !NOT_METRICS.has(name));
  return [
    {
      task,
      id,
      filter: typeof filter === "string" && filter !== "none" ? filter : null,
      hash: textOf(row["doc_hash"]),
      step: null,
      outcomes: outcomesOf(row, names),
    },
  ];
}

export const lmEvalSamples: ExamplesReader = {
  format: "lm-eval-samples",
  claims: (name) => (NAME.test(name) ? YES : NO),
  resultsAmong(name, names) {
    const time = NAME.exec(name)?.[3] ?? "";
    return names.find((other) => other.endsWith(`${time}.json`)) ?? null;
  },
  read(input, signal) {
    const task = NAME.exec(baseName(input.file))?.[2] ?? "";
    return readExampleLines(input, (row) => exampleOf(task, row), signal);
  },
};
