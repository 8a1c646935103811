/** What the host asks the worker. */

import type {
  AtStepAnswer,
  AtStepQuestion,
  CheckpointPlace,
  CheckpointRow,
  Completion,
  ConfigHint,
  ConfigKey,
  DescribeAnswer,
  DiffAnswer,
  ExamplesAnswer,
  ExamplesChoice,
  ExamplesQuestion,
  ExampleDiffAnswer,
  ExampleDiffQuestion,
  ExampleStory,
  Explanation,
  FileContents,
  FileMark,
  Folder,
  KeyHover,
  KeyHoverQuestion,
  LineageAnswer,
  OnsetsAnswer,
  PartialCheckpoint,
  PointsQuestion,
  Problem,
  RunConfigAnswer,
  RunEnding,
  SameValue,
  SetAnswer,
  StepAnnotation,
  StepHover,
  SurvivalAnswer,
  TableRows,
  TimelineAnswer,
  TimelineQuestion,
  TreeRun,
  Violation,
  Vocabulary,
  WeightDiffAnswer,
  WhenResult,
  WhichRuns,
} from "../core/index.js";
import type { StepScale } from "./stepScale.js";

export interface RunAtStep {
  readonly key: string;
  readonly step: number;
}

/** Where what was read is kept. */
export interface CachePlace {
  readonly folder: string;
  /** 0 keeps nothing. */
  readonly megabytes: number;
}

export interface BehaviourEntry {
  readonly name: string;
  /** The question as it was saved, or the built-in one. */
  readonly question: string;
  readonly note: string | null;
  /** What is expected, as text; null where nothing is. */
  readonly expectation: string | null;
  readonly isSaved: boolean;
}

export type QuestionCheck =
  | { readonly ok: true; readonly kind: "behaviour" | "set"; readonly name: string }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/** The whole state of discovery, newest wins. */
export interface Snapshot {
  readonly runs: readonly TreeRun[];
  readonly problems: readonly Problem[];
  readonly behaviours: readonly BehaviourEntry[];
  /** The `onset.json` files of the folders. */
  readonly onsetFiles: readonly string[];
  /** False while folders are still being walked. */
  readonly isComplete: boolean;
}

export type WhenRow = Omit<WhenResult, "record"> & {
  readonly key: string;
  /** The interval in words. */
  readonly text: string;
};

/** What reading on has changed. */
export interface Refreshed {
  /** Runs that have new points or checkpoints. */
  readonly runs: readonly TreeRun[];
  readonly problems: readonly Problem[];
}

