/** Adds to the text of an `onset.json`, leaving comments and layout as they are. */

import { applyEdits, modify } from "jsonc-parser";

/** `text` may be empty. Throws when it is no JSON object: what a user wrote is never written over. */
export function withBehaviour(
  text: string,
  name: string,
  when: string,
  note: string | null,
): string {
  return withValue(text, ["behaviours", name], note === null ? { when } : { when, note });
}

/** The same for a pinned set of metrics. */
export function withPinned(text: string, name: string, patterns: readonly string[]): string {
  return withValue(text, ["pinned", name], patterns);
}

function withValue(text: string, path: readonly string[], value: unknown): string {
  const base = text.trim() === "" ? "{}\n" : text;
  const edits = modify(base, [...path], value, {
    formattingOptions: {
      insertSpaces: true,
      tabSize: 2,
      eol: base.includes("\r\n") ? "\r\n" : "\n",
    },
  });
  return applyEdits(base, edits);
}
