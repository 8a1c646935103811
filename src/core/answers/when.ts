/** The answer to "when did it begin": `onset when`, the palette, the tree of behaviours. */

import type { PresenceInterval } from "../analysis/findOnset.js";
import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import type { OnsetStatus } from "../model/interval.js";
import { behavioursOf } from "../query/onsetFile.js";
import { parseQuery, type QueryError } from "../query/parseQuery.js";
import { formatQuery, type Query } from "../query/query.js";
import { runQuery, type Answer } from "../query/runQuery.js";
import { referenceOf, type RunReference } from "./runs.js";

export interface WhenResult {
  readonly run: RunReference;
  /** The behaviour's name where a saved or built-in one was asked for, else the question. */
  readonly behaviour: string;
  readonly metric: string | null;
  /** What `after` and `by` count, where that is not plainly the optimiser step. */
  readonly axis: string | null;
  readonly question: string;
  readonly status: OnsetStatus;
  readonly after: number | null;
  readonly by: number | null;
  readonly confirmed: boolean;
  readonly value: number | null;
  readonly presence: readonly PresenceInterval[];
  readonly evaluations: number;
  readonly unknown: number;
  /** Whether the onset moves by at most one evaluation with the threshold (M8); null where that is not defined. */
  readonly robust: boolean | null;
  readonly sharpness: number | null;
  readonly width: number | null;
  readonly note: string | null;
  readonly record: {
    readonly method: string;
    readonly parameters: Readonly<Record<string, number | string>>;
    readonly points: readonly (readonly [step: number, value: number])[];
    readonly trainPoints?: readonly (readonly [step: number, value: number])[];
    readonly sensitivity?: readonly (readonly [threshold: number, by: number])[];
    readonly nonFinite: number;
    readonly hash: string;
    readonly version: string;
  };
}

export type Question =
  | { readonly ok: true; readonly query: Query; readonly name: string }
  | { readonly ok: false; readonly error: QueryError };

/** What a text asks, by the behaviours of one folder (the first one by default). */
export function understand(catalog: Catalog, text: string, root?: string): Question {
  const parsed = parseQuery(text, behavioursOf(catalog.onsetFile(root)));
  return parsed.ok
    ? { ok: true, query: parsed.query, name: parsed.name ?? formatQuery(parsed.query) }
    : parsed;
}

/** An answer per run of `keys` and per metric that the question is about. Each run's own `onset.json` counts. */
export async function* answerWhen(
  catalog: Catalog,
  text: string,
  keys: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<WhenResult> {
  const questions = new Map<string, Question>();
  for (const key of keys) {
    const root = catalog.run(key)?.root ?? "";
    let question = questions.get(root);
    if (!question) questions.set(root, (question = understand(catalog, text, root)));
    if (!question.ok) continue;
    const { loaded, answers } = await ask(catalog, question.query, key, signal);
    for (const answer of answers) yield await toResult(catalog, loaded, question.name, answer);
  }
}

async function ask(
  catalog: Catalog,
  query: Query,
  key: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly loaded: LoadedRun; readonly answers: Answer[] }> {
  // Grokking is judged by what the compared runs can reach.
  if (query.kind === "grokking") await catalog.readExperiments([key], signal);
  const loaded = await catalog.load(key, signal);
  return { loaded, answers: await runQuery(query, loaded.view) };
}

async function toResult(
  catalog: Catalog,
  { run, table, axis }: LoadedRun,
  behaviour: string,
  answer: Answer,
): Promise<WhenResult> {
  const { record } = answer;
  const { trainPoints, sensitivity } = record;
  return {
    run: await referenceOf(catalog, run),
    behaviour,
    metric: answer.metric,
    axis: (answer.metric === null ? null : table.axisOf(answer.metric)) ?? axis,
    question: answer.question,
    status: answer.status,
    after: answer.after,
    by: answer.by,
    confirmed: answer.confirmed,
    value: answer.value,
    presence: answer.presence,
    evaluations: answer.evaluations,
    unknown: answer.unknown,
    robust: sensitivity?.robust ?? null,
    sharpness: answer.sharpness?.sharpness ?? null,
    width: answer.sharpness?.width ?? null,
    note: answer.note,
    record: {
      method: record.method,
      parameters: record.parameters,
      points: pairs(record.points.step, record.points.value),
      ...(record.points.stderr ? { stderr: pairs(record.points.step, record.points.stderr) } : {}),
      ...(trainPoints ? { trainPoints: pairs(trainPoints.step, trainPoints.value) } : {}),
      ...(sensitivity ? { sensitivity: pairs(sensitivity.thresholds, sensitivity.by) } : {}),
      nonFinite: record.nonFinite,
      hash: record.hash,
      version: record.version,
    },
  };
}

function pairs(a: Float64Array, b: Float64Array): [number, number][] {
  return Array.from(a, (value, i) => [value, b[i] as number]);
}
