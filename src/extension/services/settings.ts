/** The user's settings, read when they are needed. */

import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import type { Folder } from "../../core/index.js";

export const SECTION = "onset";

/** Folders in which runs are looked for: those of the workspace, then the added ones. */
export function foldersOfRuns(): Folder[] {
  const workspace = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === "file")
    .map(({ uri, name }) => ({ path: slashed(uri.fsPath), name }));
  const added = addedFolders().flatMap((text): Folder[] => {
    const path = expand(text, workspace[0]?.path);
    return path === null ? [] : [{ path: slashed(path), name: text }];
  });
  const unique = new Map([...added, ...workspace].map((folder) => [folder.path, folder]));
  return [...workspace, ...added].filter((folder) => unique.get(folder.path) === folder);
}

/** `onset.folders` as written. */
export function addedFolders(): string[] {
  const value: unknown = vscode.workspace.getConfiguration(SECTION).get("folders");
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Globs of what is not looked into: `files.exclude` and `onset.exclude`. */
export function excludedGlobs(): string[] {
  const files: unknown = vscode.workspace.getConfiguration("files").get("exclude");
  const own: unknown = vscode.workspace.getConfiguration(SECTION).get("exclude");
  const hidden =
    typeof files === "object" && files !== null
      ? Object.entries(files).flatMap(([glob, isOn]) => (isOn === true ? [glob] : []))
      : [];
  return [...hidden, ...(Array.isArray(own) ? own.filter((glob) => typeof glob === "string") : [])];
}

/** What may be kept on the disk of files that were read. 0 keeps nothing. */
export function cacheMegabytes(): number {
  const value: unknown = vscode.workspace.getConfiguration(SECTION).get("cacheSize");
  return typeof value === "number" && value >= 0 ? value : 0;
}

/** A setting of what is shown in the editor, on unless it was turned off there. */
export function isOn(
  setting: "codeLens" | "inlayHints",
  scope: vscode.ConfigurationScope,
): boolean {
  return vscode.workspace.getConfiguration(SECTION, scope).get(setting) !== false;
}

/** True when a changed setting means that folders are to be walked anew. */
export function concernsDiscovery(event: vscode.ConfigurationChangeEvent): boolean {
  return ["onset.folders", "onset.exclude", "files.exclude", "onset.cacheSize"].some((key) =>
    event.affectsConfiguration(key),
  );
}

function expand(text: string, workspace: string | undefined): string | null {
  const home = text.startsWith("~/") ? join(homedir(), text.slice(2)) : text;
  const path = home.replace("${workspaceFolder}", workspace ?? "${workspaceFolder}");
  if (isAbsolute(path)) return path.replace(/(?<=.)[\\/]+$/, "");
  return workspace === undefined ? null : join(workspace, path);
}

function slashed(path: string): string {
  return path.replace(/\\/g, "/");
}
