/** `samples_<task>_<time>.jsonl` of lm-evaluation-harness: a line per document and filter, beside `results_<time>.json`. */

import { baseName } from "../../io/path.js";
import { isPlainObject } from "../../model/config.js";
import type { Example, ExamplesReader, ExampleText, Place } from "../examples.js";
import { NO, YES } from "../reader.js";
import {
  outcomesOf,
  proseOf,
  readExampleLines,
  readLineText,
  wordOf,
  type Row,
} from "./exampleLines.js";

const NAME = /^(.*?)samples_(.+)_(\d{4}-\d\d-\d\dT\d\d[-:]\d\d[-:]\d\d(?:\.\d+)?)\.jsonl$/;

/** Fields that are no metric, for older files that do not name their metrics. */
const NOT_METRICS = new Set([
  ..."doc_id doc target arguments resps filtered_resps filter metrics".split(" "),
  ..."doc_hash prompt_hash target_hash".split(" "),
]);

function exampleOf(task: string, row: Row, place: Place): Example[] | string {
  const id = wordOf(row["doc_id"]);
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
      hash: wordOf(row["doc_hash"]),
      step: null,
      outcomes: outcomesOf(row, names),
      place,
    },
  ];
}

/**
 * The first prompt is the question: the choices of a task that ranks them have it in common, with an answer each. Newer
 * files keep prompts as `{gen_args_0: {arg_0, arg_1}}`, older ones as lists.
 */
function textOf(row: Row): ExampleText | null {
  const id = wordOf(row["doc_id"]);
  if (id === null) return null;
  const calls = partsOf(row["arguments"]).map(partsOf);
  const question = calls[0]?.[0] ?? row["doc"];
  const choices = calls.map(([, choice]) => choice).filter((choice) => typeof choice === "string");
  const answers = partsOf(row["resps"]).map((answer, i) =>
    choices.length > 1 ? `${choices[i] ?? ""}: ${proseOf(firstOf(answer)) ?? ""}` : proseOf(answer),
  );
  return {
    id,
    question: proseOf(question),
    answer: proseOf(answers),
    target: proseOf(row["target"]),
  };
}

/** Of `[[-2.5, false]]` the log-likelihood of a choice. */
function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? firstOf(value[0]) : value;
}

function partsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isPlainObject(value) ? Object.values(value) : [];
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
    return readExampleLines(input, (row, place) => exampleOf(task, row, place), signal);
  },
  textAt: (input, place) => readLineText(input, place, textOf),
};
