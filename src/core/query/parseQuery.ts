/**
 * Reads a question. The language is defined in docs/language.md; in short:
 *
 *     PREDICATE                                     acc > 0.9 for 3 by 10k tokens
 *     share of seeds with PREDICATE by POINT        order of A, B, …      lag of A to B      survival of A over KEY
 *
 * A name is written as it was logged, in quotes where it is more than plain words. An arithmetic sign has a space on both
 * sides; without them it belongs to a name.
 */

import { axisNamed } from "./axisValue.js";
import type { BehaviourNames } from "./behaviourNames.js";
import { nearest } from "./nearest.js";
import {
  AXES,
  CHANGE_POINT_COSTS,
  isPersistent,
  predicateOf,
  type AxisValue,
  type ChangePointCost,
  type Condition,
  type Expression,
  type Named,
  type Predicate,
  type Query,
} from "./query.js";
import { KEYWORDS, splitWords, SyntaxProblem, type QueryError, type Word } from "./words.js";

/** A name in a question's text, and where it stands. */
export interface Mention {
  readonly kind: "metric" | "task" | "behaviour";
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export type ParsedQuery =
  | {
      readonly ok: true;
      readonly query: Query;
      /** The behaviour's, where the text is the name of one. */
      readonly name: string | null;
      readonly mentions: readonly Mention[];
    }
  | { readonly ok: false; readonly error: QueryError };

/** What may stand at the end of a text: what completion offers. */
export type Want =
  | { readonly kind: "metric" | "task" | "behaviour" | "key" | "number" }
  | { readonly kind: "text"; readonly text: string };

const MAX_COUNT = 1000;
const MAX_LENGTH = 10_000;
const MAX_DEPTH = 50;

/** Text is refused with the place and what was expected there. O(n). */
export function parseQuery(text: string, behaviours: BehaviourNames): ParsedQuery {
  try {
    return { ok: true, ...new Parser(text, behaviours).parse() };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return { ok: false, error: { offset: error.offset, message: error.message } };
  }
}

/** What could follow `text`, which is the beginning of a question up to its last whole word. */
export function wantedBehind(text: string, behaviours: BehaviourNames): readonly Want[] {
  let parser: Parser | null = null;
  try {
    parser = new Parser(text, behaviours);
    parser.parse();
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
  }
  return parser?.wanted() ?? [];
}

const CALLS = ["lost", "spike", "grokking", "icl", "changepoint", "peak", "first nan"];
const FUNCTIONS = ["abs", "log", "max", "min", "mean", "correct", "learned"];
const SET_STARTS = ["share of", "order of", "lag of", "survival of"];

/** What can stand behind a predicate. */
interface Suffixes {
  readonly persistence: number | null;
  readonly after: AxisValue | Predicate | null;
  readonly by: AxisValue | null;
}

class Parser {
  private readonly words: readonly Word[];
  private at = 0;
  private depth = 0;
  /** How many lists are open: a comma in one of them ends a name. */
  private lists = 0;
  private readonly wants = new Map<string, Want>();
  private readonly mentions: Mention[] = [];

  constructor(
    private readonly text: string,
    private readonly behaviours: BehaviourNames,
  ) {
    if (text.length > MAX_LENGTH) {
      throw new SyntaxProblem(MAX_LENGTH, `a question has at most ${MAX_LENGTH} characters`);
    }
    const trimmed = text.trim();
    // A whole name needs no reading: it may hold anything.
    this.words = behaviours.has(trimmed) ? [] : splitWords(text);
  }

  wanted(): Want[] {
    return [...this.wants.values()];
  }

  parse(): { query: Query; name: string | null; mentions: readonly Mention[] } {
    const whole = this.text.trim();
    if (this.behaviours.has(whole)) {
      const start = this.text.indexOf(whole);
      const predicate = this.behaviour(whole, start, start + whole.length);
      for (const word of ["after", "by"]) this.want({ kind: "text", text: word });
      return { query: predicate, name: whole, mentions: this.mentions };
    }
    for (const text of SET_STARTS) this.want({ kind: "text", text });
    const set = this.setQuery();
    const named = set ? null : this.named();
    this.end();
    const query = set ?? (named as Named).predicate;
    return { query, name: named?.name ?? null, mentions: this.mentions };
  }

