/**
 * The values of an expression. Several metrics are taken at the steps at which all of them were measured: nothing is
 * interpolated, since a question must not be answered by a number that nobody measured.
 */

import type { Direction } from "../model/metric.js";
import type { Series } from "../model/series.js";
import { formatExpression } from "./formatQuery.js";
import type { ArithmeticSign, Expression } from "./query.js";
import type { RunView } from "./runView.js";

export type Value =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "series"; readonly series: Series };

export type Evaluated =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

/** NaN where a part is NaN. No value where the run lacks a metric, or metrics have no step in common. O(points). */
export function evaluate(expression: Expression, view: RunView): Evaluated {
  switch (expression.kind) {
    case "number":
      return { ok: true, value: { kind: "constant", value: expression.value } };
    case "metric": {
      const series = view.series(expression.name);
      return series ? ofSeries(series) : { ok: false, reason: `no metric "${expression.name}"` };
    }
    case "examples": {
      const share = view.exampleShare(expression.share, expression.task);
      return share
        ? ofSeries(share.series)
        : { ok: false, reason: `no examples of "${expression.task}"` };
    }
    case "function": {
      const of = evaluate(expression.of, view);
      const apply = expression.name === "abs" ? Math.abs : Math.log;
      return of.ok ? { ok: true, value: mapValue(of.value, apply) } : of;
    }
    case "over": {
      const of = evaluate(expression.of, view);
      if (!of.ok || of.value.kind === "constant") return of;
      return ofSeries(reduceOver(of.value.series, REDUCTIONS[expression.reduce], expression.last));
    }
    case "arithmetic": {
      const left = evaluate(expression.left, view);
      if (!left.ok) return left;
      const right = evaluate(expression.right, view);
      if (!right.ok) return right;
      return combine(left.value, right.value, expression.sign);
    }
  }
}

function ofSeries(series: Series): Evaluated {
  return { ok: true, value: { kind: "series", series } };
}

const ARITHMETIC: Readonly<Record<ArithmeticSign, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};

export function combine(left: Value, right: Value, sign: ArithmeticSign): Evaluated {
  const apply = ARITHMETIC[sign];
  if (left.kind === "constant") {
    return { ok: true, value: mapValue(right, (value) => apply(left.value, value)) };
  }
  if (right.kind === "constant") {
    return { ok: true, value: mapValue(left, (value) => apply(value, right.value)) };
  }
  const a = left.series;
  const b = right.series;
  const step: number[] = [];
  const value: number[] = [];
  for (let i = 0, j = 0; i < a.step.length && j < b.step.length;) {
    const difference = (a.step[i] as number) - (b.step[j] as number);
    if (difference === 0) {
      step.push(a.step[i] as number);
      value.push(apply(a.value[i++] as number, b.value[j++] as number));
    } else if (difference < 0) i++;
    else j++;
  }
  if (step.length === 0) return { ok: false, reason: "its metrics have no step in common" };
  return ofSeries({
    step: Float64Array.from(step),
    value: Float64Array.from(value),
    stderr: null,
    notRecorded: 0,
    reduced: a.reduced || b.reduced,
  });
}

function mapValue(value: Value, apply: (value: number) => number): Value {
  if (value.kind === "constant") return { kind: "constant", value: apply(value.value) };
  const { series } = value;
  return { kind: "series", series: { ...series, value: series.value.map(apply), stderr: null } };
}

type Reduction = (values: Float64Array) => number;

const REDUCTIONS: Readonly<Record<"max" | "min" | "mean", Reduction>> = {
  max: (values) => values.reduce((a, b) => Math.max(a, b)),
  min: (values) => values.reduce((a, b) => Math.min(a, b)),
  mean: (values) => values.reduce((a, b) => a + b) / values.length,
};

/** From the first step on that has `last` evaluations up to it. O(n · last). */
function reduceOver(series: Series, reduce: Reduction, last: number): Series {
  const { step, value } = series;
  const n = Math.max(0, value.length - last + 1);
  return {
    ...series,
    step: step.slice(last - 1),
    value: Float64Array.from({ length: n }, (_, i) => reduce(value.subarray(i, i + last))),
    stderr: null,
  };
}

/** Which way is better: that of the metric that it is made of, or what the user or its text says of the whole. */
export function directionOf(expression: Expression, view: RunView): Direction {
  switch (expression.kind) {
    case "function":
    case "over":
      return directionOf(expression.of, view);
    case "examples":
      return "higher";
    case "metric":
    case "number":
    case "arithmetic":
      return view.direction(nameOf(expression));
  }
}

/** The expression as answers name it: a metric as it was logged, the rest as it is asked. */
export function nameOf(expression: Expression): string {
  return expression.kind === "metric" ? expression.name : formatExpression(expression);
}
