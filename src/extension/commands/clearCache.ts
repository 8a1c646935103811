/** *Clear cache*: what was kept on the disk of files that were read goes. They are read again when they are next needed. */

import * as vscode from "vscode";
import type { Command } from "./command.js";

export const clearCache: Command<"onset.clearCache"> = async ({ store }) => {
  const bytes = await store.clearCache();
  void vscode.window.showInformationMessage(
    `The cache is empty: ${(bytes / 2 ** 20).toFixed(1)} MB are free.`,
  );
  return bytes;
};
