/** `metrics.json` of olmo-eval: the tasks of one evaluation, scores by metric and scorer. */

import { isPlainObject } from "../model/config.js";
import { emptyColumns } from "../model/series.js";
import { toWallTime } from "./columns.js";
import type { EvaluationPoints } from "./evaluated.js";
import {
  limitOf,
  modelOf,
  modelWithoutStep,
  objectOf,
  revisionOf,
  stepOfModel,
} from "./evaluated.js";
import { decodeText, numberOf, readJson } from "./json.js";
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

function claims(name: string, head: Uint8Array | null): Claim {
  if (!/metrics.*\.json$/i.test(name)) return NO;
  if (head === null) return LOOK;
  const text = decodeText(head);
  return /^\s*\{/.test(text) &&
    /"(?:experiment_id|tasks|config)"\s*:/.test(text) &&
    /"(?:primary_metric|experiment_id)"\s*:/.test(text) &&
    !/"task_hash"\s*:/.test(text)
    ? YES
    : NO;
}

/** The harness holds the provider of the model; its own name says nothing of it. */
function factsOf(document: Document): Facts {
  const config = objectOf(document["config"]);
  const provider = objectOf(config["provider"]);
  const inside = [provider, config["model_config"], config["model"], config["models"]].map(
    objectOf,
  );
  const { name: _name, ...own } = config;
  const places = [...inside, own, { model: document["model"] }];
  const time = toWallTime(document["timestamp"]);
  return {
    model: modelOf(...places),
    revision: revisionOf(...places),
    step: stepOfModel(...places),
    limit: limitOf(config["limit"]),
    madeAt: Number.isNaN(time) ? null : time,
  };
}

/** Each model of an experiment with several, as an experiment of its own. */
function byModel(document: Document): Document[] {
  const models = Object.entries(objectOf(objectOf(document["config"])["models"]));
  const tasks = Array.isArray(document["tasks"]) ? document["tasks"].filter(isPlainObject) : [];
  if (models.length === 0 || !models.every(([, own]) => isPlainObject(own))) return [document];
  return models.map(([name, own]) => ({
    ...document,
    config: { models: own },
    tasks: tasks.filter(({ model }) => model === name || models.length === 1),
  }));
}

async function* read(input: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const { source, file } = input;
  const parsed = await readJson(source);
  if (!parsed.ok || !isPlainObject(parsed.value)) return yield* readJsonEvaluation(input, form);
  const documents = byModel(parsed.value);
  const models = new Set(documents.map((one) => modelWithoutStep(factsOf(one).model ?? "")));
  if (models.size <= 1) for (const one of documents) yield evaluationChunk(file, one, form);
  else {
    const problems = new ProblemList(file);
    const message = `holds ${models.size} models, which are as many runs; not read: evaluate them apart`;
    problems.add("olmo-eval/several-models", message);
    yield { points: emptyColumns(), problems: problems.take(true) };
  }
  return { offset: source.stamp.size, line: 1, memory: null };
}

/** `task@shots/metric,scorer`: a scorer is kept as lm-eval's filters are. */
function addAll(document: Document, points: EvaluationPoints, { limit }: Facts): void {
  const tasks = Array.isArray(document["tasks"]) ? document["tasks"] : [];
  for (const entry of tasks) {
    if (!isPlainObject(entry)) continue;
    const { task, metrics } = entry;
    const config = objectOf(entry["config"] ?? entry["task_config"]);
    const shots = [
      entry["num_fewshot"],
      entry["num_shots"],
      config["num_fewshot"],
      config["num_shots"],
    ].find((count) => typeof count === "number");
    if (typeof task !== "string") continue;
    for (const [metric, scores] of Object.entries(objectOf(metrics))) {
      const byScorer = isPlainObject(scores) ? Object.entries(scores) : [["", scores] as const];
      for (const [scorer, field] of byScorer) {
        const value = numberOf(field);
        if (value === undefined || scorer.endsWith("_stderr")) continue;
        const stderr = numberOf(objectOf(scores)[`${scorer}_stderr`]) ?? NaN;
        const name = scorer === "" ? metric : `${metric},${scorer}`;
        points.add(
          { task, shots: shots ?? 0, metric: name, value, stderr },
          limitOf(config["limit"]) ?? limit,
        );
      }
    }
  }
}

const form: EvaluationForm = { area: "olmo-eval", factsOf, addAll };

export const olmoEval: Reader = {
  format: "olmo-eval",
  system: "olmo-eval",
  kind: "evaluation",
  claims,
  read,
};
