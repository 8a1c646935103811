/**
 * `trainer_state.json` of the Hugging Face Trainer: the run's whole log up to the checkpoint it lies in. Its rows are read
 * one by one, so that a state that was cut off while it was saved gives those before the cut.
 */

import { readPieces } from "../io/files.js";
import { isPlainObject } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import { JsonArraySplitter, MAX_ELEMENT_BYTES } from "./framing/jsonArray.js";
import { decodeText, numberOf, parseJson } from "./json.js";
import { ProblemList } from "./problems.js";
import { NO, YES, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";

/** Fields of a row that say where it is, not what was measured. */
const PLACE = new Set(["step", "epoch"]);

const CHUNK_POINTS = 65_536;

async function* read(
  { source, file }: ReadInput,
  signal?: AbortSignal,
): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(file);
  const rows = new Rows(problems);
  const splitter = new JsonArraySplitter("log_history");
  const onRow = (row: Uint8Array | null, offset: number): void => {
    rows.add(row, offset);
  };
  for await (const piece of readPieces(source, 0, signal)) {
    splitter.push(piece, onRow);
    if (rows.points.length >= CHUNK_POINTS) {
      yield { points: rows.points.take(), problems: problems.take() };
    }
    if (splitter.ended) break;
  }
  if (!splitter.found) {
    if (splitter.isWhole)
      problems.add("trainer-state/no-history", "holds no log_history; not read");
    else problems.add("trainer-state/cut", "ends before its log_history; not read");
  } else if (!splitter.ended) {
    const message = `ends behind row ${rows.count} of its log_history; what lies before is read`;
    problems.add("trainer-state/cut", message);
  }
  yield { points: rows.points.take(), problems: problems.take(true) };
  return { offset: source.stamp.size, line: 1, memory: null };
}

/** Turns rows of the history into points. */
class Rows {
  readonly points = new PointBuffer();
  count = 0;
  private epochStep = NaN;

  constructor(private readonly problems: ProblemList) {}

  add(bytes: Uint8Array | null, offset: number): void {
    const index = this.count++;
    const name = `log_history[${index}]`;
    if (bytes === null) {
      const message = `${name} has more than ${MAX_ELEMENT_BYTES} bytes; stepped over`;
      this.problems.add("trainer-state/row-too-long", message, { offset });
      return;
    }
    const parsed = parseJson(decodeText(bytes));
    if (!parsed.ok) {
      const message = `${name} is not JSON: ${parsed.reason}; not read`;
      this.problems.add("trainer-state/not-json", message, { offset });
      return;
    }
    const row = parsed.value;
    const step = isPlainObject(row) ? row["step"] : undefined;
    if (!isPlainObject(row) || typeof step !== "number") {
      this.problems.add("trainer-state/no-step", `${name} has no step; not read`, { offset });
      return;
    }
    this.addRow(row, step);
  }

  private addRow(row: Readonly<Record<string, unknown>>, step: number): void {
    const { points } = this;
    // A training row and an evaluation row share a step and repeat its epoch.
    if (typeof row["epoch"] === "number" && step !== this.epochStep) {
      points.add(points.idOf("epoch"), step, NaN, row["epoch"]);
      this.epochStep = step;
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
