/** Marks on `onset.json` in the editor's own Problems: what is wrong in it, and what runs do not hold to. */

import * as vscode from "vscode";
import type { FileMark } from "../../core/index.js";
import { isAborted } from "../../protocol/rpc.js";
import { Disposables } from "../lifecycle.js";
import type { OnsetWindow } from "../onsetWindow.js";

/** While somebody types, marks come when they rest. */
const REST_MS = 400;

export function isOnsetFile({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === "file" && uri.path.endsWith("/onset.json");
}

export class OnsetFileDiagnostics implements vscode.Disposable, vscode.CodeActionProvider {
  private readonly own = new Disposables();
  private readonly collection = this.own.add(vscode.languages.createDiagnosticCollection("onset"));
  private readonly marks = new Map<string, readonly FileMark[]>();
  private resting: NodeJS.Timeout | undefined;

  constructor(
    private readonly onset: Pick<OnsetWindow, "store" | "expectations" | "comparison" | "log">,
  ) {
    const { store, expectations } = onset;
    const checkAll = (): void => void this.checkAll();
    this.own.add(store.onDidChange(checkAll));
    this.own.add(expectations.onDidChange(checkAll));
    this.own.add(
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (isOnsetFile(document)) void this.check(document);
      }),
    );
    this.own.add(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (!isOnsetFile(document)) return;
        clearTimeout(this.resting);
        this.resting = setTimeout(() => void this.check(document), REST_MS);
      }),
    );
    for (const document of vscode.workspace.textDocuments) {
      if (isOnsetFile(document)) void this.check(document);
    }
  }

  provideCodeActions(
    { uri }: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return diagnostics.flatMap((diagnostic) => {
      const { fix } =
        typeof diagnostic.code === "number"
          ? (this.marks.get(uri.toString())?.[diagnostic.code] ?? { fix: null })
          : { fix: null };
      if (diagnostic.source !== SOURCE || !fix) return [];
      const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
      action.diagnostics = [diagnostic];
      action.isPreferred = true;
      action.edit = new vscode.WorkspaceEdit();
      action.edit.replace(uri, diagnostic.range, fix.text);
      return [action];
    });
  }

  dispose(): void {
    clearTimeout(this.resting);
    this.own.dispose();
  }

  /** The files that are read, whether they are open or not, and all that are open. */
  private async checkAll(): Promise<void> {
    const { onsetFiles, isComplete } = this.onset.store.snapshot;
    if (!isComplete) return;
    const open = vscode.workspace.textDocuments.filter(isOnsetFile);
    for (const file of new Set([...onsetFiles, ...open.map(({ uri }) => uri.fsPath)])) {
      try {
        await this.check(await vscode.workspace.openTextDocument(vscode.Uri.file(file)));
      } catch (error) {
        this.onset.log.warn(`${file} cannot be checked: ${String(error)}`);
      }
    }
  }

  private async check(document: vscode.TextDocument): Promise<void> {
    const { store, expectations, log } = this.onset;
    const text = document.getText();
    const violations = expectations
      .all()
      .filter(({ file }) => vscode.Uri.file(file).path === document.uri.path);
    const runs = store.snapshot.runs.map(({ key }) => key);
    try {
      const marks = await store.ask("checkOnsetFile", { text, runs, violations });
      if (document.isClosed || document.getText() !== text) return;
      this.marks.set(document.uri.toString(), marks);
      this.collection.set(
        document.uri,
        marks.map((mark, index) => diagnosticOf(document, mark, index)),
      );
    } catch (error) {
      if (!isAborted(error)) log.error(String(error));
    }
  }
}

const SOURCE = "Onset";

function diagnosticOf(
  document: vscode.TextDocument,
  { start, end, severity, message }: FileMark,
  index: number,
): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const { Error: error, Warning: warning } = vscode.DiagnosticSeverity;
  const diagnostic = new vscode.Diagnostic(range, message, severity === "error" ? error : warning);
  diagnostic.source = SOURCE;
  diagnostic.code = index;
  return diagnostic;
}
