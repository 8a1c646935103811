/** What the host asks the worker. */

import type {
  AtStepAnswer,
  AtStepQuestion,
  CheckpointRow,
  DiffAnswer,
  Folder,
  KeyHover,
  KeyHoverQuestion,
  Problem,
  StepAnnotation,
  StepHover,
  TimelineAnswer,
  TimelineQuestion,
  TreeRun,
  WhenResult,
  WhichRuns,
} from "../core/index.js";
import type { StepScale } from "./stepScale.js";

export interface RunAtStep {
  readonly key: string;
  readonly step: number;
}

export interface BehaviourEntry {
  readonly name: string;
  /** The question as it was saved, or the built-in one. */
  readonly question: string;
  readonly note: string | null;
  readonly isSaved: boolean;
}

export type QuestionCheck =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/** The whole state of discovery, newest wins. */
export interface Snapshot {
  readonly runs: readonly TreeRun[];
  readonly problems: readonly Problem[];
  readonly behaviours: readonly BehaviourEntry[];
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
  }): Snapshot;
  /** Re-reads every `onset.json`. */
  reloadBehaviours(params: null): Snapshot;
  checkpoints(params: { readonly key: string }): readonly CheckpointRow[];
  /** Metrics over the given runs (a few hundred of them at most), most frequent first. */
  metrics(params: { readonly runs: readonly string[] }): readonly string[];
  checkQuestion(params: { readonly text: string }): QuestionCheck;
  when(params: { readonly text: string; readonly runs: readonly string[] }): readonly WhenRow[];
  whichRuns(params: {
    readonly text: string;
    readonly step: number;
    readonly runs: readonly string[];
  }): WhichRuns;
  diff(params: { readonly a: RunAtStep; readonly b: RunAtStep }): DiffAnswer;
  timeline(
    params: TimelineQuestion & {
      readonly scale: StepScale;
      readonly annotations: readonly StepAnnotation[];
    },
  ): TimelineAnswer;
  atStep(params: AtStepQuestion): AtStepAnswer;
  hoverKey(params: KeyHoverQuestion): KeyHover | null;
  hoverStep(params: { readonly step: number }): StepHover | null;
  /** Reads on where runs have grown. */
  refresh(params: { readonly runs: readonly string[] }): Refreshed;
  /** The text of an `onset.json` with a behaviour added or replaced, formatted as the file is. */
  withBehaviour(params: {
    readonly text: string;
    readonly name: string;
    readonly when: string;
    readonly note: string | null;
  }): string;
};

export type WorkerEvents = {
  found: Snapshot;
  /** Runs read so far for a long answer. */
  progress: { readonly done: number; readonly of: number };
};
