/**
 * The metric files of MLflow's file store: one metric per file, named by its path below `metrics/`, one line per value:
 * milliseconds since 1970, value, step.
 */

import { readPieces } from "../io/files.js";
import { PointBuffer } from "../model/series.js";
import { LineSplitter, MAX_LINE_BYTES } from "./framing/lines.js";
import { decodeText, nonFiniteOf } from "./json.js";
import { ProblemList } from "./problems.js";
import { NO, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";

const CHUNK_POINTS = 65_536;

/** Time, value and step. */
const FIELDS = 3;

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const { source, file, from } = input;
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const metric = points.idOf(metricOf(file));
  const lines = new LineSplitter(from.offset, from.line);
  const take = (line: Uint8Array, offset: number, number: number): void => {
    const text = decodeText(line);
    if (text.trim() === "") return;
    const row = parseLine(text);
    if (row) points.add(metric, row.step, row.wallTime, row.value);
    else {
      problems.add(
        "mlflow/bad-line",
        `line ${number} is not a time, a value and a step: ${shown(text)}; not read`,
        { offset, line: number },
      );
    }
  };
  for await (const piece of readPieces(source, from.offset, signal)) {
    lines.push(piece, take);
    if (points.length >= CHUNK_POINTS) {
      yield { points: points.take(), problems: problems.take() };
    }
  }
  for (const { offset, number } of lines.tooLong) {
    problems.add(
      "mlflow/line-too-long",
      `line ${number} has more than ${MAX_LINE_BYTES} bytes; stepped over`,
      { offset, line: number },
    );
  }
  const { offset, number } = lines;
  yield { points: points.take(), problems: problems.take(true) };
  // A last line without its end is still being written, or was copied without it: then it has all its fields.
  const rest = decodeText(lines.rest());
  const unfinished = parseLine(rest);
  if (unfinished && rest.trim().split(/\s+/).length >= FIELDS) {
    points.add(metric, unfinished.step, unfinished.wallTime, unfinished.value);
    yield { points: points.take(), problems: [], provisional: true };
  }
  return { offset, line: number, memory: null };
}

/** The path below the run's `metrics/`: names may hold `/` and spaces. */
export function metricOf(file: string): string {
  const match = /\/[0-9a-f]{32}\/metrics\/(.+)$/.exec(file) ?? /.*\/metrics\/(.+)$/.exec(file);
  return match?.[1] ?? file.slice(file.lastIndexOf("/") + 1);
}

/** Newer versions may append fields; older ones left the step out when it was 0. */
function parseLine(text: string): { wallTime: number; value: number; step: number } | null {
  const [time = "", written = "", place = "0"] = text.trim().split(/\s+/);
  const milliseconds = /^\d{1,16}$/.test(time) ? Number(time) : NaN;
  const value = numberOf(written);
  const step = /^-?\d{1,19}$/.test(place) ? Number(place) : NaN;
  if (Number.isNaN(milliseconds) || value === undefined || Number.isNaN(step)) return null;
  return { wallTime: milliseconds / 1000, value, step };
}

const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberOf(text: string): number | undefined {
  if (FLOAT.test(text)) return Number(text);
  // Booleans are written as Python writes them.
  if (text === "True") return 1;
  return text === "False" ? 0 : nonFiniteOf(text);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** Claims nothing by name: the file's place in the store says what it is, which the store's layout knows. */
export const mlflow: Reader = {
  format: "mlflow",
  system: "MLflow",
  kind: "log",
  claims: () => NO,
  read,
};
