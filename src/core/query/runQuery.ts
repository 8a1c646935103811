/** Asks a question of one run: the one place where a condition meets its method. */

import type { Series } from "../model/series.js";
import { answerOf, type Answer } from "./answer.js";
import { askChangePoint } from "./ask/askChangePoint.js";
import { askGrokking, pairsOf } from "./ask/askGrokking.js";
import { askIcl } from "./ask/askIcl.js";
import { askLevel } from "./ask/askLevel.js";
import { askNonFinite, firstNonFinite } from "./ask/askNonFinite.js";
import { askPeak } from "./ask/askPeak.js";
import { askSpike, firstSpike } from "./ask/askSpike.js";
import type { Finding } from "./ask/finding.js";
import { askLost, neverSeen, until } from "./ask/presence.js";
import { formatAxisValue } from "./axisValue.js";
import { formatQuery } from "./formatQuery.js";
import type { Behaviour } from "./onsetFile.js";
import type { AxisValue, Condition, Predicate } from "./query.js";
import {
  behind,
  directed,
  ObservedView,
  recordedView,
  type Context,
  type RunView,
} from "./runView.js";

/** One answer per metric or pair that the question is about: at least one, with status `no-data` if need be. */
export async function runQuery(predicate: Predicate, view: RunView): Promise<Answer[]> {
  const conditions = namedConditions(predicate.condition, view);
  if (typeof conditions === "string") {
    const finding: Finding = { ok: false, reason: conditions, metric: null };
    return [await answerOf(formatQuery(predicate), finding, new ObservedView(view))];
  }
  return Promise.all(
    conditions.map((condition) => {
      const named = { ...predicate, condition };
      const observed = new ObservedView(view);
      return answerOf(formatQuery(named), ask(named, observed), observed);
    }),
  );
}

/** Asks a question again of what a record holds: the series and the context that its answer was made of. */
export async function recheck(
  predicate: Predicate,
  inputs: ReadonlyMap<string, Series>,
  examples: ReadonlyMap<string, Series>,
  context: Context,
): Promise<Answer> {
  const [answer] = await runQuery(predicate, recordedView(inputs, examples, context));
  if (!answer) throw new Error("every question has an answer");
  return answer;
}

/** The condition for each metric that it is about, where it names none; or why there is none. */
function namedConditions(condition: Condition, view: RunView): Condition[] | string {
  switch (condition.kind) {
    case "above-chance": {
      if (condition.of !== null) return [condition];
      const metrics = view.metricNames().filter((name) => view.chance(name) !== null);
      return metrics.length === 0
        ? "no metric with a known chance rate"
        : metrics.map((name) => ({ kind: "above-chance", of: { kind: "metric", name } }));
    }
    case "non-finite": {
      const metric = condition.metric ?? firstNonFinite(view);
      return metric === null ? "no metrics" : [{ kind: "non-finite", metric }];
    }
    case "spike": {
      const metric = condition.metric ?? firstSpike(view);
      return metric === null ? "no loss with 101 points or more" : [{ kind: "spike", metric }];
    }
    case "grokking": {
      const pairs = condition.pair === null ? pairsOf(view) : [condition.pair];
      return pairs.length === 0
        ? "no pair of a training and a held-out metric"
        : pairs.map((pair) => ({ kind: "grokking", pair }));
    }
    default:
      return [condition];
  }
}

/** A behaviour as its owner means it. */
export function askBehaviour(behaviour: Behaviour, view: RunView): Promise<Answer[]> {
  return runQuery(behaviour.predicate, directed(view, behaviour.direction));
}

/** The condition within the bounds that the question sets. */
function ask(predicate: Predicate, view: RunView): Finding {
  const { by } = predicate;
  const finding = askAfter(predicate, view);
  if (by === null || !finding.ok) return finding;
  const step = view.toStep(by);
  if (step === null) return unknownPoint(by, finding);
  return { ...finding, onset: until(step, finding) };
}

function askAfter(predicate: Predicate, view: RunView): Finding {
  const { after } = predicate;
  if (after === null) return askCondition(predicate, view);
  if (!("kind" in after)) {
    const step = view.toStep(after);
    return step === null
      ? unknownPoint(after, askCondition(predicate, view))
      : askCondition(predicate, behind(view, step));
  }
  const before = ask(after, view);
  if (!before.ok) return before;
  const { by } = before.onset;
  if (by !== null) return askCondition(predicate, behind(view, by));
  // What comes behind something that never came has not come either.
  const finding = askCondition(predicate, view);
  const note = `${formatQuery(after)} was not seen`;
  return finding.ok ? { ...finding, note, onset: neverSeen(finding) } : finding;
}

function unknownPoint(point: AxisValue, { metric, points }: Finding): Finding {
  const reason = `${formatAxisValue(point)} is no known step of this run`;
  return { ok: false, reason, metric, ...(points ? { points } : {}) };
}

function askCondition({ condition, persistence }: Predicate, view: RunView): Finding {
  switch (condition.kind) {
    case "compare":
    case "reaches":
    case "above-baseline":
    case "above-chance":
      return askLevel(condition, persistence, view);
    case "non-finite":
      return askNonFinite(condition.metric ?? "", view);
    case "spike":
      return askSpike(condition.metric ?? "", view);
    case "grokking":
      return askGrokking(condition.pair ?? { train: "", heldOut: "" }, persistence, view);
    case "change-point":
      return askChangePoint(condition, view);
    case "icl":
      return askIcl(condition, view);
    case "peak":
      return askPeak(condition.of, view);
    case "lost":
      return askLost(ask(condition.of, view), formatQuery(condition.of));
  }
}
