/** What could come next in a question that is being written: for the palette, and for `onset.json` in the editor. */

import type { BehaviourNames } from "./behaviourNames.js";
import { quote } from "./formatQuery.js";
import { wantedBehind, type Want } from "./parseQuery.js";

/** Names that exist in the workspace. */
export interface Vocabulary {
  readonly metrics: readonly string[];
  readonly tasks: readonly string[];
  readonly keys: readonly string[];
  /** False where there are more runs than were looked at: a name that is not here may exist. */
  readonly isWhole: boolean;
}

export interface Completion {
  readonly kind: "metric" | "task" | "behaviour" | "key" | "word";
  /** What is shown, and what is put in place of the text from `start` to `end`. */
  readonly label: string;
  readonly insert: string;
  readonly start: number;
  readonly end: number;
}

/** Completions at `offset` of a text, in the order of the grammar; names that hold what was typed. O(names). */
export function completeQuery(
  text: string,
  offset: number,
  behaviours: BehaviourNames,
  vocabulary: Vocabulary,
): Completion[] {
  const before = text.slice(0, offset);
  const start = wordStart(before);
  const typed = before
    .slice(start)
    .replace(/^["'`]/, "")
    .toLowerCase();
  const end = offset + (/^[^\s()"'`,]*/.exec(text.slice(offset))?.[0].length ?? 0);
  const namesOf = (want: Want): Iterable<string> => {
    switch (want.kind) {
      case "metric":
        return vocabulary.metrics;
      case "task":
        return vocabulary.tasks;
      case "key":
        return vocabulary.keys;
      case "behaviour":
        return behaviours.names();
      case "number":
      case "text":
        return [];
    }
  };
  const completions: Completion[] = [];
  for (const want of wantedBehind(before.slice(0, start), behaviours)) {
    if (want.kind === "text") {
      if (!want.text.startsWith(typed)) continue;
      completions.push({ kind: "word", label: want.text, insert: want.text, start, end });
    } else if (want.kind !== "number") {
      for (const name of namesOf(want)) {
        if (!name.toLowerCase().includes(typed)) continue;
        const insert = want.kind === "behaviour" ? name : quote(name);
        completions.push({ kind: want.kind, label: name, insert, start, end });
      }
    }
  }
  return completions;
}

/** Where the word or the quoted name begins that is being written. */
function wordStart(text: string): number {
  let open: { quote: string; at: number } | null = null;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (open) {
      if (char === "\\") i++;
      else if (char === open.quote) open = null;
    } else if (char === '"' || char === "'" || char === "`") open = { quote: char, at: i };
  }
  return open ? open.at : text.length - (/[^\s()"'`,<>=!≥≤]*$/.exec(text)?.[0].length ?? 0);
}
