/**
 * Histories that hand-written loops dump as JSON: lists of one length by name, one of them the steps:
 * `{"step": [0, 100], "train_loss": [4.2, 2.5]}`. Without a list of steps such a file is not read: an index is not a step.
 */

import { extensionOf } from "../io/path.js";
import { isPlainObject } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import { axisOf, rankOfStep } from "./columns.js";
import { decodeText, numberOf, readJson } from "./json.js";
import { ProblemList } from "./problems.js";
import {
  HEAD_BYTES,
  LOOK,
  NO,
  YES,
  type Chunk,
  type Claim,
  type Cursor,
  type HeadFacts,
  type Reader,
  type ReadInput,
} from "./reader.js";

const MAX_BYTES = 256 * 1024 * 1024;
/** The list of steps may stand behind long others. */
const LONG_HEAD_BYTES = 1024 * 1024;

/** A list of numbers by name; the first thing in the file, but for scalars and text. */
const FIRST_LIST =
  /^\s*\{(?:\s*"[^"]{1,100}"\s*:\s*(?:"[^"]{0,200}"|[-\w.+]{1,40})\s*,){0,32}\s*"[^"]{1,100}"\s*:\s*\[\s*(?:-?[\d.]|NaN|null|-?Infinity)/;
const LIST = /"([^"\\]{1,100})"\s*:\s*\[\s*(?=-?[\d.]|NaN|null|-?Infinity)/g;

function listNames(head: Uint8Array): string[] {
  const text = decodeText(head);
  if (!FIRST_LIST.test(text)) return [];
  return [...text.matchAll(LIST)].map(([, name = ""]) => name);
}

function claims(name: string, head: Uint8Array | null): Claim {
  if (extensionOf(name) !== ".json") return NO;
  if (head === null) return LOOK;
  const names = listNames(head);
  if (names.length === 0) return NO;
  const hasSteps = names.some((column) => rankOfStep(column) < Infinity);
  if (hasSteps && names.length > 1) return YES;
  return head.length === HEAD_BYTES ? { kind: "look", bytes: LONG_HEAD_BYTES } : NO;
}

function describe(_name: string, head: Uint8Array): HeadFacts {
  return { isRun: false, config: null, columns: listNames(head), severalRuns: false };
}

async function* read({ source, file }: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const parsed = await readJson(source, MAX_BYTES);
  let axis: string | undefined;
  if (!parsed.ok || !isPlainObject(parsed.value)) {
    const reason = parsed.ok ? "not an object" : parsed.reason;
    problems.add("json-history/not-json", `not an object of lists: ${reason}; not read`);
  } else axis = addColumns(parsed.value, points, problems);
  yield {
    points: points.take(),
    problems: problems.take(true),
    ...(axis === undefined ? {} : { axis }),
  };
  return { offset: source.stamp.size, line: 1, memory: null };
}

/** Adds the lists that are as long as that of the steps; returns what the steps count where that is not plain. */
function addColumns(
  document: Record<string, unknown>,
  points: PointBuffer,
  problems: ProblemList,
): string | undefined {
  const [name] = Object.keys(document)
    .filter((column) => rankOfStep(column) < Infinity && isStepList(document[column]))
    .sort((a, b) => rankOfStep(a) - rankOfStep(b));
  if (name === undefined) {
    problems.add(
      "json-history/no-step",
      "no list of steps; not read, since an index is not a step",
    );
    return undefined;
  }
  const steps = document[name] as number[];
  for (const [metric, values] of Object.entries(document)) {
    if (metric === name || !Array.isArray(values)) continue;
    if (values.length !== steps.length) {
      const message = `${metric} has ${values.length} values, ${name} has ${steps.length}; not read`;
      if (values.length > 0) problems.add("json-history/length", message);
      continue;
    }
    const id = points.idOf(metric);
    for (const [i, given] of values.entries()) {
      const value = numberOf(given);
      if (value !== undefined) points.add(id, steps[i] as number, NaN, value);
    }
  }
  const plain = name.replace(/^(step|iter|iteration|epoch)s$/, "$1");
  return axisOf(plain);
}

function isStepList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((step) => typeof step === "number" && Number.isFinite(step))
  );
}

export const columnarJson: Reader = {
  format: "json-history",
  system: "JSON",
  kind: "history",
  claims,
  describe,
  read,
};
