/** An answer about one run, with the record by which anybody can find it again (rule 4). */

import type { Onset } from "../analysis/findOnset.js";
import type { Grokking } from "../analysis/grokking.js";
import { countNonFinite } from "../analysis/nonFinite.js";
import type { Sensitivity } from "../analysis/sensitivity.js";
import type { Sharpness } from "../analysis/sharpness.js";
import type { Series } from "../model/series.js";
import { sha256 } from "../model/sha256.js";
import { VERSION } from "../version.js";
import type { Finding, Parameters } from "./ask/finding.js";
import type { Context, ObservedView } from "./runView.js";

export interface AnswerRecord {
  /** The question as it can be asked again. */
  readonly question: string;
  readonly method: string;
  readonly parameters: Parameters;
  /** The values that were judged, steps ascending: their steps bound the interval. */
  readonly points: Series;
  /** The metrics that were read, by name. */
  readonly inputs: ReadonlyMap<string, Series>;
  /** The shares of examples that were read, by `correct(task)` or `learned(task)`. */
  readonly examples: ReadonlyMap<string, Series>;
  /** What else of the run the answer depends on. */
  readonly context: Context;
  /** NaN and infinite values among the points. */
  readonly nonFinite: number;
  readonly sensitivity: Sensitivity | null;
  /** SHA-256 over question, method, parameters, context and all points, with their standard errors. */
  readonly hash: string;
  readonly version: string;
}

export interface Answer extends Onset {
  /** The question in the query language, for this metric. */
  readonly question: string;
  /** The metric or expression that was asked about; null where the run has none. */
  readonly metric: string | null;
  /** Metrics that were read, by name. */
  readonly metrics: readonly string[];
  /** Why there is no onset where one might be expected, or what the onset was judged by. */
  readonly note: string | null;
  /** Share of what was acquired that is left at the end (M2). */
  readonly retained: number | null;
  readonly sharpness: Sharpness | null;
  readonly grokking: Grokking | null;
  readonly record: AnswerRecord;
}

/** Makes the answer of what was found and of what was taken of the run for it. */
export async function answerOf(
  question: string,
  finding: Finding,
  observed: ObservedView,
): Promise<Answer> {
  const points = finding.points ?? EMPTY;
  const { inputs, examples } = observed;
  const shared = { question, metric: finding.metric, metrics: [...inputs.keys()] };
  const record = { question, points, inputs, examples, context: observed.context() };
  if (!finding.ok) {
    return {
      after: null,
      by: null,
      status: "no-data",
      confirmed: false,
      value: null,
      presence: [],
      evaluations: 0,
      unknown: points.step.length + points.notRecorded,
      ...shared,
      note: finding.reason,
      retained: null,
      sharpness: null,
      grokking: null,
      record: await recordOf(record, "none", { reason: finding.reason }, null),
    };
  }
  const { onset, note, retained, sharpness, grokking, sensitivity, method, parameters } = finding;
  return {
    ...onset,
    ...shared,
    note,
    retained: retained ?? null,
    sharpness: sharpness ?? null,
    grokking: grokking ?? null,
    record: await recordOf(record, method, parameters, sensitivity ?? null),
  };
}

const EMPTY: Series = {
  step: new Float64Array(0),
  value: new Float64Array(0),
  stderr: null,
  notRecorded: 0,
  reduced: false,
};

type Taken = Pick<AnswerRecord, "question" | "points" | "inputs" | "examples" | "context">;

async function recordOf(
  taken: Taken,
  method: string,
  given: Parameters,
  sensitivity: Sensitivity | null,
): Promise<AnswerRecord> {
  const { points } = taken;
  const parameters: Parameters = points.reduced ? { ...given, reduced: "mean" } : given;
  return {
    ...taken,
    method,
    parameters,
    nonFinite: countNonFinite(points),
    sensitivity,
    hash: await hashOf(taken, method, parameters),
    version: VERSION,
  };
}

function hashOf(
  { question, points, inputs, examples, context }: Taken,
  method: string,
  parameters: Parameters,
): Promise<string> {
  const named = [...sortedEntries(inputs), ...sortedEntries(examples)];
  const head = new TextEncoder().encode(
    JSON.stringify([
      question,
      method,
      Object.entries(parameters).sort(byName),
      Object.entries(context).map(([kind, notes]) => [
        kind,
        Object.entries(notes as object).sort(byName),
      ]),
      named.map(([name, { step }]) => [name, step.length]),
    ]),
  );
  const columns = [points, ...named.map(([, series]) => series)].flatMap((series) => [
    series.step,
    series.value,
    ...(series.stderr ? [series.stderr] : []),
  ]);
  const length = columns.reduce((sum, column) => sum + column.length * 8, head.length);
  const bytes = new Uint8Array(length);
  bytes.set(head);
  const view = new DataView(bytes.buffer);
  let at = head.length;
  for (const column of columns) {
    for (const value of column) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  }
  return sha256(bytes);
}

function sortedEntries(map: ReadonlyMap<string, Series>): [string, Series][] {
  return [...map].sort(byName);
}

function byName(
  [a]: readonly [string, ...unknown[]],
  [b]: readonly [string, ...unknown[]],
): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
