/**
 * Questions as data: what palette, terminal, panels and `onset.json` share. `parseQuery` reads them from text,
 * `formatQuery` writes them, docs/language.md defines the language.
 */

import type { Comparison } from "../analysis/sensitivity.js";

/** A value at each evaluation: a metric, or what is computed of several at the steps that all of them have. */
export type Expression =
  | { readonly kind: "metric"; readonly name: string }
  | { readonly kind: "number"; readonly value: number }
  /** Share of a task's examples that are correct at a checkpoint, or were first learned by it. */
  | { readonly kind: "examples"; readonly share: ExampleShare; readonly task: string }
  | {
      readonly kind: "arithmetic";
      readonly sign: ArithmeticSign;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "function"; readonly name: "abs" | "log"; readonly of: Expression }
  /** Over the last `last` evaluations, the present one included. */
  | {
      readonly kind: "over";
      readonly reduce: "max" | "min" | "mean";
      readonly of: Expression;
      readonly last: number;
    };

export type ExampleShare = "correct" | "learned";

export type ArithmeticSign = "+" | "-" | "*" | "/";

/** Units in which a point of training is given. */
export const AXES = ["step", "tokens", "examples", "epochs", "flops"] as const;
export type AxisName = (typeof AXES)[number];

export interface AxisValue {
  readonly value: number;
  readonly axis: AxisName;
}

/** What holds or does not hold at an evaluation. Null in place of a metric: of all metrics that it can be asked of. */
export type Condition =
  | {
      readonly kind: "compare";
      readonly left: Expression;
      readonly operator: Comparison;
      readonly right: Expression;
    }
  /** `fraction` in (0, 1], from the first value to the best one. */
  | { readonly kind: "reaches"; readonly of: Expression; readonly fraction: number }
  | { readonly kind: "above-baseline"; readonly of: Expression }
  | { readonly kind: "above-chance"; readonly of: Expression | null }
  | { readonly kind: "non-finite"; readonly metric: string | null }
  | { readonly kind: "spike"; readonly metric: string | null }
  | { readonly kind: "grokking"; readonly pair: GrokkingPair | null }
  | {
      readonly kind: "icl";
      /** Losses at a late and at an early position in the context. */
      readonly late: string;
      readonly early: string;
      readonly prefixMatching: string | null;
    }
  | {
      readonly kind: "change-point";
      readonly of: Expression;
      readonly cost: ChangePointCost;
      readonly which: "first" | "largest";
      readonly direction: "up" | "down" | null;
    }
  | { readonly kind: "peak"; readonly of: Expression }
  | { readonly kind: "lost"; readonly of: Predicate };

export type ConditionKind = Condition["kind"];

export interface GrokkingPair {
  readonly train: string;
  readonly heldOut: string;
}

export const CHANGE_POINT_COSTS = ["mean", "slope", "l1", "law"] as const;
export type ChangePointCost = (typeof CHANGE_POINT_COSTS)[number];

/** A question about one run: when did this begin? */
export interface Predicate {
  readonly kind: "predicate";
  readonly condition: Condition;
  /** Evaluations in a row at which it must hold. */
  readonly persistence: number;
  /** Only evaluations behind this point count; of a predicate, behind its onset. */
  readonly after: AxisValue | Predicate | null;
  /** An onset behind this point does not count. */
  readonly by: AxisValue | null;
}

/** A predicate with the name of the behaviour that it was asked by, if it was. */
export interface Named {
  readonly name: string | null;
  readonly predicate: Predicate;
}

/** A question over runs. */
export type SetQuery =
  | {
      readonly kind: "share";
      readonly of: Named;
      readonly over: "seeds" | "runs";
      readonly by: AxisValue;
    }
  | { readonly kind: "order"; readonly of: readonly Named[] }
  | { readonly kind: "lag"; readonly from: Named; readonly to: Named }
  /** `key`: the config key whose values are compared; null for seed groups. */
  | { readonly kind: "survival"; readonly of: Named; readonly key: string | null };

