/** The answer to "when did it begin": `onset when`, the palette, the tree of behaviours. */

import { adviseBracket, type BracketAdvice } from "../analysis/bracketAdvice.js";
import type { PresenceInterval } from "../analysis/findOnset.js";
import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import type { Interval, OnsetStatus } from "../model/interval.js";
import type { Answer } from "../query/answer.js";
import { judge, type Judgement } from "../query/expectation.js";
import { formatQuery } from "../query/formatQuery.js";
import { behavioursOf, unsaved, type Behaviour } from "../query/onsetFile.js";
import { parseQuery } from "../query/parseQuery.js";
import { predicatesIn, type AxisName, type SetQuery } from "../query/query.js";
import { askBehaviour } from "../query/runQuery.js";
import type { RunView } from "../query/runView.js";
import type { QueryError } from "../query/words.js";
import { withExamples } from "./exampleShares.js";
import { toRecordJson, type RecordJson } from "./record.js";
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
  /** The interval on the behaviour's own axis, where it has one that the run knows. */
  readonly onAxis: (Interval & { readonly axis: AxisName }) | null;
  /** How the run holds to what is expected of the behaviour; null where nothing is, or there is no data. */
  readonly expectation: Judgement | null;
  /** Whether the onset moves by at most one evaluation with the threshold (M8); null where that is not defined. */
  readonly robust: boolean | null;
  readonly sharpness: number | null;
  readonly width: number | null;
  /** Share of what was acquired that is left at the end (M2). */
  readonly retained: number | null;
  /** The checkpoint to evaluate next, and how often until the interval is one checkpoint wide (M9). */
  readonly advice: BracketAdvice | null;
  readonly note: string | null;
  readonly record: RecordJson;
}

export type Question =
  | { readonly ok: true; readonly kind: "behaviour"; readonly behaviour: Behaviour }
  | {
      readonly ok: true;
      readonly kind: "set";
      readonly query: SetQuery;
      readonly name: string;
    }
  | { readonly ok: false; readonly error: QueryError };

/** What a text asks, by the behaviours of one folder (the first one by default). */
export function understand(catalog: Catalog, text: string, root?: string): Question {
  const file = catalog.onsetFile(root);
  const parsed = parseQuery(text, file.names);
  if (!parsed.ok) return parsed;
  const { query, name } = parsed;
  if (query.kind !== "predicate") return { ok: true, kind: "set", query, name: formatQuery(query) };
  const saved = name === null ? undefined : behavioursOf(file).get(name);
  return { ok: true, kind: "behaviour", behaviour: saved ?? unsaved(query) };
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
    if (!question.ok || question.kind !== "behaviour") continue;
    const { loaded, answers } = await askRun(catalog, question.behaviour, key, signal);
    for (const answer of answers) {
      yield await toResult(catalog, loaded, question.behaviour, answer);
    }
  }
}

/** Reads what a behaviour needs, and asks it of one run. */
export async function askRun(
  catalog: Catalog,
  behaviour: Behaviour,
  key: string,
  signal?: AbortSignal,
): Promise<{ loaded: LoadedRun; answers: Answer[] }> {
  // Grokking is judged by what the compared runs can reach.
  const isCompared = predicatesIn(behaviour.predicate).some(
    ({ condition }) => condition.kind === "grokking",
  );
  if (isCompared) await catalog.readExperiments([key], signal);
  const loaded = await catalog.load(key, signal);
  return { loaded, answers: await askLoaded(catalog, behaviour, loaded, signal) };
}

/** The same of a run that is read already, in an experiment that is. */
export async function askLoaded(
  catalog: Catalog,
  behaviour: Behaviour,
  { run, view }: LoadedRun,
  signal?: AbortSignal,
): Promise<Answer[]> {
  const { predicate } = behaviour;
  return askBehaviour(behaviour, await withExamples(catalog, run.key, view, predicate, signal));
}

async function toResult(
  catalog: Catalog,
  { run, table, view, axis }: LoadedRun,
  behaviour: Behaviour,
  answer: Answer,
): Promise<WhenResult> {
  const { record } = answer;
  return {
    run: await referenceOf(catalog, run),
    behaviour: behaviour.name,
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
    onAxis: onAxis(answer, behaviour.axis, view),
    expectation: judgementOf(answer, behaviour, view),
    robust: record.sensitivity?.robust ?? null,
    sharpness: answer.sharpness?.sharpness ?? null,
    width: answer.sharpness?.width ?? null,
    retained: answer.retained,
    advice: adviceOf(answer, run),
    note: answer.note,
    record: toRecordJson(record),
  };
}

export function judgementOf(
  onset: Interval,
  { expectation }: Behaviour,
  view: RunView,
): Judgement | null {
  return expectation && judge(expectation, onset, (point) => view.toStep(point));
}

/** Which checkpoint to evaluate next, of those whose names say a training step. */
export function adviceOf(answer: Answer, { checkpoints }: LoadedRun["run"]): BracketAdvice | null {
  if (answer.by === null) return null;
  const steps = checkpoints.filter(({ counts }) => counts === undefined).map(({ step }) => step);
  return adviseBracket(answer, steps, new Set(answer.record.points.step));
}

/** The interval in another unit; null where it is the step, or not known what a step is worth. */
function onAxis(
  { after, by }: Interval,
  axis: AxisName | null,
  view: RunView,
): WhenResult["onAxis"] {
  if (axis === null || axis === "step") return null;
  const perStep = view.perStep(axis);
  if (perStep === null) return null;
  const convert = (step: number | null): number | null => (step === null ? null : step * perStep);
  return { axis, after: convert(after), by: convert(by) };
}
