/**
 * Results of OLMES: `metrics-all.jsonl` with a task per line, the same per task in `task-NNN-…-metrics.json`, and again
 * in `metrics.json`. Which of the three is read is the layout's choice; each of them can be.
 */

import { readPieces } from "../io/files.js";
import { isPlainObject } from "../model/config.js";
import { emptyColumns } from "../model/series.js";
import { toWallTime } from "./columns.js";
import type { EvaluationPoints } from "./evaluated.js";
import { limitOf, modelOf, objectOf, revisionOf, stepOfModel } from "./evaluated.js";
import { LineSplitter } from "./framing/lines.js";
import { decodeText, parseJson } from "./json.js";
import {
  evaluationChunk,
  readJsonEvaluation,
  type Document,
  type EvaluationForm,
  type Facts,
} from "./jsonEvaluation.js";
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

export const OLMES_ALL = "metrics-all.jsonl";
export const OLMES_SUMMARY = "metrics.json";
export const OLMES_TASK = /^task-\d{3,}-.*metrics\.json$/;

function claims(name: string, head: Uint8Array | null): Claim {
  if (name !== OLMES_ALL && name !== OLMES_SUMMARY && !OLMES_TASK.test(name)) return NO;
  if (head === null) return LOOK;
  const text = decodeText(head);
  return /"task_(?:name|hash|config)"\s*:/.test(text) &&
    /"(?:metrics|model_config|model_hash)"\s*:/.test(text)
    ? YES
    : NO;
}

/** A document is one task, or the summary of all of them. */
function tasksOf(document: Document): Document[] {
  if (isPlainObject(document["metrics"]) && typeof document["task_name"] === "string")
    return [document];
  const tasks = document["tasks"] ?? document["metrics"];
  return Array.isArray(tasks) ? tasks.filter(isPlainObject) : [];
}

function factsOf(document: Document): Facts {
  const places = [document, ...tasksOf(document).slice(0, 1)].map((one) =>
    objectOf(one["model_config"]),
  );
  const { current_date: date } = { ...tasksOf(document)[0], ...document };
  const time =
    typeof date === "string"
      ? Date.parse(date.replace(/ UTC$/, "Z").replace(" ", "T")) / 1000
      : toWallTime(date);
  return {
    model: modelOf(...places),
    revision: revisionOf(...places),
    step: stepOfModel(...places),
    limit: limitOf(objectOf(tasksOf(document)[0]?.["task_config"])["limit"]),
    madeAt: Number.isNaN(time) ? null : time,
  };
}

function addAll(document: Document, points: EvaluationPoints): void {
  for (const task of tasksOf(document)) {
    const { task_name: name, metrics } = task;
    const config = objectOf(task["task_config"]);
    const shots = typeof config["num_shots"] === "number" ? config["num_shots"] : 0;
    if (typeof name !== "string") continue;
    points.addFields(name, shots, objectOf(metrics), limitOf(config["limit"]));
  }
}

/** A task that was evaluated in several ways has the same name in each: then its alias says which one it is. */
function namedApart(tasks: readonly Document[]): readonly Document[] {
  const keyOf = (task: Document): string =>
    JSON.stringify([task["task_name"], objectOf(task["task_config"])["num_shots"] ?? 0]);
  const counts = new Map<string, number>();
  for (const task of tasks) counts.set(keyOf(task), (counts.get(keyOf(task)) ?? 0) + 1);
  return tasks.map((task) => {
    const { alias } = objectOf(objectOf(task["task_config"])["metadata"]);
    const isShared = (counts.get(keyOf(task)) ?? 0) > 1;
    return isShared && typeof alias === "string" ? { ...task, task_name: alias } : task;
  });
}

const form: EvaluationForm = { area: "olmes", factsOf, addAll };

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  if (!input.file.endsWith(".jsonl")) return yield* readJsonEvaluation(input, form);
  const { source, file } = input;
  const problems = new ProblemList(file);
  const lines = new LineSplitter(0, 1);
  const tasks: Document[] = [];
  const take = (line: Uint8Array, offset: number, number: number): void => {
    if (line.length === 0) return;
    const parsed = parseJson(decodeText(line));
    if (parsed.ok && isPlainObject(parsed.value)) tasks.push(parsed.value);
    else {
      const reason = parsed.ok ? "not an object" : parsed.reason;
      problems.add("olmes/bad-line", `not a task: ${reason}; not read`, { offset, line: number });
    }
  };
  for await (const piece of readPieces(source, 0, signal)) {
    lines.push(piece, take);
  }
  const rest = lines.rest();
  // A last line without its end is a task that is still being written, unless it is whole.
  if (rest.length > 0 && parseJson(decodeText(rest)).ok) take(rest, lines.offset, lines.number);
  for (const task of namedApart(tasks)) yield evaluationChunk(file, task, form);
  yield { points: emptyColumns(), problems: problems.take(true) };
  return { offset: source.stamp.size, line: 1, memory: null };
}

export const olmes: Reader = {
  format: "olmes",
  system: "OLMES",
  kind: "evaluation",
  claims,
  read,
};
