/** What people write to a step, kept beside `onset.json` in `.onset/annotations.json`. */

import { userInfo } from "node:os";
import * as vscode from "vscode";
import type { StepAnnotation } from "../../core/index.js";
import { Disposables } from "../lifecycle.js";

const FILE = ".onset/annotations.json";

interface Entry extends StepAnnotation {
  readonly author: string;
  /** ISO 8601. */
  readonly at: string;
}

export class Annotations implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly changed = this.own.add(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** All annotations with their author's name; none where the file is missing or does not parse. */
  async read(): Promise<StepAnnotation[]> {
    const folder = await ownFolder();
    if (!folder) return [];
    try {
      return (await this.entries(folder)).map(({ run, step, text, author }) => ({
        run,
        step,
        text: `${text} (${author})`,
      }));
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
      return [];
    }
  }

  /** Throws when there is no folder to write to, or when the file there cannot be understood. */
  async add(annotation: StepAnnotation): Promise<void> {
    const folder = await ownFolder();
    if (!folder) throw new Error("Annotations are kept in the workspace: open a folder first.");
    const entry = { ...annotation, author: userInfo().username, at: new Date().toISOString() };
    const annotations = [...(await this.entries(folder)), entry];
    const text = `${JSON.stringify({ annotations }, null, 2)}\n`;
    await vscode.workspace.fs.writeFile(
      vscode.Uri.joinPath(folder, FILE),
      new TextEncoder().encode(text),
    );
    this.changed.fire();
  }

  dispose(): void {
    this.own.dispose();
  }

  private async entries(folder: vscode.Uri): Promise<Entry[]> {
    const uri = vscode.Uri.joinPath(folder, FILE);
    let bytes: Uint8Array;
    try {
      bytes = await vscode.workspace.fs.readFile(uri);
    } catch (error) {
      if (error instanceof vscode.FileSystemError && error.code === "FileNotFound") return [];
      throw error;
    }
    const parsed = JSON.parse(new TextDecoder().decode(bytes)) as { annotations?: unknown } | null;
    const list = parsed?.annotations;
    if (!Array.isArray(list)) throw new Error(`${uri.fsPath}: no list "annotations" in it`);
    return list.filter(isEntry);
  }
}

/** The first workspace folder that has an `onset.json`, else the first one. */
export async function ownFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  for (const { uri } of folders) {
    try {
      await vscode.workspace.fs.stat(vscode.Uri.joinPath(uri, "onset.json"));
      return uri;
    } catch {
      // Not in this folder.
    }
  }
  return folders[0]?.uri;
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  const { run, step, text, author } = value as Record<string, unknown>;
  return (
    (run === null || typeof run === "string") &&
    typeof step === "number" &&
    typeof text === "string" &&
    typeof author === "string"
  );
}
