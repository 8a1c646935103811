/** What pages and host say to each other. The page speaks first: it says that it is ready. */

import type { AtStepAnswer, DiffAnswer, TimelineAnswer } from "../core/index.js";
import type { StepScale } from "./stepScale.js";

/** What the user chose to see: all that a page needs to come back as it was. */
export interface TimelineIntent {
  /** Empty: the metrics that the runs suggest. */
  readonly metrics: readonly string[];
  readonly scale: StepScale;
  /** Name or question; null for the one that fits each metric, `""` for none. */
  readonly behaviour: string | null;
}

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
  atStep(params: { readonly metrics: readonly string[]; readonly step: number }): AtStepAnswer;
  moveCursor(params: { readonly step: number }): null;
  setBaseline(params: { readonly run: string }): null;
  openDiff(params: DiffIntent): null;
  annotate(params: { readonly step: number }): null;
  /** Asks the user when something did begin. */
  ask(params: null): null;
  /** Brings the side panel's runs into view. */
  chooseRuns(params: null): null;
};

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
  openConfigDiff(params: DiffIntent): null;
  moveCursor(params: { readonly step: number }): null;
};

export type PageEvents = {
  /** Runs were read on, or the comparison changed: ask again. */
  changed: Comparison;
  cursorMoved: { readonly step: number | null };
  /** The host wants the page to show this. */
  intent: TimelineIntent | DiffIntent;
};

/** The page asks, and is told; the host asks nothing of a page. */
export type NoQuestions = Record<never, never>;
