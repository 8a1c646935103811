/** Writes to `onset.json` as the editor shows it, so that what somebody has typed there is not lost. */

import * as vscode from "vscode";

/** `edit` gets the text, which is an empty object where there was no file. Throws where it cannot be saved. */
export async function editOnsetFile(
  folder: vscode.Uri,
  edit: (text: string) => Promise<string>,
): Promise<void> {
  const uri = vscode.Uri.joinPath(folder, "onset.json");
  try {
    await vscode.workspace.fs.stat(uri);
  } catch {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode("{}\n"));
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const text = await edit(document.getText());
  const change = new vscode.WorkspaceEdit();
  change.replace(uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  if (!(await vscode.workspace.applyEdit(change)) || !(await isSaved(document))) {
    throw new Error(`${uri.fsPath} could not be saved. Is it read-only?`);
  }
}

/** The editor also refuses while it has not taken in yet what it sees on the disk: it is asked twice. */
async function isSaved(document: vscode.TextDocument): Promise<boolean> {
  return (await document.save()) || !document.isDirty || (await document.save());
}
