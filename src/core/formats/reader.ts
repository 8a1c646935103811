/** The interface that every reader of metrics has. Adding a format is one file and one line in `index.ts`. */

import type { ByteSource } from "../io/files.js";
import type { Config } from "../model/config.js";
import type { PointColumns } from "../model/series.js";
import type { Problem } from "../model/problem.js";

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
 * - `problem`: the file is this format's, but nothing in it can be used; the message says why.
 */
export type Claim =
  | { readonly kind: "yes" | "no" }
  | { readonly kind: "look"; readonly bytes?: number }
  | { readonly kind: "problem"; readonly code: string; readonly message: string };

export const YES: Claim = { kind: "yes" };
export const NO: Claim = { kind: "no" };
export const LOOK: Claim = { kind: "look" };

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
  readonly points: PointColumns;
  /** Run within the file that the points belong to, where it holds several. */
  readonly part?: string;
  /** Keys of the run's configuration that the file itself holds. */
  readonly config?: Config;
  /** True for points of an unfinished last line: they are read again with the next piece. */
  readonly provisional?: boolean;
  /** When the evaluation was made, in seconds since 1970: of two of one checkpoint the later one counts. */
  readonly madeAt?: number;
  /** Name of the column that the steps were taken from, where it is not plainly the optimiser step. */
  readonly axis?: string;
  /** Direction that the file itself declares, by metric. */
  readonly higherIsBetter?: ReadonlyMap<string, boolean>;
  readonly problems: readonly Problem[];
}

export interface ReadInput {
  readonly source: ByteSource;
  /** Absolute path, for problems and for a step in the name. Nothing is opened by it. */
  readonly file: string;
  readonly from: Cursor;
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
  /**
   * Yields what the file holds from `from` on and returns where to continue. Bad data becomes problems; only aborting
   * and programming mistakes throw, and `FileError` when the file itself cannot be read.
   */
  read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor>;
}
