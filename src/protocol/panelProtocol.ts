/** What pages and host say to each other. The page speaks first: it says that it is ready. */

import type {
  AtStepAnswer,
  AtStepQuestion,
  AxisChoice,
  DiffAnswer,
  ExampleDiffAnswer,
  ExamplesAnswer,
  ExampleStory,
  FileContents,
  LineageAnswer,
  OnsetsAnswer,
  OutcomeChange,
  Smoothing,
  Spread,
  SurvivalAnswer,
  TableRows,
  TimelineAnswer,
  WeightDiffAnswer,
  WhenResult,
} from "../core/index.js";
import type { StepScale } from "./stepScale.js";

/** What the user chose to see: all that a page needs to come back as it was. */
export interface TimelineIntent {
  /** Empty: the metrics that the runs suggest. */
  readonly metrics: readonly string[];
  readonly scale: StepScale;
  /** Name or question; null for the one that fits each metric, `""` for none. */
  readonly behaviour: string | null;
  readonly axis: AxisChoice;
  /** Values of the axis that are shown; null for all. */
  readonly range: readonly [first: number, last: number] | null;
  /** Value axes; null for what fits each metric. */
  readonly values: "linear" | "log" | null;
  readonly smooth: Smoothing | null;
  /** What the bands of seed groups show; null for every seed by itself. */
  readonly spread: Spread | null;
  /** Seed groups whose seeds are shown beside their band. */
  readonly apart: readonly string[];
  /** Pinned steps, at most two. */
  readonly pins: readonly number[];
  /** Where the cursor was; null where it was not set. */
  readonly cursor: number | null;
}

export const FIRST_TIMELINE: TimelineIntent = {
  metrics: [],
  scale: "symlog",
  behaviour: null,
  axis: "step",
  range: null,
  values: null,
  smooth: null,
  spread: "sd",
  apart: [],
  pins: [],
  cursor: null,
};

/** What the window's comparison says, the same in all panels. */
export interface Comparison {
  /** Keys of the checked runs. */
  readonly runs: readonly string[];
  readonly baseline: string | null;
  /** The step cursor; null before it was set. */
  readonly step: number | null;
  /** How many runs there are to be compared. */
  readonly known: number;
}

export type TimelineQuestions = {
  ready(params: { readonly intent: TimelineIntent | null }): {
    readonly intent: TimelineIntent;
    readonly comparison: Comparison;
  };
  timeline(params: { readonly intent: TimelineIntent; readonly width: number }): TimelineAnswer;
  atStep(params: Omit<AtStepQuestion, "runs" | "baseline">): AtStepAnswer;
  moveCursor(params: { readonly step: number }): null;
  setBaseline(params: { readonly run: string }): null;
  openDiff(params: DiffIntent): null;
  annotate(params: { readonly step: number }): null;
  /** Asks the user when something did begin. */
  ask(params: null): null;
  /** Brings the side panel's runs into view. */
  chooseRuns(params: null): null;
  /** Which of the runs' checkpoints that lie on the disk are partial: still being written, or cut off. */
  partialCheckpoints(params: null): readonly (RunChoiceStep & { readonly reason: string })[];
  copy(params: { readonly text: string }): null;
  /** Asks where to, and writes it; the path, or null where the user went away. */
  save(params: SaveParams): string | null;
  /** All points of what is shown, written by the host as they are read. */
  exportPoints(params: {
    readonly intent: TimelineIntent;
    readonly metrics: readonly string[];
    readonly format: "csv" | "arrow";
  }): string | null;
  /** A Markdown record with its picture beside it. */
  exportRecord(params: {
    readonly intent: TimelineIntent;
    readonly metrics: readonly string[];
    readonly picture: string;
  }): string | null;
  /** Asks for a name, and saves the patterns under it in `onset.json`; null where the user went away. */
  pinMetrics(params: { readonly patterns: readonly string[] }): string | null;
};

export interface RunChoiceStep {
  readonly key: string;
  readonly step: number;
}

/** A picture: `text` is SVG, or a PNG in base64. */
export interface SaveParams {
  readonly name: string;
  readonly format: "svg" | "png";
  readonly text: string;
}

/** Which two checkpoints a Diff shows. */
export interface DiffIntent {
  readonly a: { readonly key: string; readonly step: number };
  readonly b: { readonly key: string; readonly step: number };
}

export interface RunChoice {
  readonly key: string;
  readonly label: string;
}

