/**
 * The interface that every reader of single examples has: what a model made of each question, at one checkpoint or at
 * several. Such files are long, so they are streamed, and of the questions' texts only the places are kept.
 */

import type { ByteSource } from "../io/files.js";
import type { Problem } from "../model/problem.js";
import type { Claim } from "./reader.js";

/**
 * Where an example lies in its file: bytes from `at` on, rows in a table that is stored by columns. Only its reader knows
 * which; a place is good for as long as the file does not change.
 */
export interface Place {
  readonly at: number;
  readonly length: number;
}

/** One question at one checkpoint. (`task`, `id`, `filter`) is the same question at another one, if `hash` is equal. */
export interface Example {
  readonly task: string;
  readonly id: string;
  /** How the answer was taken out of the model's text, where that was done in several ways. */
  readonly filter: string | null;
  /** What tells that the question itself is the same; null where the file has nothing. */
  readonly hash: string | null;
  /** Null where the file does not say it: then it is that of the results that it belongs to. */
  readonly step: number | null;
  /** Metric to outcome: 0 or 1 for wrong and right, else a score. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Where its text can be read; null where the file holds none. */
  readonly place: Place | null;
}

/** What was asked and answered, as far as the file says it. */
export interface ExampleText {
  /**
   * The id of the example that lies there: another one than expected where the file was written anew. Null where examples
   * are only numbered.
   */
  readonly id: string | null;
  readonly question: string | null;
  /** What the model made of it, before anything was taken out of it. */
  readonly answer: string | null;
  /** The right answer. */
  readonly target: string | null;
}

export interface ExamplesChunk {
  readonly examples: readonly Example[];
  readonly problems: readonly Problem[];
}

export interface ExamplesInput {
  readonly source: ByteSource;
  /** Absolute path, for problems and for the task in the name. Nothing is opened by it. */
  readonly file: string;
  /** The run whose examples are wanted, where the rows say to which one they belong. */
  readonly run?: string | null;
}

export interface ExamplesReader {
  readonly format: string;
  /**
   * As those of metrics: by name, and by the first bytes where the name is not enough. With `within`: of a file that one
   * of those readers has taken.
   */
  readonly claims: (name: string, head: Uint8Array | null) => Claim;
  /** Decides where `claims` answers `examine`. Throws only `FileError`. */
  readonly examine?: (source: ByteSource) => Promise<boolean>;
  /**
   * Formats of metrics whose files hold examples as well: they are read once for their metrics and once for these, and are
   * their own results.
   */
  readonly within?: readonly string[];
  /** True where each example says its own step: then no results are asked. */
  readonly saysSteps?: boolean;
  /** True where only the results beside it say how many shots there were: the tasks' names are without them. */
  readonly shotsInResults?: true;
  /** The file of results that says step and model, among the names beside it; null where there is none. */
  resultsAmong(name: string, names: readonly string[]): string | null;
  /** The same where the results lie in another directory, from the file's path. Nothing is opened by it. */
  readonly resultsFor?: (file: string) => string | null;
  /** Bad data becomes problems; only aborting throws, and `FileError` when the file itself cannot be read. */
  read(input: ExamplesInput, signal?: AbortSignal): AsyncGenerator<ExamplesChunk, void>;
  /**
   * Reads the text of one example again; null where no example lies there any more. Throws only `FileError`. Absent where
   * the files hold no text.
   */
  textAt?(input: ExamplesInput, place: Place): Promise<ExampleText | null>;
  /**
   * The file beside it that says what its own file does not: lines of JSON, or the elements at a path of one document, each
   * with the example's id.
   */
  readonly beside?: {
    /** From the file's path. */
    readonly fileOf: (file: string) => string;
    readonly elements: readonly string[] | null;
    readonly textOf: (row: Readonly<Record<string, unknown>>) => Partial<ExampleText> | null;
  };
}
