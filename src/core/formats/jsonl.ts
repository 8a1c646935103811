/**
 * JSON lines: one object per line with a step and numbers (wide), or with a step, a metric's name and its value (long).
 * Lines that hold `_meta`, `config` or the like describe the run. A line's number is never taken for a step.
 */

import { readPieces } from "../io/files.js";
import { extensionOf } from "../io/path.js";
import { flattenConfig, isPlainObject, type Config } from "../model/config.js";
import { stderrOf } from "../model/metric.js";
import { emptyColumns, PointBuffer } from "../model/series.js";
import {
  axisOf,
  firstOf,
  METRIC_COLUMNS,
  partName,
  RUN_COLUMNS,
  STEP_COLUMNS,
  toWallTime,
  VALUE_COLUMNS,
  wallTimeColumn,
} from "./columns.js";
import { LineSplitter, MAX_LINE_BYTES } from "./framing/lines.js";
import { decodeText, looksBinary, numberOf, parseJson } from "./json.js";
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

const EXTENSIONS = new Set([".jsonl", ".ndjson", ".jsonlines"]);

/** Keys of a line without a step that hold the run's configuration. */
const CONFIG_KEYS = ["_meta", "config", "_config", "args", "hparams", "hyperparameters", "params"];

/** Most points that are kept before they are handed on. */
const CHUNK_POINTS = 65_536;

/** The layout of a log's rows, settled by the first row that has a step; plain data, kept in the cursor. */
interface Layout {
  readonly step: string;
  readonly wallTime: string | null;
  readonly run: string | null;
  /** Long form: the keys of name and value. */
  readonly metric: string | null;
  readonly value: string | null;
}

function claims(name: string, head: Uint8Array | null): Claim {
  if (!EXTENSIONS.has(extensionOf(name))) return NO;
  if (head === null) return LOOK;
  if (head.length === 0) return isLogName(name) ? YES : NO;
  if (looksBinary(head)) {
    return {
      kind: "problem",
      code: "jsonl/binary",
      message: "named as JSON lines but not text; not read",
    };
  }
  let meta: string | null = null;
  let rowKeys: string[] | null = null;
  for (const line of headLines(head)) {
    const parsed = parseJson(line);
    if (!parsed.ok || !isPlainObject(parsed.value)) continue;
    const row = parsed.value;
    const layout = layoutOf(row);
    if (layout && hasNumbers(row, layout.step)) return YES;
    const described = CONFIG_KEYS.find((key) => isPlainObject(row[key]));
    if (described !== undefined) meta = described;
    else rowKeys ??= Object.keys(row);
  }
  if (meta === "_meta" && rowKeys !== null) {
    return {
      kind: "problem",
      code: "jsonl/no-step",
      message: `no step column: rows hold ${rowKeys.slice(0, 6).join(", ")}; not read, since a line number is not a step`,
    };
  }
  if (meta === "_meta" || (rowKeys === null && isLogName(name))) return YES;
  // A first row that is longer than the head: its beginning has to do.
  const isCut = head.length >= HEAD_BYTES && !head.includes(10);
  return isCut && /^\s*\{("_meta"|.*"(global_|_)?step"\s*:\s*\d)/.test(decodeText(head)) ? YES : NO;
}

/** Names that training loops give their logs; such a file is a log even before its first row. */
export function isLogName(name: string): boolean {
  return /^(.*[_\-.])?(metrics?|log|logs|history|progress|train|train_log|training_log|eval_log)\.\w+$/i.test(
    name,
  );
}

function* headLines(head: Uint8Array): Generator<string> {
  let rows = 0;
  for (const line of decodeText(head).split("\n")) {
    if (line.trim() === "") continue;
    yield line;
    if (++rows === 16) return;
  }
}

function describe(_name: string, head: Uint8Array): HeadFacts {
  const columns = new Set<string>();
  let config: Config | null = null;
  let isRun = false;
  let severalRuns = false;
  for (const line of headLines(head)) {
    const parsed = parseJson(line);
    if (!parsed.ok || !isPlainObject(parsed.value)) continue;
    const layout = layoutOf(parsed.value);
    if (layout) {
      for (const key of Object.keys(parsed.value)) columns.add(key);
      severalRuns ||= layout.run !== null;
    } else {
      isRun ||= isPlainObject(parsed.value["_meta"]);
      const found = configOf(parsed.value);
      if (found) config = new Map([...(config ?? []), ...found]);
    }
  }
  return { isRun, config, columns: [...columns], severalRuns };
}

function layoutOf(row: Record<string, unknown>): Layout | null {
  const has = (key: string): boolean => Object.hasOwn(row, key);
  const isText = (key: string): boolean => has(key) && typeof row[key] === "string";
  const step = firstOf(STEP_COLUMNS, (key) => has(key) && Number.isFinite(stepOf(row[key])));
  if (step === null) return null;
  const value = firstOf(VALUE_COLUMNS, has);
  const metric = value === null ? null : firstOf(METRIC_COLUMNS, isText);
  return {
    step,
    wallTime: wallTimeColumn((key) => has(key) && Number.isFinite(toWallTime(row[key]))),
    run: firstOf(RUN_COLUMNS, (key) => isText(key) || (has(key) && typeof row[key] === "number")),
    metric,
    value: metric === null ? null : value,
  };
}

/** True when a row holds anything to read beside its step. */
function hasNumbers(row: Record<string, unknown>, step: string): boolean {
  return Object.entries(row).some(
    ([key, value]) => key !== step && (isPlainObject(value) || numberOf(value) !== undefined),
  );
}

function stepOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : NaN;
}

