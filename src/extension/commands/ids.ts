/**
 * The one list of commands, with what each takes and returns. Arguments stand for the answers that a person would be
 * asked for; those left out are asked. `undefined` means that the person went away.
 */

import type {
  AtStepAnswer,
  DescribeAnswer,
  DiffAnswer,
  SetAnswer,
  StepAnnotation,
  WhichRuns,
} from "../../core/index.js";
import type { RunAtStep, WhenRow } from "../../protocol/workerProtocol.js";
import type { RunState } from "../services/runStates.js";

/** A node of the Runs view. Baseline and checkpoints have no `runs`. */
export interface Clicked {
  readonly runs?: readonly string[];
}

export interface Commands {
  "onset.when": (args?: {
    readonly question?: string;
    /** Keys of the runs asked; those compared where left out. */
    readonly runs?: readonly string[];
  }) => readonly WhenRow[] | SetAnswer | undefined;
  "onset.whichRuns": (args?: {
    readonly question?: string;
    readonly step?: number;
    readonly runs?: readonly string[];
  }) => WhichRuns | undefined;
  "onset.describeMetric": (args?: {
    readonly metric?: string;
    readonly runs?: readonly string[];
    /** Fits scaling laws too. */
    readonly law?: boolean;
  }) => DescribeAnswer | undefined;
  "onset.compareAtStep": (args?: { readonly step?: number }) => AtStepAnswer | undefined;
  /** From the tree: the checkpoint clicked, and all that are selected. */
  "onset.diffCheckpoints": (
    a?: RunAtStep,
    b?: RunAtStep | readonly RunAtStep[],
  ) => DiffAnswer | undefined;
  "onset.annotateStep": (args?: {
    readonly step?: number;
    readonly text?: string;
    /** Id of the run that it is about; null for all. */
    readonly run?: string | null;
  }) => StepAnnotation | undefined;
  "onset.openTimeline": (args?: {
    readonly runs?: readonly string[];
    readonly metrics?: readonly string[];
    readonly behaviour?: string;
    readonly step?: number;
  }) => boolean;
  "onset.openOnsets": (args?: {
    readonly runs?: readonly string[];
    /** The row whose survival curves are shown. */
    readonly question?: string;
  }) => boolean;
  "onset.openExamples": (run?: { readonly key: string }) => boolean;
  "onset.openLineage": () => boolean;
  /** Returns the behaviour's name. */
  "onset.saveBehaviour": (args?: {
    readonly name?: string;
    readonly question?: string;
    readonly note?: string;
  }) => string | undefined;
  /** Returns the added folder. */
  "onset.addFolder": (path?: string) => string | undefined;
  /** Returns the number of runs found. */
  "onset.refresh": () => number;
  /** Returns the key of the baseline. */
  "onset.setBaseline": (run?: { readonly key: string }) => string | undefined;
  /** Returns the keys that are compared now. */
  "onset.compareOnly": (
    clicked?: Clicked,
    selected?: readonly Clicked[],
  ) => readonly string[] | undefined;
  "onset.showInTimeline": (clicked?: Clicked, selected?: readonly Clicked[]) => boolean;
  "onset.showInOnsets": (clicked?: Clicked, selected?: readonly Clicked[]) => boolean;
  /** Returns the ids that are on the clipboard now. */
  "onset.copyRunId": (
    clicked?: Clicked,
    selected?: readonly Clicked[],
  ) => readonly string[] | undefined;
  /** By a config key; null for the usual groups. Returns the key. */
  "onset.groupRuns": (args?: { readonly key: string | null }) => string | null | undefined;
  /** Returns the words. */
  "onset.filterRuns": (args?: { readonly text: string }) => string | undefined;
  "onset.filterRunsByState": (args?: {
    readonly states: readonly RunState[];
  }) => readonly RunState[] | undefined;
  "onset.clearFilter": () => boolean;
  /** `path`: of a checkpoint, where that is wanted. */
  "onset.revealRun": (run?: { readonly key: string; readonly path?: string }) => boolean;
  /** Returns the bytes that are free now. */
  "onset.clearCache": () => number;
  "onset.showLog": () => boolean;
}

export type CommandId = keyof Commands;
