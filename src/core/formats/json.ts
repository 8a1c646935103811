/** JSON as Python writes it: bare NaN and infinities included. */

import { readRange, type ByteSource } from "../io/files.js";
import { reasonOf } from "../model/problem.js";

export type Parsed =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/**
 * Parses strictly first, and on failure once more with bare `NaN`, `Infinity` and `-Infinity` in value position read as
 * the words in quotes, which `numberOf` understands.
 */
export function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (strict) {
    const quoted = quoteNonFinite(text);
    if (quoted !== null) {
      try {
        return { ok: true, value: JSON.parse(quoted) as unknown };
      } catch {
        // The strict parser's message is the one that fits the text as written.
      }
    }
    return { ok: false, reason: reasonOf(strict) };
  }
}

/** Reads a whole JSON file. Longer than `limit` bytes is a failure too: a result file is never that large. */
export async function readJson(source: ByteSource, limit = 256 * 1024 * 1024): Promise<Parsed> {
  if (source.stamp.size > limit) {
    return {
      ok: false,
      reason: `${source.stamp.size} bytes, more than the ${limit} that are read`,
    };
  }
  return parseJson(decodeText(await readRange(source, 0, source.stamp.size)));
}

const DECODER = new TextDecoder("utf-8");

/** UTF-8 without its byte order mark. */
export function decodeText(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

/** True for bytes that no text file has. */
export function looksBinary(head: Uint8Array): boolean {
  return head.includes(0);
}

/**
 * A metric's value: numbers, booleans as 1 and 0, the words that writers use for non-finite numbers; null for "not
 * recorded"; undefined for anything that is not a scalar.
 */
export function numberOf(value: unknown): number | null | undefined {
  if (typeof value === "number") return value;
  if (value === null) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" ? nonFiniteOf(value) : undefined;
}

/** NaN or an infinity for the words that stand for them, else undefined. */
export function nonFiniteOf(text: string): number | undefined {
  switch (text.trim().toLowerCase()) {
    case "nan":
    case "-nan":
    case "+nan":
      return NaN;
    case "inf":
    case "+inf":
    case "infinity":
    case "+infinity":
      return Infinity;
    case "-inf":
    case "-infinity":
      return -Infinity;
    default:
      return undefined;
  }
}

const NON_FINITE = /^-?(?:NaN|Infinity)(?![\w.])/;

function quoteNonFinite(text: string): string | null {
  let out = "";
  let copied = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      i = endOfString(text, i);
    } else if (char === "N" || char === "I" || (char === "-" && text[i + 1] === "I")) {
      const match = NON_FINITE.exec(text.slice(i, i + 10));
      if (!match) return null;
      out += `${text.slice(copied, i)}"${match[0]}"`;
      i += match[0].length - 1;
      copied = i + 1;
    }
  }
  return copied === 0 ? null : out + text.slice(copied);
}

/** Index of the closing quote of the string that starts at `start`, or the text's end. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}