/** Lines of Levanter's JSON tracker that are no measurement: the end of the run, its files, its last values again. */
function isTrackerEvent(row: Record<string, unknown>): boolean {
  return typeof row["tracker"] === "string" && typeof row["event"] === "string";
}

function configOf(row: Record<string, unknown>): Config | null {
  const key = CONFIG_KEYS.find((name) => isPlainObject(row[name]));
  return key === undefined ? null : flattenConfig(row[key]);
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const { source, file, from } = input;
  const problems = new ProblemList(file);
  const splitter = new LineSplitter(from.offset, from.line);
  const rows = new Rows((from.memory as Layout | null) ?? null, problems);
  const onLine = (line: Uint8Array, offset: number, number: number): void => {
    rows.add(line, offset, number);
  };
  for await (const piece of readPieces(source, from.offset, signal)) {
    splitter.push(piece, onLine);
    for (const { offset, number } of splitter.tooLong.splice(0)) {
      const limit = `${MAX_LINE_BYTES / 2 ** 20} MiB`;
      problems.add("jsonl/line-too-long", `line ${number} is longer than ${limit}; stepped over`, {
        offset,
        line: number,
      });
    }
    if (rows.points >= CHUNK_POINTS) yield* rows.take(problems, false);
  }
  // A line without its end that parses is whole: no object is the beginning of another one.
  const rest = splitter.rest();
  // Its number stays: what comes next is this line's end.
  const { number } = splitter;
  let { offset } = splitter;
  if (rest.length > 0 && rows.isWhole(rest)) {
    rows.add(rest, offset, number);
    offset += rest.length;
  }
  rows.reportMissingStep(offset);
  yield* rows.take(problems, true);
  return { offset, line: number, memory: rows.layout };
}

/** Turns rows into points. */
class Rows {
  private readonly parts = new Map<string, PointBuffer>();
  private config: Config | null = null;
  private withoutStep = 0;
  private withoutStepKeys: readonly string[] = [];
  points = 0;

  constructor(
    public layout: Layout | null,
    private readonly problems: ProblemList,
  ) {}

