/** The interface that every reader of metrics has. Adding a format is one file and one line in `index.ts`. */

import type { ByteSource } from "../io/files.js";
import type { Config } from "../model/config.js";
import type { PointColumns } from "../model/series.js";
import type { Problem } from "../model/problem.js";
import type { RestartMark } from "../model/run.js";
import type { Told } from "../model/told.js";
import type { Evaluated } from "./evaluated.js";

/**
 * How the files of a format make a run:
 * - `log`: points in the order of writing; the file grows, and steps that go backwards mean a restart.
 * - `history`: the run's whole log up to one checkpoint, written anew with each checkpoint.
 * - `evaluation`: metrics measured on one checkpoint.
 */
export type SourceKind = "log" | "history" | "evaluation";

/**
 * Whether a reader takes a file.
 * - `yes`, `no`: decided.
 * - `look`: ask again with the file's first bytes; with `bytes` of them where what tells lies behind a long preface.
 * - `examine`: its first bytes are this format's; whether it is a log is told by `Reader.examine`.
 * - `problem`: the file is this format's, but nothing in it can be used; the message says why.
 */
export type Claim =
  | { readonly kind: "yes" | "no" | "examine" }
  | { readonly kind: "look"; readonly bytes?: number }
  | { readonly kind: "problem"; readonly code: string; readonly message: string };

export const YES: Claim = { kind: "yes" };
export const NO: Claim = { kind: "no" };
export const LOOK: Claim = { kind: "look" };
export const EXAMINE: Claim = { kind: "examine" };

/** Bytes of a file's beginning that `claims` and `describe` get, unless a reader asks for more. */
export const HEAD_BYTES = 16 * 1024;

/** What the head of a log tells of its run, before the rest is read. */
export interface HeadFacts {
  /** Set when the file says itself that it is one whole run (a `_meta` line). */
  readonly isRun: boolean;
  readonly config: Config | null;
  /** Names of the columns or keys, to tell whether two files log the same things. */
  readonly columns: readonly string[];
  /** True when a column says to which run a row belongs. */
  readonly severalRuns: boolean;
}

/** Where reading a growing file continues. Plain data, made by the reader that gets it back. */
export interface Cursor {
  readonly offset: number;
  readonly line: number;
  /** The reader's own memory, for instance a table's header. */
  readonly memory: unknown;
}

export const START: Cursor = { offset: 0, line: 1, memory: null };

/** What a reader found in a piece of a file. */
export interface Chunk {
  /** To be copied before the next chunk is asked for: they may lie in memory that the reader uses again. */
  readonly points: PointColumns;
  /** Absent where the writer says nothing of restarts; `at` counts the points of this chunk. */
  readonly restarts?: readonly RestartMark[];
  /** True where all that was read of the file before, in this reading and in earlier ones, is void. */
  readonly startsAnew?: boolean;
  /** Run within the file that the points belong to, where it holds several. */
  readonly part?: string;
  /** Keys of the run's configuration that the file itself holds: of the part, where one is given. */
  readonly config?: Config;
  /** True for points of an unfinished last line: they are read again with the next piece. */
  readonly provisional?: boolean;
  /** When the evaluation was made, in seconds since 1970: of two of one checkpoint the later one counts. */
  readonly madeAt?: number;
  /** Which model was evaluated, and how: to join evaluations of another tree to their run. */
  readonly evaluated?: Evaluated;
  /** Name of the column that the chunk's steps were taken from, where it is not plainly the optimiser step. */
  readonly axis?: string;
  /** Direction that the file itself declares, by metric. */
  readonly higherIsBetter?: ReadonlyMap<string, boolean>;
  readonly problems: readonly Problem[];
}

export interface FileInput {
  readonly source: ByteSource;
  /** Absolute path, for problems and for a step in the name. Nothing is opened by it. */
  readonly file: string;
  /** Those of the files that `Reader.beside` names which are there, by name. */
  readonly beside?: ReadonlyMap<string, ByteSource>;
}

export interface ReadInput extends FileInput {
  readonly from: Cursor;
}

/** What a look into a file gave whose first bytes were not enough. */
export interface Examined {
  readonly claim: Claim;
  readonly facts: HeadFacts | null;
}

export interface Reader {
  readonly format: string;
  /** The system as users name it, for instance `TensorBoard`. */
  readonly system: string;
  readonly kind: SourceKind;
  /** Decides by the file's name, and by its first bytes where the name is not enough. Cheap; never throws. */
  claims(name: string, head: Uint8Array | null): Claim;
  /** What the first bytes tell. Only for logs that may be a run by themselves. */
  describe?(name: string, head: Uint8Array): HeadFacts;
  /** What the file's first records tell of the run, without reading the rest. Never throws on bad data. */
  tell?(source: ByteSource): Promise<Told>;
  /**
   * Decides where `claims` answers `examine`: reads what it needs, such as a footer or a schema, and no more. Throws
   * only `FileError`.
   */
  examine?(input: FileInput, signal?: AbortSignal): Promise<Examined>;
  /** Names of files in the same directory that are read with this one, such as a write-ahead log. */
  beside?(name: string): readonly string[];
  /** True for files that are changed in place or written anew as a whole: they are never read on from a cursor. */
  readonly isRewritten?: boolean;
  /**
   * The model that an evaluation is of, without its step, where the first bytes tell: evaluations of one directory belong
   * to as many runs as there are models. Null where the file's name must do.
   */
  modelIn?(name: string, head: Uint8Array): string | null;
  /**
   * Yields what the file holds from `from` on and returns where to continue. Bad data becomes problems; only aborting
   * and programming mistakes throw, and `FileError` when the file itself cannot be read.
   */
  read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor>;
}
