/**
 * `samples_<task>_<time>.jsonl` of lm-evaluation-harness: a line per document and filter, beside `results_<time>.json`. Older
 * files have other names, and hold one list.
 */

import { baseName } from "../../io/path.js";
import { isPlainObject } from "../../model/config.js";
import { readRange } from "../../io/files.js";
import type {
  Example,
  ExamplesChunk,
  ExamplesInput,
  ExamplesReader,
  ExampleText,
  Place,
} from "../examples.js";
import { decodeText } from "../json.js";
import { LOOK, NO, YES } from "../reader.js";
import { readExampleElements } from "./elements.js";
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

/** How a document begins, in a line of its own or as the first of a list. */
const DOCUMENT = /^\s*(\[\s*)?\{\s*"doc_id"\s*:\s*[^,]{1,40},\s*"doc"\s*:/;

function taskOf(name: string): string {
  const named = NAME.exec(name)?.[2];
  return named ?? name.replace(/\.jsonl?$/i, "").replace(/^samples[-_]|[-_]samples$/gi, "");
}

async function* read(
  input: ExamplesInput,
  signal?: AbortSignal,
): AsyncGenerator<ExamplesChunk, void> {
  const task = taskOf(baseName(input.file));
  const isList = /^\s*\[/.test(decodeText(await readRange(input.source, 0, 256)));
  if (isList)
    yield* readExampleElements(input, [], (row, place) => exampleOf(task, row, place), signal);
  else yield* readExampleLines(input, (row, place) => exampleOf(task, row, place), signal);
}

export const lmEvalSamples: ExamplesReader = {
  format: "lm-eval-samples",
  shotsInResults: true,
  claims(name, head) {
    if (NAME.test(name)) return YES;
    if (!/\.jsonl?$/i.test(name)) return NO;
    if (head === null) return LOOK;
    return DOCUMENT.test(decodeText(head)) ? YES : NO;
  },
  resultsAmong(name, names) {
    const time = NAME.exec(name)?.[3];
    if (time !== undefined) return names.find((other) => other.endsWith(`${time}.json`)) ?? null;
    const results = names.filter((other) => /^(.*[-_])?results([-_].*)?\.json$/i.test(other));
    return results.length === 1 ? (results[0] ?? null) : null;
  },
  read,
  textAt: (input, place) => readLineText(input, place, textOf),
};
