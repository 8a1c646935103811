/** Conditions that compare a value with a level: given, a share of the range, the baseline, chance (M1, M2, M8). */

import { findOnset } from "../../analysis/findOnset.js";
import { retainedFraction } from "../../analysis/retained.js";
import { compare, sensitivityOf, type Comparison } from "../../analysis/sensitivity.js";
import { measureSharpness } from "../../analysis/sharpness.js";
import {
  aboveBaseline,
  aboveChance,
  fractionOfRange,
  type Threshold,
} from "../../analysis/thresholds.js";
import type { Direction } from "../../model/metric.js";
import type { Series } from "../../model/series.js";
import { combine, directionOf, evaluate, nameOf, type Evaluated } from "../evaluate.js";
import type { Condition, Expression } from "../query.js";
import type { RunView } from "../runView.js";
import type { Finding } from "./finding.js";

export type LevelCondition = Extract<
  Condition,
  { readonly kind: "compare" | "reaches" | "above-baseline" | "above-chance" }
>;

const METHODS: Readonly<Record<LevelCondition["kind"], string>> = {
  compare: "M1 threshold with persistence",
  reaches: "M1 fraction of range",
  "above-baseline": "M1 above baseline",
  "above-chance": "M1 above chance",
};

/** What is compared with what. */
interface Sides {
  readonly of: Expression;
  readonly values: Evaluated;
  readonly operator: Comparison;
  readonly threshold: (series: Series) => Threshold;
}

export function askLevel(condition: LevelCondition, persistence: number, view: RunView): Finding {
  const of = condition.kind === "compare" ? condition.left : condition.of;
  if (of === null) throw new Error("the metrics of a question are known before it is asked");
  const direction = directionOf(of, view);
  const sides =
    condition.kind === "compare"
      ? sidesOf(condition, view)
      : derivedSides(condition, of, persistence, direction, view);
  const metric = nameOf(sides.of);
  if (!sides.values.ok) return { ok: false, reason: sides.values.reason, metric };
  if (sides.values.value.kind === "constant") {
    return { ok: false, reason: "it compares no metric", metric: null };
  }
  const { series } = sides.values.value;
  const threshold = sides.threshold(series);
  if (!threshold.ok) return { ok: false, reason: threshold.reason, metric, points: series };
  const { operator } = sides;
  const onset = findOnset(
    series,
    (value, index) => compare(value, operator, threshold.at(index)),
    persistence,
  );
  const hasLevel = condition.kind !== "above-chance" || series.stderr === null;
  return {
    ok: true,
    onset,
    metric,
    points: series,
    method: METHODS[condition.kind],
    parameters: { metric, operator, persistence, ...threshold.parameters },
    note: null,
    retained: retainedFraction(series, direction),
    sharpness: measureSharpness(series, direction),
    sensitivity: hasLevel ? sensitivityOf(series, operator, threshold.at(0), persistence) : null,
  };
}

const FLIPPED: Readonly<Record<Comparison, Comparison>> = {
  ">": "<",
  ">=": "<=",
  "<": ">",
  "<=": ">=",
  "==": "==",
  "!=": "!=",
};

/** A comparison of two series is one of their difference with 0: of finite numbers that is the same. */
function sidesOf(
  { left, operator, right }: Extract<Condition, { readonly kind: "compare" }>,
  view: RunView,
): Sides {
  const level = (threshold: number) => (): Threshold => {
    return { ok: true, at: () => threshold, parameters: { threshold } };
  };
  const a = evaluate(left, view);
  const b = evaluate(right, view);
  if (!a.ok) return { of: left, values: a, operator, threshold: level(NaN) };
  if (!b.ok) return { of: right, values: b, operator, threshold: level(NaN) };
  if (b.value.kind === "constant") {
    return { of: left, values: a, operator, threshold: level(b.value.value) };
  }
  if (a.value.kind === "constant") {
    return { of: right, values: b, operator: FLIPPED[operator], threshold: level(a.value.value) };
  }
  const values = combine(a.value, b.value, "-");
  return {
    of: { kind: "arithmetic", sign: "-", left, right },
    values,
    operator,
    threshold: level(0),
  };
}

function derivedSides(
  condition: Exclude<LevelCondition, { readonly kind: "compare" }>,
  of: Expression,
  persistence: number,
  direction: Direction,
  view: RunView,
): Sides {
  const values = evaluate(of, view);
  const better = direction === "higher" ? ">" : "<";
  switch (condition.kind) {
    case "reaches": {
      const { fraction } = condition;
      const threshold = (series: Series): Threshold => fractionOfRange(series, direction, fraction);
      return { of, values, operator: better, threshold };
    }
    case "above-baseline": {
      const threshold = (series: Series): Threshold =>
        aboveBaseline(series, direction, persistence);
      return { of, values, operator: better, threshold };
    }
    case "above-chance":
      return { of, values, operator: ">", threshold: (series) => chanceLevel(of, series, view) };
  }
}

function chanceLevel(of: Expression, series: Series, view: RunView): Threshold {
  const chance = view.chance(nameOf(of));
  if (chance === null) {
    return { ok: false, reason: "its chance rate is not known; set it in onset.json" };
  }
  const counted =
    of.kind === "examples" ? (view.exampleShare(of.share, of.task)?.items ?? null) : null;
  return aboveChance(series, { ...chance, items: chance.items ?? counted });
}
