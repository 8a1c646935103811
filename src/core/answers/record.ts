/** Records of answers as JSON: written beside an answer, and read back to be checked (rule 4). */

import type { Series } from "../model/series.js";
import type { Parameters } from "../query/ask/finding.js";
import type { Answer, AnswerRecord } from "../query/answer.js";
import { BehaviourNames } from "../query/behaviourNames.js";
import { parseQuery } from "../query/parseQuery.js";
import { recheck } from "../query/runQuery.js";
import type { Context } from "../query/runView.js";
import { isPlainObject } from "../model/config.js";

type Pairs = readonly (readonly [step: number, value: number])[];

interface SeriesJson {
  readonly points: Pairs;
  readonly stderr?: Pairs;
  readonly notRecorded?: number;
  readonly reduced?: true;
}

export interface RecordJson extends SeriesJson {
  readonly question: string;
  readonly method: string;
  readonly parameters: Parameters;
  /** The metrics that were read, where the points are not those of one of them. */
  readonly inputs?: Readonly<Record<string, SeriesJson>>;
  readonly examples?: Readonly<Record<string, SeriesJson>>;
  readonly context: Context;
  readonly sensitivity?: readonly (readonly [threshold: number, by: number])[];
  readonly nonFinite: number;
  readonly hash: string;
  readonly version: string;
}

export function toRecordJson(record: AnswerRecord): RecordJson {
  const { question, method, parameters, points, inputs, examples, context, sensitivity } = record;
  const [only] = inputs.values();
  const isPlain =
    inputs.size <= 1 && (only === undefined || only === points) && examples.size === 0;
  return {
    question,
    method,
    parameters,
    ...seriesJson(points),
    ...(isPlain ? {} : { inputs: mapOf(inputs) }),
    ...(examples.size === 0 ? {} : { examples: mapOf(examples) }),
    context,
    ...(sensitivity ? { sensitivity: pairs(sensitivity.thresholds, sensitivity.by) } : {}),
    nonFinite: record.nonFinite,
    hash: record.hash,
    version: record.version,
  };
}

function mapOf(series: ReadonlyMap<string, Series>): Record<string, SeriesJson> {
  return Object.fromEntries([...series].map(([name, one]) => [name, seriesJson(one)]));
}

function seriesJson({ step, value, stderr, notRecorded, reduced }: Series): SeriesJson {
  return {
    points: pairs(step, value),
    ...(stderr ? { stderr: pairs(step, stderr) } : {}),
    ...(notRecorded > 0 ? { notRecorded } : {}),
    ...(reduced ? { reduced } : {}),
  };
}

function pairs(a: Float64Array, b: Float64Array): [number, number][] {
  return Array.from(a, (value, i) => [value, b[i] as number]);
}

export interface Recheck {
  readonly question: string;
  /** The answer that the record's own points give now. */
  readonly answer: Answer;
  /** Whether question, method, parameters and points are those that the hash was made of. */
  readonly isUnchanged: boolean;
}

/** Asks the record's question again of its points. A text says why a value is no record. */
export async function recheckRecord(value: unknown): Promise<Recheck | string> {
  const json = numbersIn(value);
  if (
    !isPlainObject(json) ||
    typeof json["question"] !== "string" ||
    !isPlainObject(json["context"])
  ) {
    return "it has no question and context";
  }
  const { question, inputs, examples, parameters, hash } = json as unknown as RecordJson;
  const points = seriesOf(json);
  if (!points) return "its points are no pairs of numbers";
  const parsed = parseQuery(question, new BehaviourNames());
  if (!parsed.ok) return `"${question}" is no question: ${parsed.error.message}`;
  if (parsed.query.kind !== "predicate") return "it is about several runs";
  const named = inputs === undefined ? new Map([[nameIn(parameters), points]]) : seriesMap(inputs);
  const shares = examples === undefined ? new Map<string, Series>() : seriesMap(examples);
  if (!named || !shares) return "its inputs are no pairs of numbers";
  const context = { ...NO_CONTEXT, ...json["context"] };
  const answer = await recheck(parsed.query, named, shares, context);
  return { question, answer, isUnchanged: answer.record.hash === hash };
}

const NO_CONTEXT: Context = { directions: {}, chances: {}, bests: {}, items: {}, steps: {} };

function nameIn(parameters: Parameters | undefined): string {
  return String(parameters?.["metric"] ?? "");
}

function seriesMap(value: unknown): Map<string, Series> | null {
  if (!isPlainObject(value)) return null;
  const series = new Map<string, Series>();
  for (const [name, json] of Object.entries(value)) {
    const one = isPlainObject(json) ? seriesOf(json) : null;
    if (!one) return null;
    series.set(name, one);
  }
  return series;
}

function seriesOf(json: Readonly<Record<string, unknown>>): Series | null {
  const points = columnsOf(json["points"]);
  const errors = json["stderr"] === undefined ? null : columnsOf(json["stderr"]);
  if (!points) return null;
  const { notRecorded } = json;
  return {
    step: points[0],
    value: points[1],
    stderr: errors?.[1] ?? null,
    notRecorded: typeof notRecorded === "number" ? notRecorded : 0,
    reduced: json["reduced"] === true,
  };
}

function columnsOf(value: unknown): [Float64Array, Float64Array] | null {
  if (!Array.isArray(value)) return null;
  const columns: [Float64Array, Float64Array] = [
    new Float64Array(value.length),
    new Float64Array(value.length),
  ];
  for (const [i, pair] of value.entries()) {
    const [a, b] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof a !== "number" || typeof b !== "number") return null;
    columns[0][i] = a;
    columns[1][i] = b;
  }
  return columns;
}

/** JSON has no NaN and no infinities: they are written as texts. */
function numbersIn(value: unknown): unknown {
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  if (Array.isArray(value)) return value.map(numbersIn);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, numbersIn(one)]));
}
