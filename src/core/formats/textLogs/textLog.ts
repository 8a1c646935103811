/**
 * Text logs: one reader for all families, each with its own grammar of a line. Lines that the grammar does not know (program
 * sources, warnings, tables of the hardware) are stepped over. A last line without its end may be cut: it is read up to its
 * last gap only, and again once there is more.
 */

import { readPieces } from "../../io/files.js";
import { extensionOf } from "../../io/path.js";
import type { ConfigValue } from "../../model/config.js";
import { emptyColumns, PointBuffer } from "../../model/series.js";
import { LineSplitter, MAX_LINE_BYTES } from "../framing/lines.js";
import { decodeText, looksBinary } from "../json.js";
import { isMeasured } from "../logNames.js";
import { ProblemList } from "../problems.js";
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
} from "../reader.js";
import { freshState, type LineGrammar, type LineState, type ParsedLine } from "./lineGrammar.js";
import { logLineOf } from "./lineText.js";

const EXTENSIONS = new Set([".txt", ".log", ".out", ".err"]);
const BARE_NAME = /^(?:[\w-]*_)?(?:log|logs|stdout|stderr|output|console|train_?log|nohup)$/i;
const NEVER =
  /^(?:readme|licen[cs]e|requirements|changelog|notice|copying|authors|vocab|merges)\b/i;

/** How far a log is looked for behind a long preface: program sources, arguments, warnings. */
const LONG_HEAD_BYTES = 1024 * 1024;