  private setQuery(): Query | null {
    if (this.phrase("share", "of")) {
      const over = this.oneOf(["seeds", "runs"] as const);
      this.expectWord("with");
      const { named, by } = this.namedBy();
      if (by === null) throw this.expected("by and a step, for instance by 3000");
      return { kind: "share", of: named, over, by };
    }
    if (this.phrase("order", "of")) {
      this.lists++;
      const items = [this.named()];
      while (this.accept(",")) items.push(this.named());
      this.lists--;
      if (items.length < 2) throw this.expected('"," and another behaviour');
      return { kind: "order", of: items };
    }
    if (this.phrase("lag", "of")) {
      const from = this.named();
      this.expectWord("to");
      return { kind: "lag", from, to: this.named() };
    }
    if (this.phrase("survival", "of")) {
      const of = this.named();
      return { kind: "survival", of, key: this.acceptWord("over") ? this.key() : null };
    }
    return null;
  }

  private named(): Named {
    const { named, by } = this.namedBy();
    return by === null ? named : { name: null, predicate: { ...named.predicate, by } };
  }

  /** A behaviour by its name, or a predicate, and apart from that by when it is asked for. */
  private namedBy(): { named: Named; by: AxisValue | null } {
    const name = this.behaviourHere();
    const predicate = name === null ? this.predicate() : this.takeBehaviour(name);
    const { persistence, after, by } = this.suffixes(name !== null, predicate.condition);
    const own: Predicate = {
      ...predicate,
      persistence: persistence ?? predicate.persistence,
      after: after ?? predicate.after,
    };
    return { named: { name: after === null ? name : null, predicate: own }, by: by ?? null };
  }

  /** The behaviour whose name stands here, unless what follows makes it a metric. */
  private behaviourHere(): string | null {
    this.want({ kind: "behaviour" });
    const word = this.words[this.at];
    if (!word) return null;
    const name =
      word.kind === "quoted"
        ? this.behaviours.has(word.text)
          ? word.text
          : null
        : this.behaviours.nameAt(this.text, word.start);
    if (name === null) return null;
    const end = word.kind === "quoted" ? word.end : word.start + name.length;
    const next = this.words.find(({ start }) => start >= end);
    const continues =
      next?.kind === "comparison" ||
      next?.kind === "arithmetic" ||
      (next?.kind === "word" && (next.text === "reaches" || next.text === "above"));
    return continues ? null : name;
  }

  private takeBehaviour(name: string): Predicate {
    const word = this.words[this.at] as Word;
    const end = word.kind === "quoted" ? word.end : word.start + name.length;
    while ((this.words[this.at]?.start ?? Infinity) < end) this.at++;
    return this.behaviour(name, word.start, end);
  }

  private behaviour(name: string, start: number, end: number): Predicate {
    this.mentions.push({ kind: "behaviour", name, start, end });
    const found = this.behaviours.meaning(name);
    if (!found.ok) throw new SyntaxProblem(start, found.reason);
    return found.predicate;
  }

  private suffixes(isBehaviour: boolean, condition: Condition): Suffixes {
    let persistence: number | null = null;
    let after: AxisValue | Predicate | null = null;
    let by: AxisValue | null = null;
    const canPersist = !isBehaviour && isPersistent(condition);
    for (;;) {
      const place = this.place();
      if (canPersist && persistence === null && this.acceptWord("for")) {
        persistence = this.count(MAX_COUNT, "evaluations");
      } else if (after === null && this.acceptWord("after")) after = this.afterWhat();
      else if (by === null && this.acceptWord("by")) by = this.axisValue();
      else if (!canPersist && this.isWord("for")) {
        const what = isBehaviour ? "a behaviour has its own" : "this question has no";
        throw new SyntaxProblem(place, `${what} number of evaluations: leave out "for"`);
      } else return { persistence, after, by };
    }
  }

