/**
 * `trainer_state.json` of the Hugging Face Trainer: the run's whole log up to the checkpoint it lies in. Its rows are read
 * one by one, so that a state that was cut off while it was saved gives those before the cut.
 */

import { isPlainObject } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import { JsonArraySplitter, MAX_ELEMENT_BYTES } from "./framing/jsonArray.js";
import { decodeText, numberOf, parseJson } from "./json.js";
import { Kernel } from "./kernels/kernel.js";
import { readElements, type ElementRows } from "./kernels/readElements.js";
import type { PlainPart, PlainRows } from "./kernels/rowKernel.js";
import { jsonTemplate, type TextTemplate } from "./kernels/rowText.js";
import { ProblemList } from "./problems.js";
import { NO, YES, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";
import type { RowTemplate, TemplatePoint } from "./table/template.js";

/** Fields of a row that say where it is, not what was measured. */
const PLACE = new Set(["step", "epoch"]);

const CHUNK_POINTS = 65_536;

type Row = Readonly<Record<string, unknown>>;

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const kernel = Kernel.take();
  const cursor = yield* readTrainerState(kernel, input, signal);
  kernel?.giveBack();
  return cursor;
}

/** Reads by a kernel, or all rows plainly where there is none: what comes out is the same, in other chunks. */
export async function* readTrainerState(
  kernel: Kernel | null,
  { source, file }: ReadInput,
  signal?: AbortSignal,
): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(file);
  const rows = new Rows(problems);
  const splitter = new JsonArraySplitter("log_history");
  for await (const chunk of readElements(kernel, source, splitter, rows, signal)) {
    if (chunk) yield chunk;
    if (rows.points.length >= CHUNK_POINTS) {
      yield { points: rows.points.take(), problems: problems.take() };
    }
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
class Rows implements ElementRows, PlainRows {
  readonly points = new PointBuffer();
  count = 0;
  readonly isVoid = false;
  readonly numeric = new Set<string>();
  private readonly all: PlainPart & { onceStep: number } = {
    points: new Map([[undefined, this.points]]),
    before: null,
    last: new Map(),
    onceStep: NaN,
  };

  constructor(private readonly problems: ProblemList) {}

  get rows(): PlainRows {
    return this;
  }

  part(): PlainPart {
    return this.all;
  }

  drain(points: PointBuffer, to: Parameters<PointBuffer["drain"]>[0]): void {
    points.drain(to);
  }

  onOthers(count = 0): void {
    this.count += count;
  }

  onElement(bytes: Uint8Array | null, offset: number): void {
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

  templateOf(element: Uint8Array): TextTemplate | null {
    return jsonTemplate(element, { namingPlaces: () => [], templateOf });
  }

  private addRow(row: Row, step: number): void {
    const { points, all } = this;
    // A training row and an evaluation row share a step and repeat its epoch.
    if (typeof row["epoch"] === "number" && step !== all.onceStep) {
      points.add(points.idOf("epoch"), step, NaN, row["epoch"]);
      all.onceStep = step;
    }
    for (const [key, field] of Object.entries(row)) {
      const value = PLACE.has(key) ? undefined : numberOf(field);
      if (value !== undefined) points.add(points.idOf(key), step, NaN, value);
    }
  }
}

/** What `addRow` makes of rows like one that has places where they have numbers. */
function templateOf(row: Row): RowTemplate | null {
  const { step, epoch } = row;
  const hasOnce = typeof epoch === "number";
  const points: TemplatePoint[] = hasOnce
    ? [{ metric: "epoch", place: epoch, value: null, stderr: -1 }]
    : [];
  for (const [metric, field] of Object.entries(row)) {
    if (PLACE.has(metric)) continue;
    if (typeof field === "number") points.push({ metric, place: field, value: null, stderr: -1 });
    else {
      const value = numberOf(field);
      if (value !== undefined) points.push({ metric, place: -1, value, stderr: -1 });
    }
  }
  if (typeof step !== "number" || points.length === 0) return null;
  const place = { part: "", column: "step", step, wallTime: -1, time: NaN, epoch: -1 };
  return { ...place, points, hasOnce, texts: [], watched: null };
}

export const trainerState: Reader = {
  format: "trainer-state",
  system: "Hugging Face Trainer",
  kind: "history",
  claims: (name) => (name === "trainer_state.json" ? YES : NO),
  read,
};
