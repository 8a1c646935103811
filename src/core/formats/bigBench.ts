/**
 * Results of BIG-bench: one JSON per task and model, whose `scores` hold a `score_dict` for each subtask and number of
 * shots.
 */

import { isPlainObject } from "../model/config.js";
import type { EvaluationPoints } from "./evaluated.js";
import { modelOf, objectOf, revisionOf, stepOfModel } from "./evaluated.js";
import { decodeText, numberOf } from "./json.js";
import {
  readJsonEvaluation,
  type Document,
  type EvaluationForm,
  type Facts,
} from "./jsonEvaluation.js";
import { toWallTime } from "./columns.js";
import { LOOK, NO, YES, type Claim, type Reader } from "./reader.js";

function claims(name: string, head: Uint8Array | null): Claim {
  if (!/\.json$/i.test(name)) return NO;
  if (head === null) return LOOK;
  return /"score_dict"\s*:\s*\{/.test(decodeText(head)) ? YES : NO;
}

function factsOf(document: Document): Facts {
  const model = objectOf(document["model"]);
  const named = { model_name: document["model_name"], model: document["model"] };
  const time = toWallTime(document["date"] ?? document["timestamp"]);
  const { step, global_step, iteration, revision, checkpoint } = document;
  return {
    model: modelOf(model, named),
    revision: revisionOf(model, { revision }),
    step: stepOfModel({ step, global_step, iteration, revision, checkpoint }, model, named),
    limit: null,
    madeAt: Number.isNaN(time) ? null : time,
  };
}

/** A task's name, with that of its part where it has several. */
export function bigBenchTask(document: Readonly<Record<string, unknown>>, part: unknown): string {
  const { task } = document;
  const { task_name, name } = objectOf(task);
  const whole = [task_name, name, task, document["task_name"]].find(
    (text) => typeof text === "string",
  );
  const names = [whole, part === whole ? undefined : part].filter(
    (text) => typeof text === "string",
  );
  return names.join(":") || "task";
}

/** `task@shots/metric`, `task:subtask@shots/metric` for parts of a task that has several. */
function addAll(document: Document, points: EvaluationPoints): void {
  const scores = Array.isArray(document["scores"]) ? document["scores"] : [];
  for (const score of scores) {
    if (!isPlainObject(score)) continue;
    const { subtask_description: part, number_of_shots: shots, preferred_score: preferred } = score;
    const { low_score: low, high_score: high } = score;
    const taskName = bigBenchTask(document, part);
    for (const [metric, field] of Object.entries(objectOf(score["score_dict"]))) {
      const value = numberOf(field);
      if (value === undefined || metric.endsWith("_stderr")) continue;
      const stderr = numberOf(objectOf(score["score_dict"])[`${metric}_stderr`]) ?? NaN;
      const measured = {
        task: taskName,
        shots: typeof shots === "number" ? shots : 0,
        metric,
        value,
        stderr,
      };
      const isDirected =
        metric === preferred && typeof low === "number" && typeof high === "number" && low !== high;
      points.add(isDirected ? { ...measured, higherIsBetter: high > low } : measured);
    }
  }
}

const form: EvaluationForm = { area: "big-bench", factsOf, addAll };

export const bigBench: Reader = {
  format: "big-bench",
  system: "BIG-bench",
  kind: "evaluation",
  claims,
  read: (input) => readJsonEvaluation(input, form),
};