export type Query = Predicate | SetQuery;

/** Evaluations in a row that must show a behaviour, unless the question says otherwise. */
export const DEFAULT_PERSISTENCE = 2;

export function predicateOf(condition: Condition, persistence = DEFAULT_PERSISTENCE): Predicate {
  return { kind: "predicate", condition, persistence, after: null, by: null };
}

/** Behaviours that exist without being saved, where the metrics allow. */
export const BUILT_IN: ReadonlyMap<string, Predicate> = new Map([
  ["grokking", predicateOf({ kind: "grokking", pair: null })],
  ["first non-finite", predicateOf({ kind: "non-finite", metric: null })],
  ["loss spike", predicateOf({ kind: "spike", metric: null })],
  ["above chance", predicateOf({ kind: "above-chance", of: null })],
]);

/** Whether `for N` changes the answer. */
export function isPersistent({ kind }: Condition): boolean {
  switch (kind) {
    case "compare":
    case "reaches":
    case "above-baseline":
    case "above-chance":
    case "grokking":
      return true;
    case "non-finite":
    case "spike":
    case "icl":
    case "change-point":
    case "peak":
    case "lost":
      return false;
  }
}

/** Metrics that an expression names, in the order of the text. */
export function metricsIn(expression: Expression): string[] {
  switch (expression.kind) {
    case "metric":
      return [expression.name];
    case "number":
    case "examples":
      return [];
    case "arithmetic":
      return [...metricsIn(expression.left), ...metricsIn(expression.right)];
    case "function":
    case "over":
      return metricsIn(expression.of);
  }
}

/** Metrics that a question names, each once. */
export function metricsOf(query: Query): string[] {
  return [...new Set(namesIn(query, conditionMetrics))];
}

/** Tasks whose examples a question asks for, each once. */
export function tasksOf(query: Query): string[] {
  return [...new Set(namesIn(query, (condition) => expressionsIn(condition).flatMap(tasksIn)))];
}

function namesIn(query: Query, names: (condition: Condition) => string[]): string[] {
  return predicatesIn(query).flatMap(({ condition }) => names(condition));
}

/** The predicates that a question is made of, those within others included. */
export function predicatesIn(query: Query): Predicate[] {
  switch (query.kind) {
    case "predicate": {
      const { condition, after } = query;
      const inner = condition.kind === "lost" ? predicatesIn(condition.of) : [];
      const before = after !== null && "kind" in after ? predicatesIn(after) : [];
      return [query, ...inner, ...before];
    }
    case "share":
    case "survival":
      return predicatesIn(query.of.predicate);
    case "order":
      return query.of.flatMap(({ predicate }) => predicatesIn(predicate));
    case "lag":
      return [...predicatesIn(query.from.predicate), ...predicatesIn(query.to.predicate)];
  }
}

function conditionMetrics(condition: Condition): string[] {
  switch (condition.kind) {
    case "non-finite":
    case "spike":
      return condition.metric === null ? [] : [condition.metric];
    case "grokking":
      return condition.pair === null ? [] : [condition.pair.train, condition.pair.heldOut];
    case "icl": {
      const { late, early, prefixMatching } = condition;
      return [late, early, ...(prefixMatching === null ? [] : [prefixMatching])];
    }
    default:
      return expressionsIn(condition).flatMap(metricsIn);
  }
}

function expressionsIn(condition: Condition): Expression[] {
  switch (condition.kind) {
    case "compare":
      return [condition.left, condition.right];
    case "reaches":
    case "above-baseline":
    case "change-point":
    case "peak":
      return [condition.of];
    case "above-chance":
      return condition.of === null ? [] : [condition.of];
    default:
      return [];
  }
}

function tasksIn(expression: Expression): string[] {
  switch (expression.kind) {
    case "examples":
      return [expression.task];
    case "metric":
    case "number":
      return [];
    case "arithmetic":
      return [...tasksIn(expression.left), ...tasksIn(expression.right)];
    case "function":
    case "over":
      return tasksIn(expression.of);
  }
}
