/**
 * `stats.json` of a HELM run, with its `run_spec.json` beside it. The directory's name is the run's:
 * `mmlu:subject=anatomy,model=openai_gpt2`.
 */

import { baseName, directoryOf } from "../io/path.js";
import { isPlainObject } from "../model/config.js";
import { emptyColumns } from "../model/series.js";
import { EvaluationPoints, limitOf, objectOf, stepInPath } from "./evaluated.js";
import { decodeText, numberOf, readJson } from "./json.js";
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

export const HELM_STATS = "stats.json";
export const HELM_SPEC = "run_spec.json";

function claims(name: string, head: Uint8Array | null): Claim {
  if (name !== HELM_STATS) return NO;
  if (head === null) return LOOK;
  return /^\s*\[\s*(?:\]|\{\s*"name"\s*:\s*\{\s*"name"\s*:)/.test(decodeText(head)) ? YES : NO;
}

/** A run's name in its two parts: what was evaluated, and the model. */
export function helmRunName(name: string): { task: string; model: string | null } {
  const model = /(?:^|[:,])model=([^,]*)/.exec(name);
  if (!model) return { task: name, model: null };
  const task = name.replace(model[0], model[0].startsWith(":") ? ":" : "").replace(/:,/, ":");
  return { task: task.replace(/[:,]$/, ""), model: model[1] ?? null };
}

async function* read(input: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const { source, file } = input;
  const problems = new ProblemList(file);
  const parsed = await readJson(source);
  const spec = await specBeside(input);
  const adapter = objectOf(spec["adapter_spec"]);
  const named = helmRunName(
    typeof spec["name"] === "string" ? spec["name"] : baseName(directoryOf(file)),
  );
  const model = [adapter["model_deployment"], adapter["model"], named.model].find(
    (text): text is string => typeof text === "string" && text !== "",
  );
  const step = [adapter["model_deployment"], adapter["model"], named.model]
    .map((text) => (typeof text === "string" ? stepInPath(text) : null))
    .find((found) => found !== null);
  const limit = limitOf(adapter["max_eval_instances"]);
  const shots =
    typeof adapter["max_train_instances"] === "number" ? adapter["max_train_instances"] : 0;
  const points = new EvaluationPoints(step ?? NaN, null);
  if (!parsed.ok || !Array.isArray(parsed.value)) {
    problems.add(
      "helm/not-json",
      `not a list of statistics: ${parsed.ok ? "not a list" : parsed.reason}; not read`,
    );
  } else if (step === undefined) {
    problems.add("helm/no-step", "no step in its model's name; not read");
  } else addStats(parsed.value, named.task, shots, limit, points);
  yield {
    points: points.length > 0 ? points.take() : emptyColumns(),
    problems: problems.take(true),
    evaluated: { model: model ?? null, revision: null, step: step ?? null, shots, limit },
    ...(step === undefined || model === undefined ? {} : { config: new Map([["model", model]]) }),
  };
  return { offset: source.stamp.size, line: 1, memory: null };
}

async function specBeside(input: ReadInput): Promise<Record<string, unknown>> {
  const source = input.beside?.get(HELM_SPEC);
  if (!source) return {};
  const parsed = await readJson(source, 16 * 1024 * 1024);
  return parsed.ok ? objectOf(parsed.value) : {};
}

/** The name of a statistic over the test split, of the examples as they are; null for any other. */
export function metricOfStat(stat: Readonly<Record<string, unknown>>): string | null {
  const { name, split, sub_split: part, perturbation } = objectOf(stat["name"]);
  const isPerturbed = perturbation !== undefined && perturbation !== null;
  if (typeof name !== "string" || split !== "test" || isPerturbed) return null;
  return typeof part === "string" ? `${name},${part}` : name;
}

/** Means over the test split, of the examples as they are: perturbed ones are another question. */
function addStats(
  stats: readonly unknown[],
  task: string,
  shots: number,
  limit: string | null,
  points: EvaluationPoints,
): void {
  for (const stat of stats) {
    if (!isPlainObject(stat)) continue;
    const metric = metricOfStat(stat);
    const value = numberOf(stat["mean"]);
    if (metric === null || value === undefined || value === null) continue;
    points.add({ task, shots, metric, value }, limit);
  }
}

export const helm: Reader = {
  format: "helm",
  system: "HELM",
  kind: "evaluation",
  beside: () => [HELM_SPEC],
  claims,
  read,
};
