/** *Add folder of runs …*: a folder outside the workspace goes into `onset.folders`. */

import * as vscode from "vscode";
import { addedFolders, SECTION } from "../services/settings.js";
import type { Command } from "./command.js";

export const addFolder: Command<"onset.addFolder"> = async ({ store }, path) => {
  const chosen = path ?? (await ask());
  if (chosen === undefined) return undefined;
  const folders = addedFolders();
  if (!folders.includes(chosen)) {
    const target = vscode.workspace.workspaceFolders
      ? vscode.ConfigurationTarget.Workspace
      : vscode.ConfigurationTarget.Global;
    await vscode.workspace
      .getConfiguration(SECTION)
      .update("folders", [...folders, chosen], target);
  }
  await store.refresh();
  return chosen;
};

async function ask(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: "Add folder of runs",
    openLabel: "Add",
    canSelectFiles: false,
    canSelectFolders: true,
  });
  return chosen?.[0]?.fsPath;
}
