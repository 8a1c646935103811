/** `metrics.json` of olmo-eval: the tasks of one evaluation, scores by metric and scorer. */

import { isPlainObject } from "../model/config.js";
import { toWallTime } from "./columns.js";
import type { EvaluationPoints } from "./evaluated.js";
import { limitOf, modelOf, objectOf, revisionOf, stepOfModel } from "./evaluated.js";
import { decodeText, numberOf } from "./json.js";
import {
  readJsonEvaluation,
  type Document,
  type EvaluationForm,
  type Facts,
} from "./jsonEvaluation.js";
import { LOOK, NO, YES, type Claim, type Reader } from "./reader.js";

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

function factsOf(document: Document): Facts {
  const config = objectOf(document["config"]);
  const models = config["models"];
  const inside = [
    config["model"],
    config["model_config"],
    Array.isArray(models) ? models[0] : models,
  ];
  const places = [
    ...inside.map(objectOf),
    config,
    { model: inside.find((one) => typeof one === "string") },
  ];
  const time = toWallTime(document["timestamp"]);
  return {
    model: modelOf(...places, { model: document["model"] }),
    revision: revisionOf(...places),
    step: stepOfModel(...places, { model: document["model"] }),
    limit: limitOf(config["limit"]),
    madeAt: Number.isNaN(time) ? null : time,
  };
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
  read: (input) => readJsonEvaluation(input, form),
};
