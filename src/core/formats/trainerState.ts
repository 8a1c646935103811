/** `trainer_state.json` of the Hugging Face Trainer: the run's whole log up to the checkpoint it lies in. */

import { isPlainObject } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import { numberOf, readJson } from "./json.js";
import { ProblemList } from "./problems.js";
import { NO, YES, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";

/** Fields of a row that say where it is, not what was measured. */
const PLACE = new Set(["step", "epoch"]);

async function* read(input: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const { source, file } = input;
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const parsed = await readJson(source);
  const history =
    parsed.ok && isPlainObject(parsed.value) ? parsed.value["log_history"] : undefined;
  if (!parsed.ok) {
    problems.add("trainer-state/not-json", `not JSON: ${parsed.reason}; not read`);
  } else if (!Array.isArray(history)) {
    problems.add("trainer-state/no-history", "holds no log_history; not read");
  } else addRows(history, points, problems);
  yield { points: points.take(), problems: problems.take(true) };
  return { offset: source.stamp.size, line: 1, memory: null };
}

function addRows(history: readonly unknown[], points: PointBuffer, problems: ProblemList): void {
  const epoch = points.idOf("epoch");
  let epochStep = NaN;
  for (const [index, row] of history.entries()) {
    const step = isPlainObject(row) ? row["step"] : undefined;
    if (!isPlainObject(row) || typeof step !== "number") {
      problems.add("trainer-state/no-step", `log_history[${index}] has no step; not read`);
      continue;
    }
    // A training row and an evaluation row share a step and repeat its epoch.
    if (typeof row["epoch"] === "number" && step !== epochStep) {
      points.add(epoch, step, NaN, row["epoch"]);
      epochStep = step;
    }
    for (const [key, field] of Object.entries(row)) {
      const value = PLACE.has(key) ? undefined : numberOf(field);
      if (value !== undefined) points.add(points.idOf(key), step, NaN, value);
    }
  }
}

export const trainerState: Reader = {
  format: "trainer-state",
  system: "Hugging Face Trainer",
  kind: "history",
  claims: (name) => (name === "trainer_state.json" ? YES : NO),
  read,
};
