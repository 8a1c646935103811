/** Completion and hovers within the questions of `onset.json`. Its outline and schema are the editor's own. */

import * as vscode from "vscode";
import type { Completion } from "../../core/index.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { OnsetFileDiagnostics } from "./diagnostics.js";

const ONSET_FILES: vscode.DocumentSelector = { scheme: "file", pattern: "**/onset.json" };
const TRIGGERS = ['"', " ", "(", ",", "/", "_"];

const KINDS: Readonly<Record<Completion["kind"], vscode.CompletionItemKind>> = {
  metric: vscode.CompletionItemKind.Field,
  task: vscode.CompletionItemKind.EnumMember,
  behaviour: vscode.CompletionItemKind.Event,
  key: vscode.CompletionItemKind.Property,
  word: vscode.CompletionItemKind.Keyword,
};

export function registerOnsetFile(onset: OnsetWindow): vscode.Disposable {
  const diagnostics = new OnsetFileDiagnostics(onset);
  return vscode.Disposable.from(
    diagnostics,
    vscode.languages.registerCodeActionsProvider(ONSET_FILES, diagnostics, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    vscode.languages.registerCompletionItemProvider(
      ONSET_FILES,
      { provideCompletionItems: (document, position) => complete(onset, document, position) },
      ...TRIGGERS,
    ),
    vscode.languages.registerHoverProvider(ONSET_FILES, {
      provideHover: (document, position) => explain(onset, document, position),
    }),
  );
}

async function complete(
  { store, comparison }: OnsetWindow,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  const completions = await store.ask("completeOnsetFile", {
    text: document.getText(),
    offset: document.offsetAt(position),
    // Names of the compared runs come first.
    runs: [...comparison.runs(), ...store.snapshot.runs.map(({ key }) => key)],
  });
  return completions.map(({ kind, label, insert, start, end }, index) => {
    const item = new vscode.CompletionItem(label, KINDS[kind]);
    item.insertText = insert;
    item.detail = kind;
    item.range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    // The editor compares what is typed with this, quotes included.
    item.filterText = insert;
    item.sortText = String(index).padStart(6, "0");
    return item;
  });
}

async function explain(
  { store }: OnsetWindow,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.Hover | undefined> {
  const found = await store.ask("explainInOnsetFile", {
    text: document.getText(),
    offset: document.offsetAt(position),
  });
  if (!found) return undefined;
  const range = new vscode.Range(document.positionAt(found.start), document.positionAt(found.end));
  return new vscode.Hover(new vscode.MarkdownString(`**${found.name}** — ${found.text}`), range);
}
