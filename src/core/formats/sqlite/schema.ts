/** Columns of a table from the statement that made it, which is how SQLite keeps its schema. */

export interface TableColumns {
  /** Columns in the order in which a row holds them. */
  readonly stored: readonly string[];
  /** The column that stands for the row's number and is stored as null; null where there is none. */
  readonly rowId: string | null;
}

const CONSTRAINT = /^(constraint|primary|unique|check|foreign)$/i;

/** Null for a virtual table, and for one that keeps its rows in an index. */
export function columnsOf(sql: string): TableColumns | null {
  if (sql.length > 1_000_000 || !/^\s*create\s+(temp(orary)?\s+)?table\b/i.test(sql)) return null;
  const { body, rest } = bodyOf(sql);
  if (/\bwithout\s+rowid\b/i.test(rest)) return null;
  const stored: string[] = [];
  const integers = new Set<string>();
  let rowId: string | null = null;
  for (const definition of body) {
    const { name, isQuoted, rest: type } = nameIn(definition);
    if (name === "" || (!isQuoted && CONSTRAINT.test(name))) {
      const key = /^\s*primary\s+key\s*\(\s*["`[]?([^"`\]),]+)["`\]]?\s*\)/i.exec(definition);
      if (key?.[1] !== undefined && integers.has(key[1].trim())) rowId = key[1].trim();
      continue;
    }
    if (/\bgenerated\s+always\b|\bas\s*\(/i.test(type) && !/\bstored\b/i.test(type)) continue;
    stored.push(name);
    if (/^\s*integer\b/i.test(type)) {
      integers.add(name);
      if (/\bprimary\s+key\b(?!\s+desc)/i.test(type)) rowId = name;
    }
  }
  return { stored, rowId };
}

/** The definitions between the outer brackets, and what comes behind them. */
function bodyOf(sql: string): { body: string[]; rest: string } {
  const body: string[] = [];
  let depth = 0;
  let definition = "";
  for (let i = 0; i < sql.length; i++) {
    const char = sql[i] as string;
    const close = char === "[" ? "]" : char === '"' || char === "'" || char === "`" ? char : null;
    if (close !== null) {
      const end = sql.indexOf(close, i + 1);
      if (end < 0) break;
      if (depth > 0) definition += sql.slice(i, end + 1);
      i = end;
    } else if (sql.startsWith("--", i)) {
      const end = sql.indexOf("\n", i);
      i = end < 0 ? sql.length : end;
      definition += " ";
    } else if (sql.startsWith("/*", i)) {
      const end = sql.indexOf("*/", i + 2);
      i = end < 0 ? sql.length : end + 1;
      definition += " ";
    } else if (char === "(") {
      if (depth > 0) definition += char;
      depth += 1;
    } else if (char === ")") {
      depth -= 1;
      if (depth === 0) return { body: [...body, definition], rest: sql.slice(i + 1) };
      definition += char;
    } else if (char === "," && depth === 1) {
      body.push(definition);
      definition = "";
    } else if (depth > 0) definition += char;
  }
  return { body, rest: "" };
}

function nameIn(definition: string): { name: string; isQuoted: boolean; rest: string } {
  const match = /^\s*(?:"([^"]*)"|`([^`]*)`|\[([^\]]*)\]|([^\s(]+))/.exec(definition);
  if (!match) return { name: "", isQuoted: false, rest: "" };
  const quoted = match[1] ?? match[2] ?? match[3];
  return {
    name: quoted ?? match[4] ?? "",
    isQuoted: quoted !== undefined,
    rest: definition.slice(match[0].length),
  };
}
