/**
 * JSON lines: one object per line with a step and numbers (wide), or with a step, a metric's name and its value (long), as
 * `.jsonl`, or as whatever else a logger calls it where the first lines are plainly that. Lines that hold `_meta`, `config`
 * or the like describe the run. A line's number is never taken for a step.
 */

import { readRange, type ByteSource } from "../io/files.js";
import { extensionOf } from "../io/path.js";
import { isPlainObject } from "../model/config.js";
import { emptyColumns } from "../model/series.js";
import { LineSplitter, MAX_LINE_BYTES } from "./framing/lines.js";
import { decodeText, looksBinary, parseJson } from "./json.js";
import { Kernel } from "./kernels/kernel.js";
import { readLines, type LineRows } from "./kernels/readLines.js";
import { jsonTemplate, type TextTemplate } from "./kernels/rowText.js";
import { isLogName } from "./logNames.js";
import { ProblemList } from "./problems.js";
import { factsOfRows, isToldByIdentity, JsonRows, layoutOfRow } from "./table/jsonRows.js";
import { CHUNK_POINTS, type RowsMemory, type TableRows } from "./table/rows.js";
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

const EXTENSIONS = new Set([".jsonl", ".ndjson", ".jsonlines"]);
/** Of files that are JSON lines only where their first lines plainly are: `metrics.json`, `log.txt`, `result.json`. */
const OTHER_EXTENSIONS = new Set([".json", ".txt", ".log", ".out", ""]);

/** Bytes that are looked at where the first row is longer than the usual head. */
const LONG_HEAD_BYTES = 1024 * 1024;

type Row = Record<string, unknown>;

interface Memory {
  /** Whether columns such as `model` tell runs apart, as the first rows say. */
  readonly byIdentity: boolean;
  readonly rows: RowsMemory | null;
}

