/**
 * The language of questions.
 *
 *     METRIC OP NUMBER [for N]          test_acc >= 0.95 for 1
 *     METRIC reaches P% of range [for N]
 *     METRIC above baseline [for N]
 *     METRIC above chance [for N]
 *     first nan(METRIC)   spike(METRIC)   grokking(TRAIN, HELD_OUT) [for N]
 *     a behaviour's name
 *
 * OP is one of > >= < <= == !=. A metric is written as it was logged; one that holds an operator, a comma in a list or
 * such words is put in quotes.
 */

import type { Comparison } from "../analysis/sensitivity.js";
import { BUILT_IN, DEFAULT_PERSISTENCE, type MetricQuery, type Query } from "./query.js";

export interface QueryError {
  /** Where in the text, from 0. */
  readonly offset: number;
  /** One line: what was expected, and what is there. */
  readonly message: string;
}

export type ParsedQuery =
  | { readonly ok: true; readonly query: Query; readonly name: string | null }
  | { readonly ok: false; readonly error: QueryError };

const MAX_PERSISTENCE = 1000;

/** `behaviours` are the saved ones by name; they win over the built-in ones. */
export function parseQuery(text: string, behaviours: ReadonlyMap<string, Query>): ParsedQuery {
  const name = text.trim();
  const saved = behaviours.get(name) ?? BUILT_IN.get(name);
  if (saved) return { ok: true, query: saved, name };
  try {
    return { ok: true, query: new Parser(text).parse(behaviours), name: null };
  } catch (error) {
    if (error instanceof SyntaxProblem) {
      return { ok: false, error: { offset: error.offset, message: error.message } };
    }
    throw error;
  }
}