  private afterWhat(): AxisValue | Predicate {
    this.want({ kind: "number" });
    const word = this.words[this.at];
    if (word?.kind === "number" || this.isWord("step")) return this.axisValue();
    if (word?.kind === "(") return this.inBrackets(() => this.named().predicate);
    const name = this.behaviourHere();
    if (name === null) throw this.expected("a step, a behaviour, or a question in brackets");
    return this.takeBehaviour(name);
  }

  private axisValue(): AxisValue {
    this.want({ kind: "text", text: "step" });
    const isStep = this.acceptWord("step");
    const { value } = this.number("a step, or a number of tokens, such as 10k tokens");
    if (!(value >= 0)) throw this.expected("a number from 0 on");
    if (isStep) return { value, axis: "step" };
    for (const axis of AXES) this.want({ kind: "text", text: axis });
    const word = this.words[this.at];
    if (word?.kind !== "word" || KEYWORDS.has(word.text)) return { value, axis: "step" };
    const axis = axisNamed(word.text);
    if (axis === null) throw this.expected(`one of ${AXES.join(", ")}`);
    this.at++;
    return { value, axis };
  }

  private predicate(): Predicate {
    const call = this.call();
    if (call) return predicateOf(call);
    if (this.words[this.at]?.kind !== "(") return predicateOf(this.comparison());
    const { at, depth, lists } = this;
    const mentioned = this.mentions.length;
    try {
      return predicateOf(this.comparison());
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      // Then the bracket holds a question, not a part of an expression.
      Object.assign(this, { at, depth, lists });
      this.mentions.length = mentioned;
      try {
        return this.inBrackets(() => this.named().predicate);
      } catch (other) {
        if (!(other instanceof SyntaxProblem)) throw other;
        throw other.offset >= error.offset ? other : error;
      }
    }
  }

  private comparison(): Condition {
    const start = this.place();
    const first = this.at;
    const left = this.expression();
    const isName = left.kind === "metric" && this.at > first;
    this.wantComparison();
    const word = this.words[this.at];
    if (word?.kind === "comparison") {
      this.at++;
      return { kind: "compare", left, operator: word.operator, right: this.expression() };
    }
    if (this.acceptWord("reaches")) return this.reaches(left);
    if (this.acceptWord("above")) {
      const kind = this.oneOf(["baseline", "chance"] as const);
      return kind === "baseline"
        ? { kind: "above-baseline", of: left }
        : { kind: "above-chance", of: left };
    }
    if (isName && (!word || word.kind === ")" || word.kind === "," || word.kind === "word")) {
      throw new SyntaxProblem(start, this.unknownName(left.name));
    }
    throw this.expected("one of > >= < <= == !=, reaches, above");
  }

  private wantComparison(): void {
    for (const text of [">", ">=", "<", "<=", "reaches", "above", "+", "-", "*", "/"]) {
      this.want({ kind: "text", text });
    }
  }

  private reaches(of: Expression): Condition {
    const place = this.place();
    const { value, isPercent } = this.number("a percentage such as 90%");
    if (!isPercent) throw this.expected("% behind the number");
    if (!(value > 0 && value <= 1))
      throw new SyntaxProblem(place, "expected a percentage up to 100%");
    this.expectWord("of");
    this.expectWord("range");
    return { kind: "reaches", of, fraction: value };
  }

  /** A condition written as a call; null where there is none. */
  private call(): Condition | null {
    for (const name of CALLS) this.want({ kind: "text", text: `${name}(` });
    const word = this.words[this.at];
    if (word?.kind !== "word") return null;
    const isNan = word.text === "first" && this.isWord("nan", 1);
    const name = isNan ? "first nan" : word.text;
    const opening = this.at + (isNan ? 2 : 1);
    if (this.words[opening]?.kind !== "(" || !CALLS.includes(name)) return null;
    this.at = opening;
    return this.inList(() => this.callArguments(name));
  }

