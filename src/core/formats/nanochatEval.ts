/**
 * nanochat's evaluations of a base model, one table per checkpoint: `Task, Accuracy, Centered` with padded cells, and the
 * mean over all tasks as `CORE`. The step is in the file's name only: `base_model_000500.csv`.
 */

import { baseName, extensionOf } from "../io/path.js";
import { readRange } from "../io/files.js";
import { PointBuffer } from "../model/series.js";
import { splitRow } from "./framing/delimited.js";
import { decodeText } from "./json.js";
import { ProblemList } from "./problems.js";
import {
  LOOK,
  NO,
  YES,
  type Chunk,
  type Claim,
  type Cursor,
  type Reader,
  type ReadInput,
} from "./reader.js";
import { stepOfEvaluationFile } from "./stepNames.js";
import { valueOf } from "./table/cells.js";

const HEADER = /^Task\s*,\s*Accuracy\s*,\s*Centered\s*$/m;
/** Longer than any such table: it has a row per task. */
const MAX_BYTES = 2 ** 20;

function claims(name: string, head: Uint8Array | null): Claim {
  if (extensionOf(name) !== ".csv") return NO;
  if (head === null) return LOOK;
  return HEADER.test(decodeText(head.subarray(0, 256))) ? YES : NO;
}

async function* read({ source, file }: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const [header = "", ...rows] = decodeText(await readRange(source, 0, MAX_BYTES)).split(/\r?\n/);
  const metrics = splitRow(header, ",").map((cell) => cell.trim());
  const step = stepOfEvaluationFile(baseName(file));
  if (step === null) problems.add("nanochat/no-step", "its name says no step; not read");
  for (const [i, row] of rows.entries()) {
    if (step === null || row.trim() === "") continue;
    const [task = "", ...cells] = splitRow(row, ",").map((cell) => cell.trim());
    for (const [k, cell] of cells.entries()) {
      const metric = metrics[k + 1];
      if (cell === "" || metric === undefined) continue;
      const value = valueOf(cell);
      if (value !== undefined) points.add(points.idOf(`${task}/${metric}`), step, NaN, value);
      else {
        const message = `line ${i + 2}: ${metric} of ${task} is "${cell.slice(0, 40)}", not a number; not read`;
        problems.add("nanochat/not-a-number", message, { line: i + 2 });
      }
    }
  }
  yield { points: points.take(), problems: problems.take(true) };
  return { offset: source.stamp.size, line: 1, memory: null };
}

export const nanochatEval: Reader = {
  format: "nanochat-eval",
  system: "nanochat",
  kind: "evaluation",
  claims,
  read,
};
