/** A run's configuration as flat, dotted keys: the form in which runs are compared. */

export type ConfigValue = string | number | boolean | null;

/** Dotted key (`optimizer.lr`) to value, in the order of the file. */
export type Config = ReadonlyMap<string, ConfigValue>;

const MAX_KEYS = 5_000;

/**
 * Flattens a parsed document. Objects become dotted keys; a list becomes its JSON text, since its length is seldom what
 * differs. At most 5,000 keys and 32 levels are taken, so that a hostile document stays small.
 */
export function flattenConfig(document: unknown, prefix = ""): Map<string, ConfigValue> {
  const flat = new Map<string, ConfigValue>();
  visit(document, prefix, 0, flat);
  return flat;
}

function visit(node: unknown, key: string, depth: number, flat: Map<string, ConfigValue>): void {
  if (flat.size >= MAX_KEYS || depth > 32) return;
  if (isPlainObject(node)) {
    for (const [name, child] of Object.entries(node)) {
      visit(child, key === "" ? name : `${key}.${name}`, depth + 1, flat);
    }
    return;
  }
  if (key === "") return;
  if (node === null || node === undefined) flat.set(key, null);
  else if (typeof node === "string" || typeof node === "number" || typeof node === "boolean") {
    flat.set(key, node);
  } else if (typeof node === "bigint") flat.set(key, String(node));
  else if (node instanceof Date) flat.set(key, node.toISOString());
  else flat.set(key, textOf(node));
}

/** The JSON text of a list; `[…]` for one that is nested too deeply to be written. */
function textOf(list: unknown): string {
  try {
    return JSON.stringify(list);
  } catch {
    return "[…]";
  }
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** The text of a value as a label or a hover shows it: numbers as JavaScript writes them, 1.0 as `1`. */
export function formatConfigValue(value: ConfigValue | undefined): string {
  if (value === undefined) return "not set";
  return value === null ? "null" : String(value);
}

/** Order of values as text: numbers as numbers. */
export function compareConfigTexts(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) ? (a < b ? -1 : 1) : difference;
}

export function sameValue(a: ConfigValue | undefined, b: ConfigValue | undefined): boolean {
  return Object.is(a, b);
}
