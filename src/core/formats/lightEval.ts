/** Results of lighteval: `results/<model>/results_<time>.json`. */

import type { EvaluationPoints } from "./evaluated.js";
import { limitOf, modelOf, objectOf, revisionOf, stepOfModel, timeInName } from "./evaluated.js";
import {
  readJsonEvaluation,
  type Document,
  type EvaluationForm,
  type Facts,
} from "./jsonEvaluation.js";
import { decodeText } from "./json.js";
import { LOOK, NO, YES, type Claim, type Reader } from "./reader.js";

function claims(name: string, head: Uint8Array | null): Claim {
  if (!/\.json$/i.test(name)) return NO;
  if (head === null) return LOOK;
  return /^\s*\{\s*"config_general"\s*:\s*\{/.test(decodeText(head)) ? YES : NO;
}

/** `start_time` and `end_time` count from the process's start, so the time is the one in the file's name. */
function factsOf(document: Document, file: string): Facts {
  const general = objectOf(document["config_general"]);
  const model = objectOf(general["model_config"]);
  return {
    model: modelOf(model, general),
    revision: revisionOf(model),
    step: stepOfModel(model, {
      model_name: general["model_name"],
      revision: general["model_revision"],
    }),
    limit: limitOf(general["max_samples"] ?? general["override_batch_samples"]),
    madeAt: timeInName(file),
  };
}

/** Keys are `suite|task|shots|truncated`, later `task|shots`, and `all`. */
function addAll(document: Document, points: EvaluationPoints, { limit }: Facts): void {
  const results = Object.entries(objectOf(document["results"])).map(([key, fields]) => {
    const parts = key.split("|");
    // Where the second part is a number there is no suite.
    const hasSuite = parts.length >= 3 && !/^\d+$/.test(parts[1] ?? "");
    const [suite, task, shots] = hasSuite ? parts : [null, ...parts];
    return { suite: suite ?? null, task: task ?? key, shots, fields: objectOf(fields) };
  });
  for (const { suite, task, shots, fields } of results) {
    // Two suites can have a task of one name: then the suite stays in it.
    const isShared = results.some((other) => other.task === task && other.suite !== suite);
    const name = isShared && suite !== null ? `${suite}|${task}` : task;
    points.addFields(name, /^\d+$/.test(shots ?? "") ? Number(shots) : 0, fields, limit);
  }
}

const form: EvaluationForm = { area: "lighteval", factsOf, addAll };

export const lightEval: Reader = {
  format: "lighteval",
  system: "lighteval",
  kind: "evaluation",
  claims,
  read: (input) => readJsonEvaluation(input, form),
};
