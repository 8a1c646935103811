/** `…-predictions.jsonl` of OLMES and olmo-eval: a line per question, with its metrics. */

import { baseName } from "../../io/path.js";
import { isPlainObject } from "../../model/config.js";
import { objectOf } from "../evaluated.js";
import type { Example, ExamplesReader, ExampleText, Place } from "../examples.js";
import { decodeText } from "../json.js";
import { LOOK, NO, YES } from "../reader.js";
import {
  outcomesOf,
  proseOf,
  readExampleLines,
  readLineText,
  wordOf,
  type Row,
} from "./exampleLines.js";

const NAME = /^(?:task-\d{3,}-)?(.+?)(?:_[0-9a-f]{6})?-predictions\.jsonl$/;

/** There is no checksum of the question, but the data set's own name for it. */
function exampleOf(task: string, row: Row, place: Place): Example[] | string {
  const native = wordOf(row["native_id"]);
  const id = wordOf(row["doc_id"]) ?? native;
  if (id === null) return "no doc_id";
  const metrics = isPlainObject(row["metrics"]) ? row["metrics"] : {};
  const outcomes = outcomesOf(metrics, Object.keys(metrics));
  // olmo-eval: by metric and scorer, which have one name where a metric has a scorer of its own.
  for (const [metric, scores] of Object.entries(objectOf(row["instance_metrics"]))) {
    for (const [scorer, value] of outcomesOf(objectOf(scores), Object.keys(objectOf(scores)))) {
      outcomes.set(scorer === metric ? metric : `${metric},${scorer}`, value);
    }
  }
  return [{ task, id, filter: null, hash: native, step: null, outcomes, place }];
}

/** The question is not in the predictions. An answer is the text that the model wrote, or the choice it found likeliest. */
function textOf(row: Row): ExampleText | null {
  const id = wordOf(row["doc_id"]) ?? wordOf(row["native_id"]);
  if (id === null) return null;
  const outputs: unknown[] = Array.isArray(row["model_output"]) ? row["model_output"] : [];
  const final = row["final_output"];
  const answers =
    typeof final === "string"
      ? [final]
      : outputs.map((output) =>
          isPlainObject(output)
            ? (output["continuation"] ?? output["text"] ?? output["model_answer"] ?? output)
            : output,
        );
  const question = proseOf(row["question"] ?? row["doc"]);
  return { id, question, answer: proseOf(answers), target: proseOf(row["label"]) };
}

/** A text, or the messages of a chat. */
function contextOf(context: unknown): unknown {
  if (!Array.isArray(context)) return context;
  return context.map((message: unknown) => objectOf(message)["content"] ?? message);
}

export const olmesPredictions: ExamplesReader = {
  format: "olmes-predictions",
  shotsInResults: true,
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
    return readExampleLines(input, (row, place) => exampleOf(task, row, place), signal);
  },
  beside: {
    // olmo-eval keeps them in a tree of their own.
    fileOf: (file) =>
      file
        .replace(/predictions\.jsonl$/, "requests.jsonl")
        .replace(/\/predictions\/([^/]+\/[^/]+)$/, "/requests/$1"),
    elements: null,
    textOf(row) {
      const id = wordOf(row["doc_id"]) ?? wordOf(row["native_id"]);
      const request = isPlainObject(row["request"]) ? row["request"] : {};
      return {
        id,
        question: proseOf(contextOf(request["context"] ?? request["prompt"]) ?? row["doc"]),
      };
    },
  },
  textAt: (input, place) => readLineText(input, place, textOf),
};
