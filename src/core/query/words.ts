/** The words and signs of a question, with their places: what the parser reads instead of characters. */

import type { Comparison } from "../analysis/sensitivity.js";

interface Place {
  /** Where the word begins in the text, from 0. */
  readonly start: number;
  readonly end: number;
}

export type Word = Place &
  (
    | { readonly kind: "word"; readonly text: string }
    | { readonly kind: "quoted"; readonly text: string }
    | { readonly kind: "number"; readonly value: number; readonly isPercent: boolean }
    | { readonly kind: "comparison"; readonly operator: Comparison }
    | { readonly kind: "arithmetic"; readonly sign: "+" | "-" | "*" | "/" }
    | { readonly kind: "(" | ")" | "," }
  );

/** What is wrong with a text, and where. */
export interface QueryError {
  /** From 0. */
  readonly offset: number;
  /** One line: what was expected, and what is there. */
  readonly message: string;
}

/** Carries an error out of the parser; never leaves `parseQuery`. */
export class SyntaxProblem extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** Words that end a metric's name wherever they stand: a name that holds one is put in quotes. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  "for by after reaches above over to with".split(" "),
);

const COMPARISONS: readonly (readonly [string, Comparison])[] = [
  [">=", ">="],
  ["<=", "<="],
  ["==", "=="],
  ["!=", "!="],
  ["≥", ">="],
  ["≤", "<="],
  [">", ">"],
  ["<", "<"],
  ["=", "=="],
];

/** Decimal exponents of what can stand behind a number. */
const SUFFIXES: Readonly<Record<string, number>> = { "%": -2, k: 3, m: 6, b: 9, t: 12 };
const NUMBER =
  /^([+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+))(?:[eE]([+-]?\d+))?([kKmMbBtT%]?)$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const SPACE = /\s/;
/** What ends a word. A comma does only where what follows is no part of a number. */
const ENDS = /[\s()"'`<>=!≥≤,]/;

/** Throws `SyntaxProblem` for a quote that is not closed. O(n). */
export function splitWords(text: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    if (SPACE.test(char)) {
      at++;
      continue;
    }
    const word = wordAt(text, at);
    words.push(word);
    at = word.end;
  }
  return words;
}

function wordAt(text: string, start: number): Word {
  const char = text[start] as string;
  if (char === "(" || char === ")" || char === ",") return { kind: char, start, end: start + 1 };
  if (char === '"' || char === "'" || char === "`") return quotedAt(text, start, char);
  const comparison = COMPARISONS.find(([sign]) => text.startsWith(sign, start));
  if (comparison) {
    const [sign, operator] = comparison;
    return { kind: "comparison", operator, start, end: start + sign.length };
  }
  if (char === "!") throw new SyntaxProblem(start, 'expected "=" behind "!"');
  let end = start;
  while (end < text.length && (!ENDS.test(text[end] as string) || isInNumber(text, start, end))) {
    end++;
  }
  const run = text.slice(start, end);
  if (run === "+" || run === "-" || run === "*" || run === "/") {
    return { kind: "arithmetic", sign: run, start, end };
  }
  const number = numberIn(run);
  return number
    ? { kind: "number", ...number, start, end }
    : { kind: "word", text: run, start, end };
}

/** Whether the comma at `at` separates thousands: `10,000`. */
function isInNumber(text: string, start: number, at: number): boolean {
  return (
    text[at] === "," &&
    /^[+-]?\d{1,3}(,\d{3})*$/.test(text.slice(start, at)) &&
    /^,\d{3}(?!\d)/.test(text.slice(at, at + 5))
  );
}

/** `0.5`, `1e-3`, `95%` (0.95), `10k`, `1,250`, `inf`; null where the text is no number. */
export function numberIn(text: string): { value: number; isPercent: boolean } | null {
  const infinite = INFINITE.exec(text);
  if (infinite) return { value: infinite[1] === "-" ? -Infinity : Infinity, isPercent: false };
  const match = NUMBER.exec(text);
  if (!match) return null;
  const [, digits = "", exponent = "0", suffix = ""] = match;
  const scale = Number(exponent) + (SUFFIXES[suffix.toLowerCase()] ?? 0);
  // As decimal text: a product could be off in the last bit.
  return { value: Number(`${digits.replaceAll(",", "")}e${scale}`), isPercent: suffix === "%" };
}

function quotedAt(text: string, start: number, quote: string): Word {
  let name = "";
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at] as string;
    if (char === "\\" && at + 1 < text.length) name += text[++at] as string;
    else if (char === quote) {
      if (name === "") throw new SyntaxProblem(start, "expected a name between the quotes");
      return { kind: "quoted", text: name, start, end: at + 1 };
    } else name += char;
  }
  throw new SyntaxProblem(start, `expected a closing ${quote}`);
}
