/**
 * Lists of a repository's revisions: `revisions.txt` with one a line, and DataDecide's lines of JSON with a model, where its
 * checkpoints are, and their revisions.
 */

import { extensionOf } from "../../io/path.js";
import { isPlainObject } from "../../model/config.js";
import { decodeText, parseJson } from "../json.js";
import { revisionOf } from "../revisionNames.js";
import { ManifestParts, type ManifestFormat } from "./manifest.js";

function add(parts: ManifestParts, model: string, revision: string, address: string): void {
  const named = revisionOf(revision);
  if (!named) return;
  const part = [model, named.part ?? ""].filter((text) => text !== "").join("-");
  const tokensFrom = named.tokens === null ? null : `revision ${revision}, which is rounded`;
  parts.add(part, { step: named.step, address, tokens: named.tokens, tokensFrom });
}

export const revisionsText: ManifestFormat = {
  claims(name, head) {
    if (name !== "revisions.txt") return false;
    const lines = decodeText(head)
      .split("\n")
      .filter((line) => line.trim() !== "");
    return lines.some((line) => revisionOf(line.trim()) !== null);
  },
  read(text) {
    const parts = new ManifestParts();
    for (const line of text.split("\n")) add(parts, "", line.trim(), line.trim());
    return { parts: parts.take(), problems: [] };
  },
};

interface ModelLine {
  readonly model: string;
  readonly location: string;
  readonly revisions: readonly unknown[];
}

function modelLine(line: string): ModelLine | null {
  const parsed = parseJson(line);
  if (!parsed.ok || !isPlainObject(parsed.value)) return null;
  const { model_name: model, checkpoints_location: location, revisions } = parsed.value;
  const isOne =
    typeof model === "string" && typeof location === "string" && Array.isArray(revisions);
  return isOne ? { model, location, revisions } : null;
}

export const modelLines: ManifestFormat = {
  claims: (name, head) =>
    extensionOf(name) === ".jsonl" && modelLine(decodeText(head).split("\n", 1)[0] ?? "") !== null,
  read(text) {
    const parts = new ManifestParts();
    for (const line of text.split("\n")) {
      const found = modelLine(line);
      for (const revision of found?.revisions ?? []) {
        if (found === null || typeof revision !== "string") continue;
        add(parts, found.model, revision, `${found.location}/${revision}`);
      }
    }
    return { parts: parts.take(), problems: [] };
  },
};
