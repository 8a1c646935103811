/** Read-only editors of files of tensors, events and tables: one page that shows what is in them. */

import * as vscode from "vscode";
import type { WorkerClient } from "../../node/workerClient.js";
import type { FileQuestions } from "../../protocol/panelProtocol.js";
import { Page } from "../panels/page.js";

/** As `contributes.customEditors` names them. */
export const FILE_EDITORS = ["onset.tensors", "onset.events", "onset.table"] as const;

/** A file that is written all the time is read again this often, in milliseconds. */
const SETTLE_MS = 1_000;

export function registerFileEditors(
  extensionUri: vscode.Uri,
  worker: WorkerClient,
): vscode.Disposable {
  const editor = new FileEditor(extensionUri, worker);
  return vscode.Disposable.from(
    ...FILE_EDITORS.map((viewType) =>
      vscode.window.registerCustomEditorProvider(viewType, editor, {
        supportsMultipleEditorsPerDocument: true,
      }),
    ),
  );
}

export class FileEditor implements vscode.CustomReadonlyEditorProvider {
  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly worker: Pick<WorkerClient, "ask">,
  ) {}

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const file = uri.fsPath.replaceAll("\\", "/");
    const name = file.slice(file.lastIndexOf("/") + 1);
    const page = new Page<FileQuestions>(this.extensionUri, panel, {
      page: "file",
      title: "Contents of a file",
      handlers: {
        contents: async (_params, signal) => {
          if (uri.scheme !== "file") {
            const reason = `lies on "${uri.scheme}", not on a disk that Onset can read`;
            return { name, contents: { kind: "unreadable", bytes: null, reason, problems: [] } };
          }
          return { name, contents: await this.worker.ask("fileContents", { file }, signal) };
        },
        rows: ({ from, to }, signal) => this.worker.ask("tableRows", { file, from, to }, signal),
      },
    });
    panel.onDidDispose(
      this.watch(uri, () => {
        page.peer.tell("fileChanged", null);
      }),
    );
  }

  /** Tells of writes to a file, not more often than it can be read; the result ends that. */
  private watch(uri: vscode.Uri, changed: () => void): () => void {
    const folder = vscode.Uri.joinPath(uri, "..");
    const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
    // Letters that mean something in a pattern stand for themselves.
    const pattern = name.replace(/[[\]{}*?!]/g, "[$&]");
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(folder, pattern),
    );
    let soon: NodeJS.Timeout | undefined;
    const told = (): void => {
      soon ??= setTimeout(() => {
        soon = undefined;
        changed();
      }, SETTLE_MS);
    };
    watcher.onDidChange(told);
    watcher.onDidCreate(told);
    watcher.onDidDelete(told);
    return () => {
      clearTimeout(soon);
      watcher.dispose();
    };
  }
}
