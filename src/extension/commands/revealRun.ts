/** *Reveal in explorer*: the run directory or one of its checkpoints, in the editor's own explorer or the system's. */

import * as vscode from "vscode";
import { askRun } from "./ask.js";
import type { Command } from "./command.js";
import { Dialogue } from "./dialogue.js";

export const revealRun: Command<"onset.revealRun"> = async (onset, clicked) => {
  const key = clicked?.key ?? (await Dialogue.run((dialogue) => askRun(dialogue, onset, "Reveal")));
  const run = key === undefined ? undefined : onset.store.run(key);
  if (!run) return false;
  const uri = vscode.Uri.file(clicked?.path ?? run.file ?? run.directory);
  const isInWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(isInWorkspace ? "revealInExplorer" : "revealFileInOS", uri);
  return true;
};