/** Carries a position out of the parser; never leaves this file. */
class SyntaxProblem extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(%)?/y;
const OPERATORS: readonly (readonly [string, Comparison])[] = [
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

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  parse(behaviours: ReadonlyMap<string, Query>): Query {
    this.space();
    if (this.at === this.text.length) throw this.expected("a metric or a behaviour");
    const call = this.call();
    if (call) return call;
    const start = this.at;
    const metric = this.metric(/\s*(?:[<>=!≥≤]|\s(?:reaches|above)\s)/);
    if (this.at === this.text.length) {
      throw new SyntaxProblem(start, unknownName(metric, behaviours));
    }
    this.space();
    const query = this.predicate(metric);
    this.end();
    return query;
  }

  private predicate(metric: string): MetricQuery {
    if (this.word("reaches")) {
      const percent = this.number("a percentage such as 90%");
      if (!percent.isPercent) throw this.expected("% behind the number");
      if (percent.value <= 0 || percent.value > 100) throw this.expected("a percentage up to 100");
      if (!this.word("of") || !this.word("range")) throw this.expected("of range");
      const fraction = percent.value / 100;
      return { kind: "reaches", metric, fraction, persistence: this.persistence() };
    }
    if (this.word("above")) {
      const kind = this.word("baseline")
        ? "above-baseline"
        : this.word("chance")
          ? "above-chance"
          : null;
      if (kind === null) throw this.expected("baseline or chance");
      return { kind, metric, persistence: this.persistence() };
    }
    const operator = OPERATORS.find(([sign]) => this.text.startsWith(sign, this.at));
    if (!operator) throw this.expected("one of > >= < <= == !=, reaches, above");
    this.at += operator[0].length;
    const threshold = this.number("a number");
    return {
      kind: "compare",
      metric,
      operator: operator[1],
      threshold: threshold.isPercent ? threshold.value / 100 : threshold.value,
      persistence: this.persistence(),
    };
  }

  /** `first nan(…)`, `spike(…)`, `grokking(…, …)`; null where the text is none of them. */
  private call(): Query | null {
    const match = /^(first nan|spike|grokking)\s*\(/.exec(this.text.slice(this.at));
    if (!match) return null;
    this.at += match[0].length;
    this.space();
    const first = this.metric(/\s*[,)]/);
    this.space();
    if (match[1] !== "grokking") {
      this.sign(")");
      this.end();
      return match[1] === "spike"
        ? { kind: "spike", metric: first }
        : { kind: "first-nan", metric: first };
    }
    this.sign(",");
    this.space();
    const second = this.metric(/\s*\)/);
    this.space();
    this.sign(")");
    const persistence = this.persistence();
    this.end();
    return { kind: "grokking", train: first, heldOut: second, persistence };
  }

  /** A quoted metric, or the text up to `until`. */
  private metric(until: RegExp): string {
    const opening = this.text[this.at];
    if (opening === '"' || opening === "'" || opening === "`") return this.quoted(opening);
    const rest = this.text.slice(this.at);
    const end = rest.search(until);
    const raw = (end < 0 ? rest : rest.slice(0, end)).trimEnd();
    if (raw === "") throw this.expected("a metric");
    this.at += raw.length;
    if (end < 0) this.at = this.text.length;
    return raw;
  }

  private quoted(quote: string): string {
    const start = this.at++;
    let name = "";
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at] as string;
      if (char === "\\" && this.at + 1 < this.text.length) name += this.text[++this.at] as string;
      else if (char === quote) {
        this.at++;
        if (name === "") throw new SyntaxProblem(start, "expected a metric between the quotes");
        return name;
      } else name += char;
    }
    throw new SyntaxProblem(start, `expected a closing ${quote}`);
  }

  private number(what: string): { value: number; isPercent: boolean } {
    this.space();
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (!match) {
      const infinite = /^([+-]?)inf(inity)?(?![a-z])/i.exec(this.text.slice(this.at));
      if (!infinite) throw this.expected(what);
      this.at += infinite[0].length;
      return { value: infinite[1] === "-" ? -Infinity : Infinity, isPercent: false };
    }
    this.at += match[0].length;
    const isPercent = match[1] === "%";
    return { value: Number(isPercent ? match[0].slice(0, -1) : match[0]), isPercent };
  }

  private persistence(): number {
    if (!this.word("for")) return DEFAULT_PERSISTENCE;
    this.space();
    const start = this.at;
    const { value } = this.number("a number of evaluations");
    if (!Number.isInteger(value) || value < 1 || value > MAX_PERSISTENCE) {
      throw new SyntaxProblem(
        start,
        `expected a whole number of evaluations from 1 to ${MAX_PERSISTENCE}`,
      );
    }
    return value;
  }

  private word(word: string): boolean {
    this.space();
    const end = this.at + word.length;
    const isWord = this.text.startsWith(word, this.at) && !/[\w]/.test(this.text[end] ?? "");
    if (isWord) this.at = end;
    return isWord;
  }

  private sign(sign: string): void {
    if (this.text[this.at] !== sign) throw this.expected(`"${sign}"`);
    this.at += 1;
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? "")) this.at++;
  }

  private end(): void {
    this.space();
    if (this.at < this.text.length) throw this.expected("the end, or for N");
  }

  private expected(what: string): SyntaxProblem {
    const rest = this.text.slice(this.at).trim();
    return new SyntaxProblem(
      this.at,
      `expected ${what}${rest === "" ? " at the end" : `, found "${rest.slice(0, 30)}"`}`,
    );
  }
}

function unknownName(name: string, behaviours: ReadonlyMap<string, Query>): string {
  const near = nearest(name, [...behaviours.keys(), ...BUILT_IN.keys()]);
  const hint = near === null ? "" : `; the nearest is "${near}"`;
  return `"${name}" is not a behaviour${hint}. A question compares a metric: ${name} > 0.5`;
}

/** The candidate with the least edits to `name`, where that is less than half of its length. */
export function nearest(name: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(2, name.length / 2);
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(
        Math.min(
          (row[j] as number) + 1,
          (next[j - 1] as number) + 1,
          (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    }
    row = next;
  }
  return row[b.length] as number;
}
