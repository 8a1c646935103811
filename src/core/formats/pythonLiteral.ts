/** Literals as Python prints them: numbers, texts, lists, tuples, dictionaries, and calls such as `Namespace(lr=0.1)`. */

/** The value of a whole text; undefined where it is no literal. Nothing is called: a call's arguments are its value. */
export function parsePythonLiteral(text: string): unknown {
  const parser = new Parser(text);
  try {
    const value = parser.value(0);
    return parser.isAtEnd() ? value : undefined;
  } catch (error) {
    if (error === NO_LITERAL) return undefined;
    throw error;
  }
}

const NO_LITERAL = new Error("no literal");
const MAX_DEPTH = 64;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    this.skipSpace();
    return this.at === this.text.length;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw NO_LITERAL;
    this.skipSpace();
    const open = this.text[this.at] ?? "";
    if (open === "{") return this.dictionary(depth);
    if (open === "[" || open === "(") return this.items(depth).list;
    const quoted = this.take(/[bur]{0,2}('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/iy);
    if (quoted) return unquoted(quoted[1] ?? "");
    const number = this.take(/[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.])/iy);
    if (number) return Number(number[0].replaceAll("_", ""));
    const name = this.take(/[A-Za-z_][\w.]*/y)?.[0];
    if (name === undefined) throw NO_LITERAL;
    this.skipSpace();
    if (this.text[this.at] === "(") {
      const { list, named } = this.items(depth);
      if (named.length > 0) return Object.fromEntries(named);
      return list.length === 1 ? list[0] : list;
    }
    return name in WORDS ? WORDS[name] : name;
  }

  /** What stands between brackets: a list, or `name=value` of a call. */
  private items(depth: number): { list: unknown[]; named: [string, unknown][] } {
    const close = CLOSING[this.text[this.at++] ?? ""] ?? "";
    const list: unknown[] = [];
    const named: [string, unknown][] = [];
    while (!this.ends(close)) {
      const name = this.take(/([A-Za-z_]\w*)\s*=(?!=)/y)?.[1];
      const value = this.value(depth + 1);
      if (name === undefined) list.push(value);
      else named.push([name, value]);
      this.separate(close);
    }
    return { list, named };
  }

  private dictionary(depth: number): unknown {
    this.at += 1;
    const entries: [string, unknown][] = [];
    while (!this.ends("}")) {
      const key = this.value(depth + 1);
      this.skipSpace();
      const isKey = typeof key === "string" || typeof key === "number" || typeof key === "boolean";
      if (this.text[this.at] !== ":" || !isKey) throw NO_LITERAL;
      this.at += 1;
      entries.push([String(key), this.value(depth + 1)]);
      this.separate("}");
    }
    return Object.fromEntries(entries);
  }

  private ends(close: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== close) return false;
    this.at += 1;
    return true;
  }

  private separate(close: string): void {
    this.skipSpace();
    if (this.text[this.at] === ",") this.at += 1;
    else if (this.text[this.at] !== close) throw NO_LITERAL;
    this.skipSpace();
  }

  private skipSpace(): void {
    this.take(/\s*/y);
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at = pattern.lastIndex;
    return match;
  }
}

const WORDS: Readonly<Record<string, unknown>> = {
  __proto__: null,
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
  nan: NaN,
  inf: Infinity,
};

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0" };

function unquoted(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char);
}
