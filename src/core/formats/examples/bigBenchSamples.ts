/** The queries in a results file of BIG-bench: per task and number of shots what was asked, and what the model made of it. */

import { isPlainObject } from "../../model/config.js";
import { bigBench, bigBenchTask } from "../bigBench.js";
import type {
  Example,
  ExamplesChunk,
  ExamplesInput,
  ExamplesReader,
  ExampleText,
  Place,
} from "../examples.js";
import { numberOf, readJson } from "../json.js";
import { YES } from "../reader.js";
import { outcomesOf, proseOf, type Row } from "./exampleLines.js";
import { readElementText, readExampleElements } from "./elements.js";

const PATH = ["queries", "*", "samples"];

async function* read(
  input: ExamplesInput,
  signal?: AbortSignal,
): AsyncGenerator<ExamplesChunk, void> {
  const document = await readJson(input.source);
  const whole = document.ok && isPlainObject(document.value) ? document.value : {};
  const queries = Array.isArray(whole["queries"]) ? (whole["queries"] as unknown[]) : [];
  const tasks = queries.map((query) => taskOf(whole, isPlainObject(query) ? query : {}));
  yield* readExampleElements(
    input,
    PATH,
    (row, place, [query = 0, index = 0]) => [exampleOf(tasks[query] ?? "task", row, place, index)],
    signal,
  );
}

/** As the metrics are named: `task:subtask@shots`. */
function taskOf(document: Row, query: Row): string {
  const shots = numberOf(query["shots"] ?? query["number_of_shots"]);
  const name = bigBenchTask(document, query["subtask_description"]);
  return typeof shots === "number" && shots > 0 ? `${name}@${shots}` : name;
}

function exampleOf(task: string, row: Row, place: Place, index: number): Example {
  const metrics = [row["metrics"], row["scores"]].filter(isPlainObject);
  const outcomes = new Map(metrics.flatMap((own) => [...outcomesOf(own, Object.keys(own))]));
  for (const [name, value] of outcomesOf(row, ["correct", "is_correct"])) outcomes.set(name, value);
  if (outcomes.size === 0) {
    const grade = gradeOf(row);
    if (grade !== null) outcomes.set("multiple_choice_grade", grade);
  }
  return { task, id: String(index), filter: null, hash: null, step: null, outcomes, place };
}

/** BIG-bench's own: the score of the choice that the model finds likeliest; of several, their mean. */
function gradeOf(row: Row): number | null {
  const targets = listOf(row["target_values"] ?? row["target_scores"]);
  const found = listOf(row["normalized_scores"] ?? row["absolute_scores"] ?? row["log_probs"]);
  if (targets.length === 0 || targets.length !== found.length) return null;
  const best = Math.max(...found);
  const likeliest = targets.filter((_, i) => found[i] === best);
  return likeliest.length === 0
    ? null
    : likeliest.reduce((sum, one) => sum + one, 0) / likeliest.length;
}

/** Numbers by choice, in the order of the file; none where one of them is no number. */
function listOf(value: unknown): number[] {
  const values = isPlainObject(value) ? Object.values(value) : value;
  return Array.isArray(values) && values.every((one) => typeof one === "number") ? values : [];
}

function textOf(row: Row): ExampleText {
  const { choice, target_values: values, target_scores: scores } = row;
  const byChoice = isPlainObject(values) ? values : isPlainObject(scores) ? scores : null;
  const right = byChoice && Object.keys(byChoice).filter((name) => byChoice[name] === 1);
  return {
    id: null,
    question: proseOf(row["input"]),
    answer: proseOf(
      row["output"] ??
        row["outputs"] ??
        row["generated"] ??
        (choice === undefined ? undefined : row["absolute_scores"]),
    ),
    target: proseOf(right ?? row["targets"] ?? row["target"]),
  };
}

export const bigBenchSamples: ExamplesReader = {
  format: "big-bench-samples",
  within: [bigBench.format],
  claims: () => YES,
  resultsAmong: () => null,
  read,
  textAt: (input, place) => readElementText(input, place, textOf),
};
