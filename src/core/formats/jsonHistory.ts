/**
 * Histories that hand-written loops dump as JSON: lists of one length by name, one of them the steps:
 * `{"step": [0, 100], "train_loss": [4.2, 2.5]}`, also one level down; or a list of rows with a step, as the document or as
 * a field of it: `{"history": [{"step": 0, "loss": 4.2}]}`. Without steps such a file is not read: an index is not a step.
 */

import { readRange } from "../io/files.js";
import { extensionOf } from "../io/path.js";
import { isPlainObject } from "../model/config.js";
import { emptyColumns, PointBuffer } from "../model/series.js";
import { axisOf, rankOfStep } from "./columns.js";
import { JsonArraySplitter, MAX_ELEMENT_BYTES } from "./framing/jsonArray.js";
import { decodeText, numberOf, parseJson, readJson } from "./json.js";
import { Kernel } from "./kernels/kernel.js";
import { readElements, type ElementRows } from "./kernels/readElements.js";
import type { PlainRows } from "./kernels/rowKernel.js";
import { jsonTemplate, type TextTemplate } from "./kernels/rowText.js";
import { isMeasured } from "./logNames.js";
import { ProblemList } from "./problems.js";
import { factsOfRows, isToldByIdentity, JsonRows, layoutOfRow } from "./table/jsonRows.js";
import { CHUNK_POINTS, type RowsMemory } from "./table/rows.js";
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

const MAX_BYTES = 128 * 1024 * 1024;
/** The list of steps may stand behind long others. */
const LONG_HEAD_BYTES = 1024 * 1024;

