/** A question about one run, as data: what palette, terminal and `onset.json` share. */

import type { Comparison } from "../analysis/sensitivity.js";

/** Behaviour of one metric against a level that the user gives or that is derived from the series. */
export interface MetricQuery {
  readonly kind: "compare" | "reaches" | "above-baseline" | "above-chance";
  readonly metric: string;
  /** For `compare`. */
  readonly operator?: Comparison;
  readonly threshold?: number;
  /** For `reaches`: share of the range, in (0, 1]. */
  readonly fraction?: number;
  readonly persistence: number;
}

/** The first value that is NaN or infinite; of all metrics where none is named. */
export interface NonFiniteQuery {
  readonly kind: "first-nan";
  readonly metric: string | null;
}

/** Spikes of a loss; of all losses where none is named. */
export interface SpikeQuery {
  readonly kind: "spike";
  readonly metric: string | null;
}

/** Grokking of a pair; of all pairs where none is named. */
export interface GrokkingQuery {
  readonly kind: "grokking";
  readonly train: string | null;
  readonly heldOut: string | null;
  readonly persistence: number;
}

/** Accuracies above chance, all whose chance rate is known. */
export interface AnyAboveChanceQuery {
  readonly kind: "any-above-chance";
  readonly persistence: number;
}

export type Query = MetricQuery | NonFiniteQuery | SpikeQuery | GrokkingQuery | AnyAboveChanceQuery;

/** Evaluations in a row that must show a behaviour, unless the question says otherwise. */
export const DEFAULT_PERSISTENCE = 2;

/** Behaviours that exist without being saved, where the metrics allow. */
export const BUILT_IN: ReadonlyMap<string, Query> = new Map<string, Query>([
  ["grokking", { kind: "grokking", train: null, heldOut: null, persistence: DEFAULT_PERSISTENCE }],
  ["first non-finite", { kind: "first-nan", metric: null }],
  ["loss spike", { kind: "spike", metric: null }],
  ["above chance", { kind: "any-above-chance", persistence: DEFAULT_PERSISTENCE }],
]);

/** Metrics that a question names. */
export function metricsOf(query: Query): string[] {
  if ("metric" in query) return query.metric === null ? [] : [query.metric];
  if (query.kind !== "grokking") return [];
  return [query.train, query.heldOut].filter((metric) => metric !== null);
}

/** The text of a query in the language that `parseQuery` reads. */
export function formatQuery(query: Query): string {
  switch (query.kind) {
    case "compare":
      return `${quote(query.metric)} ${query.operator} ${query.threshold}${suffix(query.persistence)}`;
    case "reaches":
      return `${quote(query.metric)} reaches ${percent(query.fraction ?? 0)}% of range${suffix(query.persistence)}`;
    case "above-baseline":
      return `${quote(query.metric)} above baseline${suffix(query.persistence)}`;
    case "above-chance":
      return `${quote(query.metric)} above chance${suffix(query.persistence)}`;
    case "first-nan":
      return query.metric === null ? "first non-finite" : `first nan(${quoteInList(query.metric)})`;
    case "spike":
      return query.metric === null ? "loss spike" : `spike(${quoteInList(query.metric)})`;
    case "grokking":
      return query.train === null || query.heldOut === null
        ? "grokking"
        : `grokking(${quoteInList(query.train)}, ${quoteInList(query.heldOut)})${suffix(query.persistence)}`;
    case "any-above-chance":
      return "above chance";
  }
}

function suffix(persistence: number): string {
  return persistence === DEFAULT_PERSISTENCE ? "" : ` for ${persistence}`;
}

/** 7 for 0.07, where 0.07 · 100 is not. */
function percent(fraction: number): number {
  return Number((fraction * 100).toPrecision(15));
}

function quote(metric: string): string {
  return /^[\w/.@,:%+-]+$/.test(metric) ? metric : inQuotes(metric);
}

/** The same where a comma ends the metric. */
function quoteInList(metric: string): string {
  return metric.includes(",") ? inQuotes(metric) : quote(metric);
}

function inQuotes(metric: string): string {
  return `"${metric.replace(/["\\]/g, "\\$&")}"`;
}
