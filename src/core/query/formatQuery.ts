/** Writes a question as text that `parseQuery` reads as the same question. */

import { formatAxisValue } from "./axisValue.js";
import type { Condition, Expression, Named, Predicate, Query } from "./query.js";
import { BUILT_IN, DEFAULT_PERSISTENCE } from "./query.js";
import { KEYWORDS, numberIn } from "./words.js";

export function formatQuery(query: Query): string {
  switch (query.kind) {
    case "predicate":
      return formatPredicate(query);
    case "share":
      return `share of ${query.over} with ${formatNamed(query.of)} by ${formatAxisValue(query.by)}`;
    case "order":
      return `order of ${query.of.map(formatNamed).join(", ")}`;
    case "lag":
      return `lag of ${formatNamed(query.from)} to ${formatNamed(query.to)}`;
    case "survival":
      return `survival of ${formatNamed(query.of)}${query.key === null ? "" : ` over ${quote(query.key)}`}`;
  }
}

/** A behaviour's name where the question is one, so that it is found again by it; else the predicate. */
function formatNamed({ name, predicate }: Named): string {
  return name ?? `(${formatPredicate(predicate)})`;
}

function formatPredicate({ condition, persistence, after, by }: Predicate): string {
  const parts = [formatCondition(condition)];
  if (persistence !== DEFAULT_PERSISTENCE) parts.push(`for ${persistence}`);
  if (after !== null) {
    const point = "kind" in after ? `(${formatPredicate(after)})` : formatAxisValue(after);
    parts.push(`after ${point}`);
  }
  if (by !== null) parts.push(`by ${formatAxisValue(by)}`);
  return parts.join(" ");
}

function formatCondition(condition: Condition): string {
  switch (condition.kind) {
    case "compare": {
      const { left, operator, right } = condition;
      return `${formatExpression(left)} ${operator} ${formatExpression(right)}`;
    }
    case "reaches":
      return `${formatExpression(condition.of)} reaches ${percent(condition.fraction)}% of range`;
    case "above-baseline":
      return `${formatExpression(condition.of)} above baseline`;
    case "above-chance":
      return condition.of === null
        ? builtIn(condition)
        : `${formatExpression(condition.of)} above chance`;
    case "non-finite":
      return condition.metric === null
        ? builtIn(condition)
        : `first nan(${quoteInList(condition.metric)})`;
    case "spike":
      return condition.metric === null
        ? builtIn(condition)
        : `spike(${quoteInList(condition.metric)})`;
    case "grokking":
      return condition.pair === null
        ? builtIn(condition)
        : `grokking(${quoteInList(condition.pair.train)}, ${quoteInList(condition.pair.heldOut)})`;
    case "icl": {
      const { late, early, prefixMatching } = condition;
      const metrics = [late, early, ...(prefixMatching === null ? [] : [prefixMatching])];
      return `icl(${metrics.map(quoteInList).join(", ")})`;
    }
    case "change-point": {
      const { of, cost, which, direction } = condition;
      const options = [
        ...(cost === "mean" ? [] : [cost]),
        ...(which === "first" ? [] : [which]),
        ...(direction === null ? [] : [direction]),
      ];
      return `changepoint(${[formatArgument(of), ...options].join(", ")})`;
    }
    case "peak":
      return `peak(${formatArgument(condition.of)})`;
    case "lost":
      return `lost(${formatPredicate(condition.of)})`;
  }
}

function builtIn({ kind }: Condition): string {
  for (const [name, { condition }] of BUILT_IN) if (condition.kind === kind) return name;
  throw new Error(`no built-in behaviour is ${kind}`);
}

/** The text of an expression, for labels and records too. */
export function formatExpression(expression: Expression): string {
  switch (expression.kind) {
    case "metric":
      return quote(expression.name);
    case "number":
      return formatNumber(expression.value);
    case "examples":
      return `${expression.share}(${quoteInList(expression.task)})`;
    case "function":
      return `${expression.name}(${formatArgument(expression.of)})`;
    case "over":
      return `${expression.reduce}(${formatArgument(expression.of)}) over last ${expression.last}`;
    case "arithmetic": {
      const { sign, left, right } = expression;
      const isProduct = sign === "*" || sign === "/";
      const bracketed = (side: Expression, isRight: boolean): string => {
        const text = formatExpression(side);
        if (side.kind !== "arithmetic") return text;
        const isSum = side.sign === "+" || side.sign === "-";
        return (isProduct && isSum) || isRight ? `(${text})` : text;
      };
      return `${bracketed(left, false)} ${sign} ${bracketed(right, true)}`;
    }
  }
}

/** The same where a comma ends a name. */
function formatArgument(expression: Expression): string {
  return expression.kind === "metric" ? quoteInList(expression.name) : formatExpression(expression);
}

function formatNumber(value: number): string {
  if (value === Infinity) return "inf";
  return value === -Infinity ? "-inf" : String(value);
}

/** 7 for 0.07, where 0.07 · 100 is not. */
function percent(fraction: number): number {
  return Number((fraction * 100).toPrecision(15));
}

/** A name as it has to be written outside of brackets: in quotes where it is more than one plain word. */
export function quote(name: string): string {
  const isPlain =
    /^[\w/.@:%+-]+(?:,[A-Za-z_][\w/.@:%+-]*)*$/.test(name) &&
    name
      .split(",")
      .every((part) => !KEYWORDS.has(part) && numberIn(part) === null && !/^[/+-]$/.test(part));
  return isPlain ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

function quoteInList(name: string): string {
  return name.includes(",") ? `"${name.replace(/["\\]/g, "\\$&")}"` : quote(name);
}