/** A list of numbers by name; the first thing in the file or in an object in it, but for scalars and text. */
const FIRST_LIST =
  /^\s*\{(?:\s*"[^"]{1,100}"\s*:\s*(?:"[^"]{0,200}"|[-\w.+]{1,40})\s*,){0,32}\s*(?:"[^"]{1,100}"\s*:\s*\{\s*)?"[^"]{1,100}"\s*:\s*\[\s*(?:-?[\d.]|NaN|null|-?Infinity)/;
const LIST = /"([^"\\]{1,100})"\s*:\s*\[\s*(?=-?[\d.]|NaN|null|-?Infinity)/g;
/** A list of objects: the document, or a field. */
const ROWS = /^\s*\[\s*\{|"([^"\\]{1,60})"\s*:\s*\[\s*\{/g;
const MAX_FIELDS = 16;
/** What a document with steps holds at least. */
const STEP_KEY = /"[^"\\]{0,40}(?:step|iter|epoch|update|tokens|itr)[^"\\]{0,40}"\s*:/i;

type Row = Record<string, unknown>;

function listNames(head: Uint8Array): string[] {
  const text = decodeText(head);
  if (!FIRST_LIST.test(text)) return [];
  return [...text.matchAll(LIST)].map(([, name = ""]) => name);
}

/** The rows that a file's beginning holds whole, and the field they are in; null where it holds none with a step. */
function rowsIn(head: Uint8Array): { field: string | null; rows: Row[] } | null {
  const text = decodeText(head);
  if (!STEP_KEY.test(text)) return null;
  const fields = [...text.matchAll(ROWS)].slice(0, MAX_FIELDS).map(([, field]) => field ?? null);
  for (const field of fields) {
    const rows: Row[] = [];
    new JsonArraySplitter(field).push(head, (element) => {
      const parsed = element && rows.length < 64 ? parseJson(decodeText(element)) : null;
      if (parsed?.ok === true && isPlainObject(parsed.value)) rows.push(parsed.value);
    });
    const isLog = rows.some((row) =>
      layoutOfRow(row)?.columns.some(({ role, name }) => role === "value" && isMeasured(name)),
    );
    if (isLog) return { field, rows };
  }
  return null;
}

function claims(name: string, head: Uint8Array | null): Claim {
  if (extensionOf(name) !== ".json") return NO;
  if (head === null) return LOOK;
  const names = listNames(head);
  const hasSteps = names.some((column) => rankOfStep(column) < Infinity);
  if ((hasSteps && names.length > 1) || rowsIn(head) !== null) return YES;
  const isCut = head.length === HEAD_BYTES;
  return isCut && (names.length > 0 || /^\s*\[\s*\{/.test(decodeText(head)))
    ? { kind: "look", bytes: LONG_HEAD_BYTES }
    : NO;
}

function describe(_name: string, head: Uint8Array): HeadFacts {
  const found = rowsIn(head);
  if (found) return factsOfRows(found.rows);
  return { isRun: false, config: null, columns: listNames(head), severalRuns: false };
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const kernel = Kernel.take();
  const cursor = yield* readHistory(kernel, input, signal);
  kernel?.giveBack();
  return cursor;
}

/** Reads rows by a kernel, or plainly where there is none: what comes out is the same, in other chunks. */
export async function* readHistory(
  kernel: Kernel | null,
  input: ReadInput,
  signal?: AbortSignal,
): AsyncGenerator<Chunk, Cursor> {
  const { source, file } = input;
  const problems = new ProblemList(file);
  const found = rowsIn(await readRange(source, 0, LONG_HEAD_BYTES));
  if (found) yield* readRows(kernel, input, found, problems, signal);
  else {
    const parsed = await readJson(source, MAX_BYTES);
    const points = new PointsByAxis();
    if (!parsed.ok || !isPlainObject(parsed.value)) {
      const reason = parsed.ok ? "not an object" : parsed.reason;
      problems.add("json-history/not-json", `not an object of lists: ${reason}; not read`);
    } else addLists(parsed.value, points, problems);
    yield* points.take(problems);
  }
  return { offset: source.stamp.size, line: 1, memory: null };
}

async function* readRows(
  kernel: Kernel | null,
  { source }: ReadInput,
  { field, rows: first }: { readonly field: string | null; readonly rows: readonly Row[] },
  problems: ProblemList,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk, void> {
  const byIdentity = isToldByIdentity(first);
  for (let memory: RowsMemory | null = null; ;) {
    const splitter = new JsonArraySplitter(field);
    const rows: JsonRows = new JsonRows(memory, byIdentity, problems, "json-history");
    const elements = new Elements(rows, problems);
    for await (const chunk of readElements(kernel, source, splitter, elements, signal)) {
      if (chunk) yield chunk;
      if (rows.points >= CHUNK_POINTS) yield* rows.take(false);
    }
    if (rows.isVoid) {
      memory = { layouts: new Map(), withinEpoch: rows.memory().withinEpoch };
      problems.take();
      yield { points: emptyColumns(), problems: [], startsAnew: true };
      continue;
    }
    if (!splitter.ended) {
      const message = `ends behind row ${elements.count}; what lies before is read`;
      problems.add("json-history/cut", message);
    }
    rows.reportMissingStep();
    yield* rows.take(true);
    return;
  }
}

/** Turns elements of the list into rows. */
class Elements implements ElementRows {
  count = 0;

  constructor(
    private readonly json: JsonRows,
    private readonly problems: ProblemList,
  ) {}

  get rows(): PlainRows {
    return this.json.table;
  }

  get isVoid(): boolean {
    return this.json.isVoid;
  }

  onOthers(count: number): void {
    this.count += count;
  }

  onElement(element: Uint8Array | null, offset: number): void {
    const name = `row ${++this.count}`;
    const parsed = element && parseJson(decodeText(element));
    if (parsed?.ok === true && isPlainObject(parsed.value)) {
      this.json.add(parsed.value, { place: { offset }, name });
      return;
    }
    const reason = parsed === null ? `has more than ${MAX_ELEMENT_BYTES} bytes` : "is no object";
    this.problems.add("json-history/not-a-row", `${name} ${reason}; not read`, { offset });
  }

  templateOf(element: Uint8Array): TextTemplate | null {
    return jsonTemplate(element, this.json);
  }
}

/** Points by the list that their steps were taken from. */
class PointsByAxis {
  private readonly buffers = new Map<string | undefined, PointBuffer>();

  of(steps: string): PointBuffer {
    const plain = steps.replace(/^(step|iter|iteration|epoch)s$/, "$1");
    const axis = axisOf(plain);
    let points = this.buffers.get(axis);
    if (!points) this.buffers.set(axis, (points = new PointBuffer()));
    return points;
  }

  *take(problems: ProblemList): Generator<Chunk> {
    let found = problems.take(true);
    for (const [axis, points] of this.buffers) {
      yield {
        points: points.take(),
        problems: found,
        ...(axis === undefined ? {} : { axis }),
      };
      found = [];
    }
    if (found.length > 0) yield { points: emptyColumns(), problems: found };
  }
}

/** Adds the lists of a document, and those of the objects in it that have steps of their own. */
function addLists(document: Row, points: PointsByAxis, problems: ProblemList): void {
  const groups: [prefix: string, lists: Row][] = [["", document]];
  for (const [name, inner] of Object.entries(document)) {
    if (isPlainObject(inner)) groups.push([`${name}/`, inner]);
  }
  const withSteps = groups.filter(([, lists]) => stepsIn(lists) !== null);
  for (const [prefix, lists] of withSteps) addGroup(prefix, lists, points, problems);
  if (withSteps.length > 0) return;
  problems.add("json-history/no-step", "no list of steps; not read, since an index is not a step");
}

/** Adds the lists that are as long as that of the steps. */
function addGroup(prefix: string, lists: Row, points: PointsByAxis, problems: ProblemList): void {
  const name = stepsIn(lists) ?? "";
  const steps = lists[name] as number[];
  const own = points.of(name);
  for (const [metric, values] of Object.entries(lists)) {
    if (metric === name || !Array.isArray(values)) continue;
    if (values.length !== steps.length) {
      const message = `${prefix}${metric} has ${values.length} values, ${name} has ${steps.length}; not read`;
      if (values.length > 0) problems.add("json-history/length", message);
      continue;
    }
    const id = own.idOf(prefix + metric);
    for (const [i, given] of values.entries()) {
      const value = numberOf(given);
      if (value !== undefined) own.add(id, steps[i] as number, NaN, value);
    }
  }
}

/** The list that counts steps, the best one by its name; null where there is none. */
function stepsIn(lists: Row): string | null {
  const [name] = Object.keys(lists)
    .filter((column) => rankOfStep(column) < Infinity && isStepList(lists[column]))
    .sort((a, b) => rankOfStep(a) - rankOfStep(b));
  return name ?? null;
}

function isStepList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((step) => typeof step === "number" && Number.isFinite(step))
  );
}

export const jsonHistory: Reader = {
  format: "json-history",
  system: "JSON",
  kind: "history",
  claims,
  describe,
  read,
};
