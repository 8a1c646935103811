/**
 * `per_instance_stats.json` of a HELM run: what each instance gave, of the examples as they are. What was asked and answered
 * is in `scenario_state.json` beside it.
 */

import { isPlainObject } from "../../model/config.js";
import type { Example, ExamplesReader, Place } from "../examples.js";
import { objectOf } from "../evaluated.js";
import { helmRunName, HELM_STATS, metricOfStat } from "../helm.js";
import { numberOf } from "../json.js";
import { baseName, directoryOf, joinPath } from "../../io/path.js";
import { NO, YES } from "../reader.js";
import { proseOf, wordOf, type Row } from "./exampleLines.js";
import { readElementText, readExampleElements } from "./elements.js";

export const HELM_INSTANCES = "per_instance_stats.json";
const HELM_STATE = "scenario_state.json";

/** An instance that was asked again after other examples is one for each trial. */
function idOf(id: unknown, trial: unknown): string | null {
  const word = wordOf(id);
  return word !== null && typeof trial === "number" && trial > 0
    ? `${word} (trial ${trial + 1})`
    : word;
}

function examplesOf(task: string, row: Row, place: Place): Example[] | string {
  const id = idOf(row["instance_id"], row["train_trial_index"]);
  if (id === null) return "no instance_id";
  if (row["perturbation"] !== null && row["perturbation"] !== undefined) return [];
  const outcomes = new Map<string, number>();
  for (const stat of Array.isArray(row["stats"]) ? row["stats"].filter(isPlainObject) : []) {
    const name = metricOfStat(stat);
    const value = numberOf(stat["mean"] ?? stat["sum"]);
    if (name !== null && typeof value === "number") outcomes.set(name, value);
  }
  // What was not asked for its answer has no split of its own.
  if (outcomes.size === 0) return [];
  return [{ task, id, filter: null, hash: null, step: null, outcomes, place }];
}

export const helmInstances: ExamplesReader = {
  format: "helm-instances",
  claims: (name) => (name === HELM_INSTANCES ? YES : NO),
  resultsAmong: (_name, names) => names.find((name) => name === HELM_STATS) ?? null,
  read(input, signal) {
    const { task } = helmRunName(baseName(directoryOf(input.file)));
    return readExampleElements(input, [], (row, place) => examplesOf(task, row, place), signal);
  },
  textAt: (input, place) =>
    readElementText(input, place, (row) => {
      const id = idOf(row["instance_id"], row["train_trial_index"]);
      return id === null ? null : { id, question: null, answer: null, target: null };
    }),
  beside: {
    fileOf: (file) => joinPath(directoryOf(file), HELM_STATE),
    elements: ["request_states"],
    textOf(row) {
      const instance = objectOf(row["instance"]);
      const id = idOf(instance["id"], row["train_trial_index"]);
      if (id === null || (instance["perturbation"] ?? null) !== null) return null;
      const references = Array.isArray(instance["references"]) ? instance["references"] : [];
      const right = references.filter((one) => {
        const { tags } = objectOf(one);
        return Array.isArray(tags) && tags.includes("correct");
      });
      const { completions } = objectOf(row["result"]);
      return {
        id,
        question: proseOf(
          objectOf(row["request"])["prompt"] ?? objectOf(instance["input"])["text"],
        ),
        answer: proseOf(
          (Array.isArray(completions) ? completions : []).map((one) => objectOf(one)["text"]),
        ),
        target: proseOf(right.map((one) => objectOf(objectOf(one)["output"])["text"])),
      };
    },
  },
};