function claims(name: string, head: Uint8Array | null): Claim {
  const extension = extensionOf(name);
  const isNamed = EXTENSIONS.has(extension);
  if (!isNamed && !OTHER_EXTENSIONS.has(extension)) return NO;
  if (head === null) return LOOK;
  if (!isNamed) return claimsOther(head);
  if (head.length === 0) return isLogName(name) ? YES : NO;
  if (looksBinary(head)) {
    return {
      kind: "problem",
      code: "jsonl/binary",
      message: "named as JSON lines but not text; not read",
    };
  }
  const isCut = head.length >= HEAD_BYTES && !head.includes(10);
  if (isCut && head.length < LONG_HEAD_BYTES) return { kind: "look", bytes: LONG_HEAD_BYTES };
  const rows = headRows(head);
  if (rows.some((row) => layoutOfRow(row) !== null)) return YES;
  const isMeta = rows.some((row) => isPlainObject(row["_meta"]));
  const other = rows.find((row) => !isPlainObject(row["_meta"]));
  if (isMeta && other) {
    const keys = Object.keys(other).slice(0, 6).join(", ");
    return {
      kind: "problem",
      code: "jsonl/no-step",
      message: `no step column: rows hold ${keys}; not read, since a line number is not a step`,
    };
  }
  if (isMeta || (!other && isLogName(name))) return YES;
  // A first row that is longer than that: its beginning has to do.
  return isCut && /^\s*\{("_meta"|.*"(global_|_)?step"\s*:\s*\d)/.test(decodeText(head)) ? YES : NO;
}

/** Two lines at least that are objects, one of them with a step: a single one may be any document. */
function claimsOther(head: Uint8Array): Claim {
  if (!/^(?:\ufeff|\s)*\{/.test(decodeText(head.subarray(0, 64)))) return NO;
  const isCut = head.length === HEAD_BYTES && !head.includes(10);
  // An object on one line may be a row; one over several lines is a document.
  if (isCut) return { kind: "look", bytes: LONG_HEAD_BYTES };
  const lines = headLines(head);
  const rows = headRows(head);
  // The last line may be still being written.
  const isAll = rows.length >= Math.max(2, lines.length - 1);
  return isAll && rows.some((row) => layoutOfRow(row) !== null) ? YES : NO;
}

/** Complete lines of a file's beginning that are not blank. */
function headLines(head: Uint8Array): string[] {
  const lines = decodeText(head).split("\n");
  if (head.length >= HEAD_BYTES && lines.length > 1) lines.pop();
  return lines.filter((line) => line.trim() !== "").slice(0, 64);
}

function rowIn(line: string): Row | null {
  const parsed = parseJson(line);
  return parsed.ok && isPlainObject(parsed.value) ? parsed.value : null;
}

function headRows(head: Uint8Array): Row[] {
  return headLines(head)
    .map(rowIn)
    .filter((row) => row !== null);
}

function describe(_name: string, head: Uint8Array): HeadFacts {
  return factsOfRows(headRows(head));
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const kernel = Kernel.take();
  const cursor = yield* readJsonLines(kernel, input, signal);
  kernel?.giveBack();
  return cursor;
}

/** Reads by a kernel, or all lines plainly where there is none: what comes out is the same, in other chunks. */
export async function* readJsonLines(
  kernel: Kernel | null,
  input: ReadInput,
  signal?: AbortSignal,
): AsyncGenerator<Chunk, Cursor> {
  const { source, file } = input;
  let { from } = input;
  let memory = from.memory as Memory | null;
  memory ??= { byIdentity: await isIdentityIn(source), rows: null };
  for (;;) {
    const problems = new ProblemList(file);
    const rows: JsonRows = new JsonRows(memory.rows, memory.byIdentity, problems, "jsonl");
    const lines = new Lines(rows, problems);
    const place = yield* readOn(kernel, { ...input, from }, lines, problems, signal);
    memory = { ...memory, rows: rows.memory() };
    if (!rows.isVoid) return { ...place, memory };
    const { withinEpoch } = rows.memory();
    memory = { ...memory, rows: { layouts: new Map(), withinEpoch } };
    from = { offset: 0, line: 1, memory };
    yield { points: emptyColumns(), problems: [], startsAnew: true };
  }
}

async function isIdentityIn(source: ByteSource): Promise<boolean> {
  return isToldByIdentity(headRows(await readRange(source, 0, HEAD_BYTES)));
}

async function* readOn(
  kernel: Kernel | null,
  { source, from }: ReadInput,
  lines: Lines,
  problems: ProblemList,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk, { offset: number; line: number }> {
  const { rows } = lines;
  const splitter = new LineSplitter(from.offset, from.line);
  for await (const chunk of readLines(kernel, source, splitter, lines, signal)) {
    if (chunk) yield chunk;
    if (rows.isVoid) return from;
    for (const { offset, number } of splitter.tooLong.splice(0)) {
      const limit = `${MAX_LINE_BYTES / 2 ** 20} MiB`;
      problems.add("jsonl/line-too-long", `line ${number} is longer than ${limit}; stepped over`, {
        offset,
        line: number,
      });
    }
    if (rows.points >= CHUNK_POINTS) yield* rows.take(false);
  }
  // A line without its end that parses is whole: no object is the beginning of another one.
  const rest = splitter.rest();
  // Its number stays: what comes next is this line's end.
  const { number } = splitter;
  let { offset } = splitter;
  if (rest.length > 0 && rowIn(decodeText(rest)) !== null) {
    lines.onLine(rest, offset, number);
    offset += rest.length;
  }
  if (rows.isVoid) return from;
  rows.reportMissingStep(offset);
  yield* rows.take(true);
  return { offset, line: number };
}

/** Turns lines into rows. */
class Lines implements LineRows {
  readonly isWithinRow = false;

  constructor(
    readonly rows: JsonRows,
    private readonly problems: ProblemList,
  ) {}

  get table(): TableRows {
    return this.rows.table;
  }

  onLine(line: Uint8Array, offset: number, number: number): void {
    if (line.length === 0) return;
    const text = decodeText(line);
    if (text.trim() === "") return;
    const parsed = parseJson(text);
    const place = { offset, line: number };
    if (!parsed.ok) {
      this.problems.add("jsonl/not-json", `line ${number} is not JSON: ${parsed.reason}`, place);
    } else if (!isPlainObject(parsed.value)) {
      const kind = Array.isArray(parsed.value) ? "a list" : `a ${typeof parsed.value}`;
      this.problems.add(
        "jsonl/not-an-object",
        `line ${number} is ${kind}, expected an object with a step`,
        place,
      );
    } else this.rows.add(parsed.value, { place, name: `line ${number}` });
  }

  templateOf(line: Uint8Array): TextTemplate | null {
    return jsonTemplate(line, this.rows);
  }
}

export const jsonl: Reader = {
  format: "jsonl",
  system: "JSON lines",
  kind: "log",
  claims,
  describe,
  read,
};
