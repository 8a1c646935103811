/**
 * `details/<model>/<time>/details_<task>_<time>.parquet` of lighteval: a row per sample, with the document, the model's
 * response and the metrics as nested columns. The results lie in `results/<model>/results_<time>.json`.
 */

import { FileError, type ByteSource } from "../../io/files.js";
import { baseName, directoryOf } from "../../io/path.js";
import { isPlainObject } from "../../model/config.js";
import { reasonOf } from "../../model/problem.js";
import type {
  Example,
  ExamplesChunk,
  ExamplesInput,
  ExamplesReader,
  ExampleText,
  Place,
} from "../examples.js";
import { objectOf } from "../evaluated.js";
import { crc32 } from "../framing/crc32.js";
import { nestedColumns, openParquet, readParquetGroup } from "../parquet.js";
import { ProblemList } from "../problems.js";
import { NO, YES } from "../reader.js";
import { outcomesOf, proseOf, wordOf, type Row } from "./exampleLines.js";

const NAME = /^details_(.+)_(\d{4}-\d\d-\d\dT\d\d[-:]\d\d[-:]\d\d(?:\.\d+)?)\.parquet$/;
/** Column names, of older versions behind those of newer ones. */
const DOCUMENT = ["__doc__", "doc"];
const RESPONSE = ["__model_response__", "model_response"];
const METRICS = ["__metric__", "metrics", "metric"];

/** Rows of the columns that are there, each as an object by name. */
async function* rowsOf(
  source: ByteSource,
  names: readonly string[],
  only: number | null,
  signal?: AbortSignal,
): AsyncGenerator<{ row: Row; at: number }, void> {
  const table = await openParquet(source);
  const columns = nestedColumns(table, names);
  let start = 0;
  for (const [group, { num_rows: rows }] of table.metadata.row_groups.entries()) {
    signal?.throwIfAborted();
    const count = Number(rows);
    if (only === null || (only >= start && only < start + count)) {
      const cells = await readParquetGroup(table, group, start, columns);
      for (let r = 0; r < count; r++) {
        if (only !== null && only !== start + r) continue;
        const row = Object.fromEntries(columns.map(({ name }, i) => [name, cells[i]?.[r]]));
        yield { row, at: start + r };
      }
    }
    start += count;
  }
}

function fieldOf(row: Row, names: readonly string[]): Row {
  return objectOf(names.map((name) => row[name]).find(isPlainObject));
}

/** `task@5`: names of tasks are `suite|task|shots` or `task|shots`. */
function taskOf(document: Row, file: string): string {
  const given = document["task_name"];
  const name = typeof given === "string" ? given : (NAME.exec(baseName(file))?.[1] ?? "task");
  const parts = name.split("|");
  const [task, shots] = parts.length >= 3 ? parts.slice(1) : parts;
  return shots !== undefined && /^[1-9]\d*$/.test(shots)
    ? `${task ?? name}@${shots}`
    : (task ?? name);
}

/** Without an id of its own a sample is numbered by its row; its question tells whether that is the same one. */
function exampleOf(row: Row, at: number, file: string): Example {
  const document = fieldOf(row, DOCUMENT);
  const metrics = fieldOf(row, METRICS);
  const { query } = document;
  return {
    task: taskOf(document, file),
    id: idOf(document, at),
    filter: null,
    hash: typeof query === "string" ? String(crc32(new TextEncoder().encode(query))) : null,
    step: null,
    outcomes: outcomesOf(metrics, Object.keys(metrics)),
    place: { at, length: 1 },
  };
}

function idOf(document: Row, at: number): string {
  return wordOf(document["id"]) ?? String(at);
}

async function* read(
  { source, file }: ExamplesInput,
  signal?: AbortSignal,
): AsyncGenerator<ExamplesChunk, void> {
  const problems = new ProblemList(file);
  let examples: Example[] = [];
  try {
    for await (const { row, at } of rowsOf(source, [...DOCUMENT, ...METRICS], null, signal)) {
      examples.push(exampleOf(row, at, file));
      if (examples.length < 4096) continue;
      yield { examples, problems: [] };
      examples = [];
    }
  } catch (error) {
    if (error instanceof FileError || signal?.aborted === true) throw error;
    problems.add("examples/damaged", `${reasonOf(error)}; not read on`);
  }
  yield { examples, problems: problems.take(true) };
}

async function textAt({ source }: ExamplesInput, { at }: Place): Promise<ExampleText | null> {
  try {
    for await (const { row } of rowsOf(source, [...DOCUMENT, ...RESPONSE], at)) {
      const document = fieldOf(row, DOCUMENT);
      const response = fieldOf(row, RESPONSE);
      const choices: unknown[] = Array.isArray(document["choices"]) ? document["choices"] : [];
      const gold: unknown[] = [document["gold_index"]].flat();
      const texts = proseOf(response["text_post_processed"]) ?? proseOf(response["text"]);
      const scores: unknown[] = Array.isArray(response["logprobs"]) ? response["logprobs"] : [];
      const ranked = scores.map(
        (score, i) => `${proseOf(choices[i]) ?? i}: ${proseOf(score) ?? ""}`,
      );
      return {
        id: idOf(document, at),
        question: proseOf(response["input"] ?? document["query"]),
        answer: texts ?? proseOf(ranked),
        target: proseOf(gold.map((index) => choices[Number(index)] ?? index)),
      };
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
  }
  return null;
}

export const lightEvalDetails: ExamplesReader = {
  format: "lighteval-details",
  claims: (name) => (NAME.test(name) ? YES : NO),
  resultsAmong: () => null,
  resultsFor(file) {
    const time = NAME.exec(baseName(file))?.[2];
    const model = directoryOf(directoryOf(file));
    const cut = model.lastIndexOf("/details/");
    if (time === undefined || cut < 0) return null;
    return `${model.slice(0, cut)}/results/${model.slice(cut + "/details/".length)}/results_${time}.json`;
  },
  read,
  textAt,
};
