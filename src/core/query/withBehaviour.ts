/** Adds a behaviour to the text of an `onset.json`, leaving comments and layout as they are. */

import { applyEdits, modify } from "jsonc-parser";

/** `text` may be empty. Throws when it is no JSON object: what a user wrote is never written over. */
export function withBehaviour(
  text: string,
  name: string,
  when: string,
  note: string | null,
): string {
  const base = text.trim() === "" ? "{}\n" : text;
  const value = note === null ? { when } : { when, note };
  const edits = modify(base, ["behaviours", name], value, {
    formattingOptions: {
      insertSpaces: true,
      tabSize: 2,
      eol: base.includes("\r\n") ? "\r\n" : "\n",
    },
  });
  return applyEdits(base, edits);
}