  private callArguments(name: string): Condition {
    switch (name) {
      case "lost":
        return { kind: "lost", of: this.named().predicate };
      case "spike":
        return { kind: "spike", metric: this.metric() };
      case "first nan":
        return { kind: "non-finite", metric: this.metric() };
      case "peak":
        return { kind: "peak", of: this.expression() };
      case "grokking": {
        const train = this.metric();
        this.expect(",");
        return { kind: "grokking", pair: { train, heldOut: this.metric() } };
      }
      case "icl": {
        const late = this.metric();
        this.expect(",");
        const early = this.metric();
        const prefixMatching = this.accept(",") ? this.metric() : null;
        return { kind: "icl", late, early, prefixMatching };
      }
      default:
        return this.changePoint();
    }
  }

  private changePoint(): Condition {
    const of = this.expression();
    let cost: ChangePointCost = "mean";
    let which: "first" | "largest" = "first";
    let direction: "up" | "down" | null = null;
    while (this.accept(",")) {
      const option = this.oneOf([...CHANGE_POINT_COSTS, "first", "largest", "up", "down"] as const);
      if (option === "first" || option === "largest") which = option;
      else if (option === "up" || option === "down") direction = option;
      else cost = option;
    }
    return { kind: "change-point", of, cost, which, direction };
  }

  private expression(): Expression {
    return this.chain(["+", "-"], () => this.chain(["*", "/"], () => this.factor()));
  }

  private chain(signs: readonly string[], part: () => Expression): Expression {
    let left = part();
    for (;;) {
      const word = this.words[this.at];
      if (word?.kind !== "arithmetic" || !signs.includes(word.sign)) return left;
      this.at++;
      left = { kind: "arithmetic", sign: word.sign, left, right: part() };
    }
  }

  private factor(): Expression {
    const word = this.words[this.at];
    if (word?.kind === "number") {
      this.at++;
      return { kind: "number", value: word.value };
    }
    if (word?.kind === "(") return this.inBrackets(() => this.expression());
    if (word?.kind === "word" && this.words[this.at + 1]?.kind === "(") {
      return this.functionCall(word.text);
    }
    this.want({ kind: "number" });
    for (const name of FUNCTIONS) this.want({ kind: "text", text: `${name}(` });
    return { kind: "metric", name: this.metric() };
  }

  private functionCall(name: string): Expression {
    const place = this.place();
    this.at++;
    switch (name) {
      case "abs":
      case "log":
        return { kind: "function", name, of: this.inList(() => this.expression()) };
      case "correct":
      case "learned": {
        const task = this.inList(() => this.name("task", "a task"));
        return { kind: "examples", share: name, task };
      }
      case "max":
      case "min":
      case "mean": {
        const of = this.inList(() => this.expression());
        this.expectWord("over");
        this.expectWord("last");
        return { kind: "over", reduce: name, of, last: this.count(MAX_COUNT, "evaluations") };
      }
      default: {
        const near = nearest(name, [...CALLS, ...FUNCTIONS]);
        const hint =
          near === null ? `: ${[...FUNCTIONS, ...CALLS].join(", ")}` : `, such as ${near}`;
        throw new SyntaxProblem(
          place,
          `"${name}" is not a function${hint}; a name that holds brackets is put in quotes`,
        );
      }
    }
  }

  private metric(): string {
    return this.name("metric", "a metric");
  }

  private key(): string {
    this.want({ kind: "key" });
    return this.plainName("a config key").name;
  }

  private name(kind: "metric" | "task", what: string): string {
    this.want({ kind });
    const { name, start, end } = this.plainName(what);
    this.mentions.push({ kind, name, start, end });
    return name;
  }

