/**
 * Logs of Inspect: `.eval`, a zip whose `header.json` is written last, and the same as one JSON. While it runs there is
 * only the journal, which says what is evaluated but holds no result yet.
 */

import { baseName, directoryOf } from "../io/path.js";
import { isPlainObject } from "../model/config.js";
import { emptyColumns } from "../model/series.js";
import type { ByteSource } from "../io/files.js";
import { toWallTime } from "./columns.js";
import { firstEntryOf, listZip, unpack } from "./containers/zipEntries.js";
import { isZip } from "./containers/zipDirectory.js";
import {
  EvaluationPoints,
  limitOf,
  modelOf,
  modelWithoutStep,
  objectOf,
  revisionOf,
  stepOfModel,
} from "./evaluated.js";
import { decodeText, numberOf, parseJson, readJson } from "./json.js";
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
import { stepInName } from "./stepNames.js";

type Fields = Record<string, unknown>;

const STATUS = /"status"\s*:\s*"(?:started|success|cancelled|error)"/;
const EVAL = /"eval"\s*:\s*\{[^{}]*"(?:run_id|eval_id|task_id|created)"\s*:/;
/** A header or the beginning of a journal is never longer. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;

function claims(name: string, head: Uint8Array | null): Claim {
  if (/\.eval$/i.test(name)) {
    if (head === null) return LOOK;
    return isZip(head) ? YES : NO;
  }
  if (!/\.json$/i.test(name)) return NO;
  if (head === null) return LOOK;
  const text = decodeText(head);
  return STATUS.test(text) && EVAL.test(text) ? YES : NO;
}

function modelIn(name: string, head: Uint8Array): string | null {
  let evaluation: Fields = {};
  if (isZip(head)) {
    const first = firstEntryOf(head, 4 * 1024 * 1024);
    const parsed = first && parseJson(decodeText(first.bytes));
    if (parsed?.ok) evaluation = objectOf(objectOf(parsed.value)["eval"]);
  } else {
    const text = decodeText(head);
    evaluation["model"] = /"model"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
    const path = /"(?:model_path|checkpoint_path)"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
    evaluation["model_args"] = { model_path: path };
  }
  const model = modelOf(objectOf(evaluation["model_args"]), evaluation);
  if (model === null) return null;
  const stripped = modelWithoutStep(model);
  return /^([A-Za-z]:|[\\/.])/.test(model) ? baseName(stripped.replaceAll("\\", "/")) : stripped;
}

async function* read(input: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const { source, file } = input;
  const problems = new ProblemList(file);
  const end: Cursor = { offset: source.stamp.size, line: 1, memory: null };
  const header = /\.eval$/i.test(file)
    ? await headerOf(source, problems)
    : await jsonHeader(source, problems);
  if (header === null) {
    yield { points: emptyColumns(), problems: problems.take(true) };
    return end;
  }
  yield chunkOf(file, header, problems);
  return end;
}

async function jsonHeader(source: ByteSource, problems: ProblemList): Promise<Fields | null> {
  const parsed = await readJson(source);
  if (parsed.ok && isPlainObject(parsed.value)) return parsed.value;
  problems.add(
    "inspect/not-json",
    `not a log: ${parsed.ok ? "not an object" : parsed.reason}; not read`,
  );
  return null;
}

/** The log's header; of one that is still written what its journal begins with. */
async function headerOf(source: ByteSource, problems: ProblemList): Promise<Fields | null> {
  const { entries } = await listZip(source);
  const entry = entries.get("header.json") ?? entries.get("_journal/start.json");
  if (!entry) {
    problems.add("inspect/no-header", "holds neither header.json nor a journal yet; not read");
    return null;
  }
  const unpacked = await unpack(source, entry, MAX_HEADER_BYTES);
  const parsed = unpacked.ok ? parseJson(decodeText(unpacked.bytes)) : unpacked;
  if (parsed.ok && isPlainObject(parsed.value)) {
    return entry.name === "header.json" ? parsed.value : { ...parsed.value, status: "started" };
  }
  const reason = parsed.ok ? "is not an object" : parsed.reason;
  problems.add("inspect/damaged", `${entry.name} ${reason}; not read`);
  return null;
}

function chunkOf(file: string, header: Fields, problems: ProblemList): Chunk {
  const evaluation = objectOf(header["eval"]);
  const results = objectOf(header["results"]);
  const status = typeof header["status"] === "string" ? header["status"] : "started";
  const modelArgs = objectOf(evaluation["model_args"]);
  const step = stepOf(file, evaluation, modelArgs);
  const stats = objectOf(header["stats"]);
  const time = [stats["completed_at"], evaluation["created"]]
    .map((text) => (text === "" ? NaN : toWallTime(text)))
    .find((seconds) => !Number.isNaN(seconds));
  const limit = partOf(evaluation, results);
  const points = new EvaluationPoints(step ?? NaN, time ?? null);
  if (status !== "success") {
    problems.add("inspect/not-finished", `its status is ${status}${reasonIn(header["error"])}`);
  }
  if (step === null) {
    problems.add(
      "inspect/no-step",
      "no step in its model's name, its arguments, its metadata, its tags or its path; not read",
    );
  } else addScores(evaluation, results, points, limit);
  if (step !== null && points.length === 0 && status === "success") {
    problems.add("inspect/no-metrics", "holds no score with a number; nothing to read");
  }
  const model = modelOf(modelArgs, evaluation);
  return {
    points: points.take(),
    problems: problems.take(true),
    evaluated: { model, revision: revisionOf(modelArgs), step, shots: null, limit },
    ...(step === null || model === null ? {} : { config: new Map([["model", model]]) }),
    ...(time === undefined ? {} : { madeAt: time }),
  };
}

function reasonIn(error: unknown): string {
  const message = objectOf(error)["message"];
  return typeof message === "string" && message !== ""
    ? `: ${(message.split("\n", 1)[0] ?? "").slice(0, 200)}`
    : "";
}

/** `revision` of the evaluation itself is that of the task's code, so it says nothing of the model. */
function stepOf(file: string, evaluation: Fields, modelArgs: Fields): number | null {
  const { model } = evaluation;
  const metadata = objectOf(evaluation["metadata"]);
  const said = stepOfModel(modelArgs, metadata, objectOf(evaluation["task_args"]), { model });
  if (said !== null) return said;
  const tags = Array.isArray(evaluation["tags"]) ? evaluation["tags"] : [];
  for (const tag of tags) {
    const step = typeof tag === "string" ? stepInName(tag) : null;
    if (step !== null) return step;
  }
  return stepInName(baseName(file)) ?? stepInName(baseName(directoryOf(file)));
}

/** Set where not all samples were evaluated: by a limit, by choice, or since it was stopped. */
function partOf(evaluation: Fields, results: Fields): string | null {
  const { limit, sample_id: chosen } = objectOf(evaluation["config"]);
  const { samples } = objectOf(evaluation["dataset"]);
  const { total_samples: total, completed_samples: completed } = results;
  if (typeof total === "number" && typeof completed === "number" && completed < total) {
    return String(completed);
  }
  if (typeof limit === "number" && typeof samples === "number" && limit >= samples) return null;
  return limitOf(limit) ?? limitOf(chosen);
}

/** `task/metric,scorer`: a task can have several scorers, and a scorer's samples can be reduced in several ways. */
function addScores(
  evaluation: Fields,
  results: Fields,
  points: EvaluationPoints,
  limit: string | null,
): void {
  const task = typeof evaluation["task"] === "string" ? evaluation["task"] : "task";
  const scores = (Array.isArray(results["scores"]) ? results["scores"] : []).filter(isPlainObject);
  for (const score of scores) {
    const { name, reducer } = score;
    const isReducedTwice = scores.filter((other) => other["name"] === name).length > 1;
    const suffix = isReducedTwice && typeof reducer === "string" ? `,${reducer}` : "";
    const scorer = typeof name === "string" ? `,${name}` : "";
    const metrics = objectOf(score["metrics"]);
    const named = Object.entries(metrics).filter(([key]) => key !== "stderr");
    const stderr = numberOf(objectOf(metrics["stderr"])["value"]) ?? NaN;
    for (const [key, metric] of named) {
      const value = numberOf(objectOf(metric)["value"]);
      if (value === undefined) continue;
      const isOfMean = named.length === 1 || key === "accuracy" || key === "mean";
      const full = `${key}${scorer}${suffix}`;
      points.add({ task, shots: 0, metric: full, value, stderr: isOfMean ? stderr : NaN }, limit);
    }
  }
}

export const inspect: Reader = {
  format: "inspect",
  system: "Inspect",
  kind: "evaluation",
  claims,
  modelIn,
  read,
};
