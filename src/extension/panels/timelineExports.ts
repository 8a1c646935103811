/** Files that a Timeline is taken away as. Where to, the user says. */

import * as vscode from "vscode";
import type { TimelineQuestion } from "../../core/index.js";
import type { SaveParams } from "../../protocol/panelProtocol.js";
import type { StepScale } from "../../protocol/stepScale.js";
import { editOnsetFile } from "../onsetFile/editOnsetFile.js";
import { ownFolder } from "../services/annotations.js";
import type { RunStore } from "../services/runStore.js";

const KINDS = { png: "PNG", svg: "SVG", csv: "CSV", arrow: "Arrow", md: "Markdown" } as const;

/** Undefined where the user went away. */
async function askWhere(
  name: string,
  extension: keyof typeof KINDS,
): Promise<vscode.Uri | undefined> {
  const folder = await ownFolder();
  const file = `${name}.${extension}`;
  return vscode.window.showSaveDialog({
    filters: { [KINDS[extension]]: [extension] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, file) } : {}),
  });
}

async function write(uri: vscode.Uri, content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await vscode.workspace.fs.writeFile(uri, bytes);
  return uri.fsPath;
}

export async function savePicture({ name, format, text }: SaveParams): Promise<string | null> {
  const uri = await askWhere(name, format);
  if (!uri) return null;
  return write(uri, format === "png" ? Buffer.from(text, "base64") : text);
}

export async function exportPoints(
  store: RunStore,
  { runs, metrics, axis, range }: TimelineQuestion,
  format: "csv" | "arrow",
): Promise<string | null> {
  const uri = await askWhere("timeline", format);
  if (!uri) return null;
  return write(uri, await store.ask("exportPoints", { runs, metrics, axis, range, format }));
}

/** The record, and its picture beside it under the same name. */
export async function exportRecord(
  store: RunStore,
  question: TimelineQuestion & { readonly scale: StepScale },
  picture: string,
): Promise<string | null> {
  const uri = await askWhere("timeline", "md");
  if (!uri) return null;
  const base = uri.path.slice(uri.path.lastIndexOf("/") + 1).replace(/\.md$/i, "");
  const image = vscode.Uri.joinPath(uri, "..", `${base}.svg`);
  const record = await store.ask("timelineRecord", { ...question, picture: `${base}.svg` });
  await write(image, picture);
  return write(uri, record);
}

/** The name that the set was pinned by; null where the user went away. */
export async function pinMetrics(
  store: RunStore,
  patterns: readonly string[],
): Promise<string | null> {
  const folder = await ownFolder();
  if (!folder) throw new Error("sets of metrics are pinned in the workspace: open a folder first.");
  const name = await vscode.window.showInputBox({
    title: "Pin metrics",
    prompt: `What are ${patterns.length === 1 ? (patterns[0] ?? "") : `these ${patterns.length} metrics`} called together?`,
    validateInput: (text) => (text.trim() === "" ? "A set of metrics needs a name." : null),
  });
  if (name === undefined) return null;
  await editOnsetFile(folder, (text) =>
    store.ask("withPinned", { text, name: name.trim(), patterns }),
  );
  await store.reloadBehaviours();
  return name.trim();
}
