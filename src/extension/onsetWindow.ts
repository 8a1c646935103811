/** What commands, views and panels of one window share. */

import type { LogOutputChannel } from "vscode";
import type { DiffPanel } from "./panels/diffPanel.js";
import type { ExamplesPanel } from "./panels/examplesPanel.js";
import type { LineagePanel } from "./panels/lineagePanel.js";
import type { OnsetsPanel } from "./panels/onsetsPanel.js";
import type { TimelinePanel } from "./panels/timelinePanel.js";
import type { Annotations } from "./services/annotations.js";
import type { Arrangement } from "./services/arrangement.js";
import type { Comparison } from "./services/comparison.js";
import type { Expectations } from "./services/expectations.js";
import type { RunStates } from "./services/runStates.js";
import type { RunStore } from "./services/runStore.js";

export interface OnsetWindow {
  readonly store: RunStore;
  readonly comparison: Comparison;
  readonly expectations: Expectations;
  readonly states: RunStates;
  readonly arrangement: Arrangement;
  readonly annotations: Annotations;
  readonly timeline: TimelinePanel;
  readonly diff: DiffPanel;
  readonly onsets: OnsetsPanel;
  readonly examples: ExamplesPanel;
  readonly lineage: LineagePanel;
  readonly log: LogOutputChannel;
}