export type DiffQuestions = {
  ready(params: { readonly intent: DiffIntent | null }): {
    readonly intent: DiffIntent | null;
    readonly runs: readonly RunChoice[];
  };
  /** Checkpoints that a run has, ascending. */
  steps(params: { readonly key: string }): readonly {
    readonly step: number;
    readonly label: string;
  }[];
  diff(params: DiffIntent): DiffAnswer;
  /** What became of the examples, task by task, and those of some changes one by one. */
  examples(params: {
    readonly intent: DiffIntent;
    readonly changes: readonly OutcomeChange[];
    readonly from: number;
    readonly to: number;
  }): ExampleDiffAnswer;
  weights(params: DiffIntent): WeightDiffAnswer;
  openConfigDiff(params: DiffIntent): null;
  /** Shows the examples of a task through all checkpoints of a run of the two. */
  openExamples(params: {
    readonly run: string;
    readonly task: string;
    readonly filter: string | null;
    /** Of one of them the text; null for the task alone. */
    readonly example: string | null;
  }): null;
  moveCursor(params: { readonly step: number }): null;
};

/** What the Onsets panel shows. */
export interface OnsetsIntent {
  /** Part of the behaviours' labels; empty for all. */
  readonly filter: string;
  /** Config key whose values are compared in the survival curves; null for seed groups. */
  readonly key: string | null;
  /** The row whose curves are shown, by its question; null for the first. */
  readonly question: string | null;
}

export type OnsetsQuestions = {
  ready(params: { readonly intent: OnsetsIntent | null }): {
    readonly intent: OnsetsIntent;
    readonly comparison: Comparison;
  };
  /** Of the compared runs, with the config keys that differ between them. */
  onsets(params: null): { readonly answer: OnsetsAnswer; readonly keys: readonly string[] };
  survival(params: { readonly question: string; readonly key: string | null }): SurvivalAnswer;
  cell(params: { readonly run: string; readonly question: string }): WhenResult;
  openTimeline(params: { readonly question: string; readonly step: number | null }): null;
  /** Puts the record behind a cell on the clipboard. */
  copyRecord(params: { readonly run: string; readonly question: string }): null;
  saveBehaviour(params: { readonly question: string }): null;
  ask(params: null): null;
  chooseRuns(params: null): null;
};

/** Which examples the Examples panel shows. */
export interface ExamplesIntent {
  /** Key of the run; null for the first that has any. */
  readonly run: string | null;
  readonly task: string | null;
  readonly filter: string | null;
  readonly metric: string | null;
  /** Score from which on an example counts as right; null where outcomes are right or wrong by themselves. */
  readonly cut: number | null;
  /** Whose text is shown, at a checkpoint; null where nobody asked for one. */
  readonly example: { readonly id: string; readonly step: number } | null;
}

export type ExamplesQuestions = {
  /** The runs that record single examples. */
  ready(params: { readonly intent: ExamplesIntent | null }): {
    readonly intent: ExamplesIntent;
    readonly runs: readonly RunChoice[];
  };
  /** The table with some of its rows, in the order of learning. */
  examples(params: {
    readonly intent: ExamplesIntent;
    /** Rows of this id alone; null for all. */
    readonly example: string | null;
    readonly from: number;
    readonly to: number;
  }): ExamplesAnswer;
  /** What was asked and answered in one example at a checkpoint. */
  story(params: {
    readonly intent: ExamplesIntent;
    readonly id: string;
    readonly step: number;
  }): ExampleStory;
  moveCursor(params: { readonly step: number }): null;
  openFile(params: { readonly file: string }): null;
};

export type LineageQuestions = {
  /** Of all runs that were found. */
  lineage(params: null): LineageAnswer;
  /** Compares runs there, with the cursor at a step. */
  openTimeline(params: { readonly runs: readonly string[]; readonly step: number | null }): null;
  chooseRuns(params: null): null;
};

/** Of one file in a read-only editor. */
export type FileQuestions = {
  /** Its name, and what is in it. */
  contents(params: null): { readonly name: string; readonly contents: FileContents };
  rows(params: { readonly from: number; readonly to: number }): TableRows;
};

export type PageEvents = {
  /** Runs were read on, or the comparison changed: ask again. */
  changed: Comparison;
  /** The file that is shown was written: ask again. */
  fileChanged: null;
  cursorMoved: { readonly step: number | null };
  /** The host wants the page to show this. */
  intent: TimelineIntent | DiffIntent | OnsetsIntent | ExamplesIntent;
};

/** The page asks, and is told; the host asks nothing of a page. */
export type NoQuestions = Record<never, never>;
