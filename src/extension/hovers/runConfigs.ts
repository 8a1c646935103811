/** Languages of run configs, and what the providers for them share. */

import type * as vscode from "vscode";
import type { KeyHoverQuestion } from "../../core/index.js";

export const CONFIG_LANGUAGES: Readonly<Record<string, KeyHoverQuestion["language"]>> = {
  yaml: "yaml",
  json: "json",
  jsonc: "json",
  toml: "toml",
};

export const CONFIG_FILES: vscode.DocumentSelector = Object.keys(CONFIG_LANGUAGES).map(
  (language) => ({ language, scheme: "file" }),
);

/** The path by which core knows a document. */
export function pathOf({ uri }: vscode.TextDocument): string {
  return uri.fsPath.replace(/\\/g, "/");
}