export type WorkerQuestions = {
  /** Walks the folders; events tell what is found meanwhile. */
  discover(params: {
    readonly folders: readonly Folder[];
    readonly exclude: readonly string[];
    readonly cache?: CachePlace;
  }): Snapshot;
  /** Removes what is kept of files that were read. Bytes that it took. */
  clearCache(params: { readonly folder: string }): number;
  /** Re-reads every `onset.json`. */
  reloadBehaviours(params: null): Snapshot;
  checkpoints(params: { readonly key: string }): readonly CheckpointRow[];
  /** How far runs have come. Reads them. */
  runEndings(params: { readonly runs: readonly string[] }): readonly RunEnding[];
  /** Config keys that differ between the runs, and the runs by one key's values. */
  configKeys(params: { readonly runs: readonly string[] }): readonly ConfigKey[];
  byConfigKey(params: {
    readonly runs: readonly string[];
    readonly key: string;
  }): readonly SameValue[];
  /** Names that questions can use, of the given runs (of a hundred at most), most frequent first. */
  vocabulary(params: { readonly runs: readonly string[] }): Vocabulary;
  /** What can follow in a question, with the names of the given runs (of a hundred at most). */
  completeQuestion(params: {
    readonly text: string;
    readonly offset: number;
    readonly runs: readonly string[];
  }): readonly Completion[];
  checkQuestion(params: { readonly text: string }): QuestionCheck;
  when(params: { readonly text: string; readonly runs: readonly string[] }): readonly WhenRow[];
  /** Answers of one run with the records behind them. */
  record(params: { readonly text: string; readonly run: string }): readonly WhenResult[];
  survival(params: {
    readonly text: string;
    readonly runs: readonly string[];
    readonly key: string | null;
  }): SurvivalAnswer;
  /** A question over runs, in words. */
  /** Which of the runs record outcomes of single examples, by the files that were found. */
  runsWithExamples(params: null): readonly string[];
  examples(params: ExamplesQuestion & { readonly run: string }): ExamplesAnswer;
  exampleStory(params: {
    readonly run: string;
    readonly choice: ExamplesChoice;
    readonly id: string;
    readonly step: number;
  }): ExampleStory;
  /** The shape of a metric, with its words: a row per run, and lines about all. */
  describe(params: {
    readonly metric: string;
    readonly runs: readonly string[];
    readonly law: boolean;
  }): {
    readonly answer: DescribeAnswer;
    readonly rows: readonly (readonly string[])[];
    readonly together: readonly string[];
  };
  overRuns(params: { readonly text: string; readonly runs: readonly string[] }): SetAnswer;
  onsets(params: { readonly runs: readonly string[] }): OnsetsAnswer;
  /** Runs that do not hold to what is expected of behaviours. */
  expectations(params: { readonly runs: readonly string[] }): readonly Violation[];
  /** Marks on the text of an `onset.json`: also for what is expected of its behaviours. */
  checkOnsetFile(params: {
    readonly text: string;
    readonly runs: readonly string[];
    readonly violations: readonly Violation[];
  }): readonly FileMark[];
  completeOnsetFile(params: {
    readonly text: string;
    readonly offset: number;
    readonly runs: readonly string[];
  }): readonly Completion[];
  explainInOnsetFile(params: {
    readonly text: string;
    readonly offset: number;
  }): Explanation | null;
  whichRuns(params: {
    readonly text: string;
    readonly step: number;
    readonly runs: readonly string[];
  }): WhichRuns;
  diff(params: { readonly a: RunAtStep; readonly b: RunAtStep }): DiffAnswer;
  exampleDiff(
    params: ExampleDiffQuestion & { readonly a: RunAtStep; readonly b: RunAtStep },
  ): ExampleDiffAnswer;
  /** Names and shapes of tensors only. */
  weightDiff(params: { readonly a: RunAtStep; readonly b: RunAtStep }): WeightDiffAnswer;
  /** Of all runs. */
  lineage(params: null): LineageAnswer;
  timeline(
    params: TimelineQuestion & {
      readonly scale: StepScale;
      readonly annotations: readonly StepAnnotation[];
    },
  ): TimelineAnswer;
  atStep(params: AtStepQuestion): AtStepAnswer;
  /** The bytes of a file with all points. */
  exportPoints(params: PointsQuestion): Uint8Array;
  /** A Markdown record; `picture` is the name of the file beside it. */
  timelineRecord(
    params: TimelineQuestion & { readonly scale: StepScale; readonly picture: string },
  ): string;
  partialCheckpoints(params: { readonly runs: readonly string[] }): readonly PartialCheckpoint[];
  hoverKey(params: KeyHoverQuestion): KeyHover | null;
  /** Of a file that is a run's config. */
  runConfig(params: {
    readonly file: string;
    readonly baseline: string | null;
  }): RunConfigAnswer | null;
  configHints(
    params: Omit<KeyHoverQuestion, "offset"> & { readonly baseline: string | null },
  ): readonly ConfigHint[];
  /** For each text of a file the checkpoint whose path it is. */
  checkpointPaths(params: {
    readonly file: string;
    readonly texts: readonly string[];
  }): readonly (CheckpointPlace | null)[];
  hoverStep(params: { readonly step: number }): StepHover | null;
  /** What is in one file, whether or not any run has it. */
  fileContents(params: { readonly file: string }): FileContents;
  /** Rows of a table, at most a thousand. */
  tableRows(params: {
    readonly file: string;
    readonly from: number;
    readonly to: number;
  }): TableRows;
  /** Reads on where runs have grown. */
  refresh(params: { readonly runs: readonly string[] }): Refreshed;
  /** The text of an `onset.json` with a behaviour added or replaced, formatted as the file is. */
  withBehaviour(params: {
    readonly text: string;
    readonly name: string;
    readonly when: string;
    readonly note: string | null;
  }): string;
  /** The same with a pinned set of metrics. */
  withPinned(params: {
    readonly text: string;
    readonly name: string;
    readonly patterns: readonly string[];
  }): string;
};

export type WorkerEvents = {
  found: Snapshot;
  /** Runs read so far for a long answer. */
  progress: { readonly done: number; readonly of: number };
  /** How many bytes of the large files that are being read; 0 of 0 when none is. */
  reading: { readonly bytes: number; readonly of: number };
  /** What goes wrong beside the answers, for the log. */
  trouble: string;
};