  isWhole(line: Uint8Array): boolean {
    const parsed = parseJson(decodeText(line));
    return parsed.ok && isPlainObject(parsed.value);
  }

  add(line: Uint8Array, offset: number, number: number): void {
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
    } else this.addRow(parsed.value);
  }

  private addRow(row: Record<string, unknown>): void {
    const layout = (this.layout ??= layoutOf(row));
    const step = layout ? stepOf(row[layout.step]) : NaN;
    if (layout === null || !Number.isFinite(step)) {
      this.addDescription(row);
      return;
    }
    const run = layout.run === null ? null : row[layout.run];
    const isNamed = typeof run === "string" || typeof run === "number";
    const part = this.partOf(isNamed ? partName(layout.run ?? "", String(run)) : "");
    const wallTime = layout.wallTime === null ? NaN : toWallTime(row[layout.wallTime]);
    const before = part.length;
    if (layout.metric !== null && layout.value !== null) {
      const name = row[layout.metric];
      const value = numberOf(row[layout.value]);
      if (typeof name === "string" && value !== undefined) {
        part.add(part.idOf(name), step, wallTime, value);
      }
    } else addFields(part, row, "", layout, step, wallTime, 0);
    this.points += part.length - before;
  }

  private addDescription(row: Record<string, unknown>): void {
    const config = configOf(row);
    if (config) this.config = new Map([...(this.config ?? []), ...config]);
    else if (isTrackerEvent(row)) return;
    else if (!isPlainObject(row["_summary"]) && !isPlainObject(row["summary"])) {
      this.withoutStep += 1;
      if (this.withoutStep === 1) this.withoutStepKeys = Object.keys(row);
    }
  }

  private partOf(name: string): PointBuffer {
    let part = this.parts.get(name);
    if (!part) this.parts.set(name, (part = new PointBuffer()));
    return part;
  }

  reportMissingStep(offset: number): void {
    if (this.withoutStep === 0) return;
    const keys = this.withoutStepKeys.slice(0, 6).join(", ");
    this.problems.add(
      "jsonl/no-step",
      `${this.withoutStep} rows have no step (the first holds ${keys}); not read, since a line number is not a step`,
      { offset },
    );
  }

  *take(problems: ProblemList, atEnd: boolean): Generator<Chunk> {
    const axis = this.layout ? axisOf(this.layout.step) : undefined;
    let found = problems.take(atEnd);
    if (this.parts.size === 0) this.partOf("");
    for (const [name, buffer] of this.parts) {
      yield {
        points: buffer.take(),
        problems: found,
        ...(name === "" ? {} : { part: name }),
        ...(axis === undefined ? {} : { axis }),
      };
      found = [];
    }
    if (this.config !== null) {
      yield { points: emptyColumns(), problems: [], config: this.config };
    }
    this.config = null;
    this.points = 0;
  }
}

/** Adds the scalars of a row, nested objects with `/` between the names; a wrapping `metrics` is left out. */
function addFields(
  part: PointBuffer,
  fields: Record<string, unknown>,
  prefix: string,
  layout: Layout,
  step: number,
  wallTime: number,
  depth: number,
): void {
  for (const key of Object.keys(fields)) {
    if (depth === 0 && (key === layout.step || key === layout.wallTime || key === layout.run)) {
      continue;
    }
    const field = fields[key];
    if (isPlainObject(field)) {
      if (depth >= 8 || Object.hasOwn(field, "_type")) continue;
      const inner = depth === 0 && key === "metrics" ? "" : `${prefix}${key}/`;
      addFields(part, field, inner, layout, step, wallTime, depth + 1);
      continue;
    }
    const value = numberOf(field);
    if (value === undefined) continue;
    const base = stderrOf(key);
    if (base !== null && Object.hasOwn(fields, base)) continue;
    const stderr = numberOf(fields[`${key}_stderr`]) ?? NaN;
    part.add(part.idOf(prefix + key), step, wallTime, value, stderr);
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
