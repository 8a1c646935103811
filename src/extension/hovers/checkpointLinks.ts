/** Paths of checkpoints in configs, logs and scripts lead to the checkpoint: a file opens, a directory is shown where it lies. */

import * as vscode from "vscode";
import type { CheckpointPlace } from "../../core/index.js";
import { isAborted } from "../../protocol/rpc.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { pathOf } from "./runConfigs.js";

const LANGUAGES = [
  ...["yaml", "json", "jsonc", "toml", "python", "markdown", "shellscript", "log", "plaintext"],
];
/** Anything without spaces or quotes; whether it names a step is looked at afterwards. */
const TOKEN = /[\w./\\~@+=:-]{5,400}/g;
const STEP = /(?:step|checkpoint|ckpt|iter)[-_=]?\d/i;
/** Logs can be long: more text than this is not searched, and no more paths are asked for. */
const MAX_CHARACTERS = 4_000_000;
const MAX_LINKS = 2000;

export function registerCheckpointLinks(onset: OnsetWindow): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider(
    LANGUAGES.map((language) => ({ language, scheme: "file" })),
    { provideDocumentLinks: (document, token) => links(onset, document, token) },
  );
}

async function links(
  { store, log }: OnsetWindow,
  document: vscode.TextDocument,
  token: vscode.CancellationToken,
): Promise<vscode.DocumentLink[]> {
  // Nothing is walked for links: they come once the runs are known.
  if (store.snapshot.runs.length === 0) return [];
  const found = [...document.getText().slice(0, MAX_CHARACTERS).matchAll(TOKEN)]
    .map((match) => ({ start: match.index, text: match[0].replace(/[.:=]+$/, "") }))
    .filter(({ text }) => STEP.test(text))
    .slice(0, MAX_LINKS);
  if (found.length === 0) return [];
  const abort = new AbortController();
  const cancelling = token.onCancellationRequested(() => {
    abort.abort();
  });
  try {
    const texts = [...new Set(found.map(({ text }) => text))];
    const places = await store.ask(
      "checkpointPaths",
      { file: pathOf(document), texts },
      abort.signal,
    );
    const byText = new Map(texts.map((text, index) => [text, places[index] ?? null]));
    return found.flatMap(({ start, text }) => {
      const place = byText.get(text);
      return place ? [linkTo(place, rangeOf(document, start, text))] : [];
    });
  } catch (error) {
    if (!isAborted(error)) log.error(String(error));
    return [];
  } finally {
    cancelling.dispose();
  }
}

function rangeOf(document: vscode.TextDocument, start: number, text: string): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(start + text.length));
}

function linkTo(
  { run, step, path, container }: CheckpointPlace,
  range: vscode.Range,
): vscode.DocumentLink {
  const args = encodeURIComponent(JSON.stringify([{ key: run, path }]));
  const link = new vscode.DocumentLink(
    range,
    container === "file"
      ? vscode.Uri.file(path)
      : vscode.Uri.parse(`command:onset.revealRun?${args}`),
  );
  link.tooltip = `Checkpoint of step ${step.toLocaleString("en-US")}`;
  return link;
}
