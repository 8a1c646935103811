/** A string within a JSON text, and where each of its characters stands there. */

import type { Node } from "jsonc-parser";

export interface JsonString {
  readonly value: string;
  /** Place in the text of a character of the value; of the closing quote for its length. */
  readonly placeOf: (index: number) => number;
  /** Character of the value that stands at a place of the text. */
  readonly indexAt: (place: number) => number;
}

/** `node` is a string in `text`. The string may lack its closing quote. O(length). */
export function jsonStringAt(text: string, { offset, length, value }: Node): JsonString {
  const decoded = value as string;
  const places: number[] = [];
  let at = offset + 1;
  for (let i = 0; i < decoded.length; i++) {
    places.push(at);
    const isEscape = text[at] === "\\";
    at += !isEscape ? 1 : text[at + 1] === "u" ? 6 : 2;
  }
  places.push(Math.min(at, offset + length));
  return {
    value: decoded,
    placeOf: (index) => places[Math.min(index, decoded.length)] as number,
    indexAt(place) {
      const index = places.findIndex((one) => one >= place);
      return index < 0 ? decoded.length : index;
    },
  };
}

/** The text of a string as it stands between the quotes of JSON. */
export function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