  /** A name in quotes, or words up to one that the language knows. */
  private plainName(what: string): { name: string; start: number; end: number } {
    const first = this.words[this.at];
    if (first?.kind === "quoted") {
      this.at++;
      return { name: first.text, start: first.start, end: first.end };
    }
    if (first?.kind !== "word" || KEYWORDS.has(first.text)) throw this.expected(what);
    let end = first.end;
    this.at++;
    for (;;) {
      const next = this.words[this.at];
      if (!next || !this.continuesName(next, end)) break;
      end = next.end;
      this.at++;
    }
    return { name: this.text.slice(first.start, end), start: first.start, end };
  }

  private continuesName(word: Word, end: number): boolean {
    switch (word.kind) {
      case "word":
        return !KEYWORDS.has(word.text) && this.words[this.at + 1]?.kind !== "(";
      case "number":
        return word.start === end || /\d/.test(this.text[word.start] as string);
      case ",": {
        const next = this.words[this.at + 1];
        const isPart = next?.kind === "word" || next?.kind === "number";
        return this.lists === 0 && word.start === end && isPart && next.start === word.end;
      }
      default:
        return false;
    }
  }

  private unknownName(name: string): string {
    const near = nearest(name, this.behaviours.names());
    const hint = near === null ? "" : `; the nearest is "${near}"`;
    return `"${name}" is not a behaviour${hint}. A question compares a metric: ${name} > 0.5`;
  }

  private number(what: string): { value: number; isPercent: boolean } {
    this.want({ kind: "number" });
    const word = this.words[this.at];
    if (word?.kind !== "number") throw this.expected(what);
    this.at++;
    return word;
  }

  private count(most: number, what: string): number {
    const place = this.place();
    const { value } = this.number(`a number of ${what}`);
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new SyntaxProblem(place, `expected a whole number of ${what} from 1 to ${most}`);
    }
    return value;
  }

  private oneOf<T extends string>(words: readonly T[]): T {
    for (const text of words) this.want({ kind: "text", text });
    const word = this.words[this.at];
    const found = word?.kind === "word" ? words.find((one) => one === word.text) : undefined;
    if (found === undefined) throw this.expected(`one of ${words.join(", ")}`);
    this.at++;
    return found;
  }

  private phrase(first: string, second: string): boolean {
    if (!this.isWord(first) || !this.isWord(second, 1)) return false;
    this.at += 2;
    return true;
  }

  private isWord(text: string, ahead = 0): boolean {
    const word = this.words[this.at + ahead];
    return word?.kind === "word" && word.text === text;
  }

  private acceptWord(text: string): boolean {
    this.want({ kind: "text", text });
    if (!this.isWord(text)) return false;
    this.at++;
    return true;
  }

  private expectWord(text: string): void {
    if (!this.acceptWord(text)) throw this.expected(text);
  }

  private accept(sign: "(" | ")" | ","): boolean {
    this.want({ kind: "text", text: sign });
    if (this.words[this.at]?.kind !== sign) return false;
    this.at++;
    return true;
  }

  private expect(sign: "(" | ")" | ","): void {
    if (!this.accept(sign)) throw this.expected(`"${sign}"`);
  }

  private inBrackets<T>(inner: () => T): T {
    this.expect("(");
    if (++this.depth > MAX_DEPTH)
      throw new SyntaxProblem(this.place(), "brackets are nested too deeply");
    const result = inner();
    this.depth--;
    this.expect(")");
    return result;
  }

  private inList<T>(inner: () => T): T {
    this.lists++;
    const result = this.inBrackets(inner);
    this.lists--;
    return result;
  }

  /** Notes what may stand at the end of the text. */
  private want(want: Want): void {
    if (this.at < this.words.length) return;
    this.wants.set(want.kind === "text" ? want.text : `${want.kind} `, want);
  }

  private end(): void {
    if (this.at < this.words.length) throw this.expected("the end, for, after or by");
  }

  private place(): number {
    return this.words[this.at]?.start ?? this.text.length;
  }

  private expected(what: string): SyntaxProblem {
    const place = this.place();
    const rest = this.text.slice(place).trim();
    return new SyntaxProblem(
      place,
      `expected ${what}${rest === "" ? " at the end" : `, found "${rest.slice(0, 30)}"`}`,
    );
  }
}
