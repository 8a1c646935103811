/** What readers of evaluations that are one JSON object share: reading it, the problems of it, the chunk. */

import { baseName, directoryOf } from "../io/path.js";
import { isPlainObject } from "../model/config.js";
import { emptyColumns } from "../model/series.js";
import { EvaluationPoints, type Evaluated } from "./evaluated.js";
import { readJson } from "./json.js";
import { ProblemList } from "./problems.js";
import type { Chunk, Cursor, ReadInput } from "./reader.js";
import { stepInName, stepOfEvaluationFile } from "./stepNames.js";

export type Document = Record<string, unknown>;

/** What a document says of itself. `step` null: nothing in it says one, and its path is asked. */
export interface Facts extends Omit<Evaluated, "shots"> {
  readonly madeAt: number | null;
}

export interface EvaluationForm {
  /** Area of the problems' codes. */
  readonly area: string;
  factsOf(document: Document, file: string): Facts;
  addAll(document: Document, points: EvaluationPoints, facts: Facts): void;
}

export async function* readJsonEvaluation(
  input: ReadInput,
  form: EvaluationForm,
): AsyncGenerator<Chunk, Cursor> {
  const { source, file } = input;
  const parsed = await readJson(source);
  if (parsed.ok && isPlainObject(parsed.value)) yield evaluationChunk(file, parsed.value, form);
  else {
    const reason = parsed.ok ? "not an object" : parsed.reason;
    const problems = new ProblemList(file);
    problems.add(`${form.area}/not-json`, `not a result file: ${reason}; not read`);
    yield { points: emptyColumns(), problems: problems.take(true) };
  }
  return { offset: source.stamp.size, line: 1, memory: null };
}

/** The chunk of one document: its points where a step is known, else the problem that there is none. */
export function evaluationChunk(file: string, document: Document, form: EvaluationForm): Chunk {
  const problems = new ProblemList(file);
  const facts = form.factsOf(document, file);
  const placed = stepInPlace(file);
  const step = facts.step ?? placed;
  if (facts.step !== null && placed !== null && placed !== facts.step) {
    problems.add(
      `${form.area}/step-disagrees`,
      `its path says step ${placed}, the content step ${facts.step}; the content's is used`,
    );
  }
  const { madeAt, model, revision, limit } = facts;
  const points = new EvaluationPoints(step ?? NaN, madeAt);
  if (step === null) {
    problems.add(
      `${form.area}/no-step`,
      "no step in its model's revision, name or path, nor in its own; not read",
    );
  } else {
    form.addAll(document, points, facts);
    if (points.length === 0) {
      problems.add(`${form.area}/no-metrics`, "holds no task with a number; nothing to read");
    }
  }
  const { shots } = points;
  return {
    points: points.take(),
    problems: problems.take(true),
    evaluated: { model, revision, step, shots, limit },
    ...(step === null || model === null ? {} : { config: new Map([["model", model]]) }),
    higherIsBetter: points.higherIsBetter,
    ...(madeAt === null ? {} : { madeAt }),
  };
}

/** The step that the file's own name or its directory's says. */
function stepInPlace(file: string): number | null {
  const name = baseName(file);
  const named = /step|iter|checkpoint|ckpt/i.test(name) ? stepOfEvaluationFile(name) : null;
  return named ?? stepInName(baseName(directoryOf(file)));
}
