/** How every command is registered: its failure is logged and told once; its result goes to the caller. */

import * as vscode from "vscode";
import { isAborted } from "../../protocol/rpc.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { plainText } from "../plainText.js";
import { addFolder } from "./addFolder.js";
import { annotateStep } from "./annotateStep.js";
import { clearFilter, filterRuns, filterRunsByState, groupRuns } from "./arrangeRuns.js";
import { clearCache } from "./clearCache.js";
import type { Command } from "./command.js";
import { compareAtStep } from "./compareAtStep.js";
import { compareOnly, setBaseline } from "./compare.js";
import { copyRunId } from "./copyRunId.js";
import { describeMetric } from "./describeMetric.js";
import { diffCheckpoints } from "./diffCheckpoints.js";
import type { CommandId, Commands } from "./ids.js";
import { openExamples } from "./openExamples.js";
import { openLineage } from "./openLineage.js";
import { openOnsets } from "./openOnsets.js";
import { openTimeline } from "./openTimeline.js";
import { revealRun } from "./revealRun.js";
import { saveBehaviour } from "./saveBehaviour.js";
import { showInOnsets, showInTimeline } from "./showRuns.js";
import { when } from "./when.js";
import { whichRuns } from "./whichRuns.js";

const COMMANDS: { readonly [K in CommandId]: Command<K> } = {
  "onset.when": when,
  "onset.whichRuns": whichRuns,
  "onset.describeMetric": describeMetric,
  "onset.compareAtStep": compareAtStep,
  "onset.diffCheckpoints": diffCheckpoints,
  "onset.annotateStep": annotateStep,
  "onset.openTimeline": openTimeline,
  "onset.openOnsets": openOnsets,
  "onset.openExamples": openExamples,
  "onset.openLineage": openLineage,
  "onset.saveBehaviour": saveBehaviour,
  "onset.addFolder": addFolder,
  "onset.refresh": async ({ store }) => (await store.refresh()).runs.length,
  "onset.setBaseline": setBaseline,
  "onset.compareOnly": compareOnly,
  "onset.showInTimeline": showInTimeline,
  "onset.showInOnsets": showInOnsets,
  "onset.copyRunId": copyRunId,
  "onset.groupRuns": groupRuns,
  "onset.filterRuns": filterRuns,
  "onset.filterRunsByState": filterRunsByState,
  "onset.clearFilter": clearFilter,
  "onset.revealRun": revealRun,
  "onset.clearCache": clearCache,
  "onset.showLog": ({ log }) => {
    log.show();
    return true;
  },
};

export const COMMAND_IDS = Object.keys(COMMANDS) as readonly CommandId[];

export function registerCommands(onset: OnsetWindow): vscode.Disposable {
  return vscode.Disposable.from(...COMMAND_IDS.map((id) => register(id, COMMANDS[id], onset)));
}

function register<K extends CommandId>(
  id: K,
  command: Command<K>,
  onset: OnsetWindow,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, guarded(id, command, onset));
}

/** The command with its failures told. The caller gets one as well if it gave arguments: it is no person at the palette. */
export function guarded<K extends CommandId>(
  id: K,
  command: Command<K>,
  onset: OnsetWindow,
): (...args: Parameters<Commands[K]>) => Promise<ReturnType<Commands[K]> | undefined> {
  return async (...args) => {
    try {
      return await command(onset, ...args);
    } catch (error) {
      if (isAborted(error)) return undefined;
      onset.log.error(
        `${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      void tell(onset, error instanceof Error ? error.message : String(error));
      // Where nobody gave any, the palette would tell the same again, in a dialog over everything.
      if (args.every((arg) => arg === undefined)) return undefined;
      throw error;
    }
  };
}

async function tell({ log }: OnsetWindow, message: string): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(`Onset: ${plainText(message)}`, "Show log");
  if (chosen !== undefined) log.show();
}