/** Beginnings that say that a log may follow: a program's source, the hardware, or a name that loops give their logs. */
const PREFACE =
  /^(?:import |from \S+ import |#!|"""|with open\(sys\.argv)|NVIDIA-SMI|^={40,}$|^.{0,80}\b(?:INFO|WARNING|DEBUG)\b|^Epoch 1\/\d+\s*$/m;
const LOG_NAME =
  /\.(?:log|out|err)$|(?:^|[_.-])(?:logs?|train\w*|stdout|stderr|console|output)(?:[_.-]|$)|^[\da-f]{8}-[\da-f]{4}-/i;

/** Rows that the Hugging Face Trainer prints: they name no step. */
const WITHOUT_STEP = /^\{'(?:loss|eval_loss|grad_norm|train_runtime|learning_rate)': /m;

const CHUNK_POINTS = 65_536;
/** A longer line is a blob, not a line of a log. */
const MAX_LINE_CHARS = 16 * 1024;

interface Found {
  readonly grammar: LineGrammar | null;
  readonly columns: readonly string[];
}

/** What was found in a head: every family's reader is asked about the same one. */
const found = new WeakMap<Uint8Array, Found>();

function findGrammar(head: Uint8Array, grammars: readonly LineGrammar[]): Found {
  let known = found.get(head);
  if (!known) {
    const text = decodeText(head);
    // No line of a log is that long, and looking for marks in one can take long.
    const lines = text.split(/\r\n|[\r\n]/).filter(({ length }) => length <= MAX_LINE_CHARS);
    const plain = text.includes("\u001b") ? withoutColours(lines) : lines.join("\n");
    const best = { grammar: null as LineGrammar | null, count: 0, columns: [] as string[] };
    for (const grammar of grammars) {
      if (grammar.isGeneric && best.grammar?.isGeneric === false) continue;
      if (!grammar.mark.test(plain)) continue;
      const { count, columns } = countLines(grammar, lines);
      if (count >= grammar.evidence && count > best.count)
        Object.assign(best, { grammar, count, columns });
    }
    found.set(head, (known = { grammar: best.grammar, columns: best.columns }));
  }
  return known;
}

function withoutColours(lines: readonly string[]): string {
  return lines.map((line) => logLineOf(line).text).join("\n");
}

/**
 * Lines with numbers, and their names. A generic grammar counts only lines with a measured name that carry on from the one
 * before, or say the same names of the same step.
 */
function countLines(
  grammar: LineGrammar,
  lines: readonly string[],
): { count: number; columns: string[] } {
  const state = freshState();
  const columns = new Set<string>();
  let count = 0;
  let before = { step: -1, epoch: -1, names: "" };
  for (const line of lines) {
    const parsed = grammar.parse(logLineOf(line).text, state);
    if (!parsed || parsed.step === null || parsed.fields.length === 0) continue;
    const { step, epoch = before.epoch } = parsed;
    const names = parsed.fields.map(([name]) => name).join("\n");
    if (grammar.isGeneric) {
      const isSameStep = step === before.step && count > 0;
      const goesBack = step < before.step && epoch <= before.epoch;
      if (!parsed.fields.some(([name]) => isMeasured(name)) || goesBack) continue;
      if (isSameStep && (names !== before.names || parsed.axis === undefined)) continue;
    }
    before = { step, epoch, names };
    count += 1;
    for (const [name] of parsed.fields) columns.add(name);
  }
  return { count, columns: [...columns] };
}

export function textLogReader(grammar: LineGrammar, grammars: readonly LineGrammar[]): Reader {
  return {
    format: grammar.format,
    system: grammar.system,
    kind: "log",
    claims: (name, head) => claims(name, head, grammar, grammars),
    describe: (_name, head): HeadFacts => ({
      isRun: false,
      config: null,
      columns: findGrammar(head, grammars).columns,
      severalRuns: false,
    }),
    read: (input, signal) => read(input, grammar, signal),
  };
}

function claims(
  name: string,
  head: Uint8Array | null,
  grammar: LineGrammar,
  grammars: readonly LineGrammar[],
): Claim {
  const extension = extensionOf(name);
  const isNamed = EXTENSIONS.has(extension) || (extension === "" && BARE_NAME.test(name));
  if (!isNamed || NEVER.test(name)) return NO;
  if (head === null) return LOOK;
  if (head.length === 0 || looksBinary(head)) return NO;
  const { grammar: own } = findGrammar(head, grammars);
  if (own !== null) return own === grammar ? YES : NO;
  // Only the last one that is asked says more of a file that is nobody's.
  if (grammar !== grammars.at(-1)) {
    return head.length === HEAD_BYTES && hasPreface(name, head)
      ? { kind: "look", bytes: LONG_HEAD_BYTES }
      : NO;
  }
  return WITHOUT_STEP.test(decodeText(head))
    ? {
        kind: "problem",
        code: "text-log/no-step",
        message:
          "prints numbers without their step; not read, since a line's number is not a step (trainer_state.json has them)",
      }
    : NO;
}

function hasPreface(name: string, head: Uint8Array): boolean {
  return LOG_NAME.test(name) || PREFACE.test(decodeText(head));
}

async function* read(
  input: ReadInput,
  grammar: LineGrammar,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk, Cursor> {
  let { from } = input;
  for (;;) {
    const rows = new Rows(grammar, (from.memory as LineState | null) ?? freshState());
    const cursor = yield* readOn({ ...input, from }, rows, signal);
    if (!rows.isVoid) return cursor;
    from = { offset: 0, line: 1, memory: freshState(true) };
    yield { points: emptyColumns(), problems: [], startsAnew: true };
  }
}

async function* readOn(
  { source, file, from }: ReadInput,
  rows: Rows,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(file);
  const splitter = new LineSplitter(from.offset, from.line);
  const onLine = (line: Uint8Array): void => {
    rows.add(decodeText(line));
  };
  for await (const piece of readPieces(source, from.offset, signal)) {
    splitter.push(piece, onLine);
    if (rows.isVoid) return from;
    for (const { offset, number } of splitter.tooLong.splice(0)) {
      const limit = `${MAX_LINE_BYTES / 2 ** 20} MiB`;
      problems.add(
        "text-log/line-too-long",
        `line ${number} is longer than ${limit}; stepped over`,
        {
          offset,
          line: number,
        },
      );
    }
    if (rows.points >= CHUNK_POINTS) yield* rows.take(problems, false);
  }
  const cursor: Cursor = {
    offset: splitter.offset,
    line: splitter.number,
    memory: { ...rows.state },
  };
  yield* rows.take(problems, true);
  rows.add(wholePartOf(decodeText(splitter.rest())));
  if (rows.isVoid) return from;
  for (const chunk of rows.take(problems, true)) yield { ...chunk, provisional: true };
  return cursor;
}

/** An unfinished line up to its last gap, whole where it ends as lines with brackets or bars do. */
function wholePartOf(line: string): string {
  return /[}\]|]\s*$/.test(line) ? line : line.replace(/[^\s|]*$/, "");
}

/** What one line says, with the time in front of it. */
interface Said {
  readonly parsed: ParsedLine;
  readonly wallTime: number;
}

/** Turns lines into points. */
class Rows {
  readonly state: LineState;
  /** By what their steps count, `""` for plain steps. */
  private readonly buffers = new Map<string, PointBuffer>();
  private config: Map<string, ConfigValue> | null = null;
  /** Where the last line with a step and an epoch stood. */
  private before: { readonly step: number; readonly epoch: number } | null = null;
  points = 0;
  /** True once steps turned out to count within each epoch: the file is to be read anew, by epoch. */
  isVoid = false;

  constructor(
    private readonly grammar: LineGrammar,
    state: LineState,
  ) {
    this.state = { ...state };
  }

  add(line: string): void {
    if (line.length > MAX_LINE_CHARS) return;
    const { state } = this;
    // Progress bars write over their line: each of its states is a line of its own.
    const said = line.split(/[\r\b]+/).flatMap((part): Said[] => {
      const { text, wallTime } = logLineOf(part);
      const parsed = this.grammar.parse(text, state);
      return parsed ? [{ parsed, wallTime }] : [];
    });
    for (const [i, one] of said.entries()) {
      const isWrittenOver = said
        .slice(i + 1)
        .some(({ parsed: { step, axis } }) => step === one.parsed.step && axis === one.parsed.axis);
      if (!isWrittenOver) this.addLine(one);
    }
  }

  private addLine({ parsed, wallTime }: Said): void {
    for (const [key, value] of parsed.config ?? []) (this.config ??= new Map()).set(key, value);
    const { step, axis = "", epoch, fields } = parsed;
    if (step === null || !Number.isFinite(step)) return;
    if (epoch !== undefined) {
      const { before } = this;
      this.before = { step, epoch };
      if (before && step < before.step && epoch > before.epoch) {
        this.isVoid = true;
        return;
      }
    }
    let buffer = this.buffers.get(axis);
    if (!buffer) this.buffers.set(axis, (buffer = new PointBuffer()));
    for (const [name, value] of fields) buffer.add(buffer.idOf(name), step, wallTime, value);
    this.points += fields.length;
  }

  *take(problems: ProblemList, atEnd: boolean): Generator<Chunk> {
    let found = problems.take(atEnd);
    let { config } = this;
    for (const [axis, buffer] of this.buffers) {
      if (buffer.length === 0) continue;
      yield {
        points: buffer.take(),
        problems: found,
        ...(config === null ? {} : { config }),
        ...(axis === "" ? {} : { axis }),
      };
      found = [];
      config = null;
    }
    if (found.length > 0 || config) {
      yield { points: emptyColumns(), problems: found, ...(config ? { config } : {}) };
    }
    this.config = null;
    this.points = 0;
  }
}
