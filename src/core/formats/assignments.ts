/** Configuration written as assignments: gin (`train.lr = 0.1`), texts of arguments, overrides of Hydra. */

import { flattenConfig, isPlainObject, type ConfigValue } from "../model/config.js";
import { parseJson } from "./json.js";
import { parsePythonLiteral } from "./pythonLiteral.js";

const MAX_KEYS = 5_000;
const GIN = /^([A-Za-z_][\w./@]*)\s*=\s*(.*)$/;
const PLAIN = /^([A-Za-z_][\w.-]*)\s*=\s*(.*)$/;

/**
 * Values by key. In gin a value goes on over lines that are indented or within brackets, and comments, imports and
 * includes are stepped over. In a plain text every line must be an assignment: else it is prose, and gives no keys.
 */
export function parseAssignments(text: string, isGin: boolean): Map<string, ConfigValue> {
  const config = new Map<string, ConfigValue>();
  let last: string | null = null;
  let value = "";
  let open = 0;
  const settle = (): void => {
    if (last !== null && config.size < MAX_KEYS) config.set(last, literalOf(value.trim()));
    last = null;
  };
  for (const raw of text.split(/\r?\n/)) {
    const line = isGin ? raw.replace(/(^|\s)#.*$/, "") : raw;
    if (line.trim() === "" || (!isGin && line.startsWith("#"))) continue;
    const match = (isGin ? GIN : PLAIN).exec(line);
    if (match && !(isGin && open > 0 && last !== null)) {
      settle();
      last = match[1] ?? "";
      value = match[2] ?? "";
      open = openBrackets(value);
    } else if (!isGin) return new Map();
    else if (last !== null && (/^\s/.test(line) || open > 0)) {
      open += openBrackets(line);
      if (value.length < 65_536) value = `${value} ${line.trim()}`.replace(/\\\s+/g, "");
    } else settle();
  }
  settle();
  return config;
}

/**
 * A run's arguments as programs print them: `key=value` lines, `key: value` lines with or without a frame, a dictionary,
 * `Namespace(…)`. Anything else is prose, and gives no keys.
 */
export function parseArguments(text: string): Map<string, ConfigValue> {
  if (/^\s*(\{|[A-Za-z_][\w.]*\()/.test(text)) {
    const json = parseJson(text);
    const value = json.ok ? json.value : parsePythonLiteral(text);
    return isPlainObject(value) ? flattenConfig(value) : new Map<string, ConfigValue>();
  }
  const assigned = parseAssignments(text, false);
  return assigned.size > 0 ? assigned : parseColons(text);
}

const COLON = /^\s*([A-Za-z_][\w.-]*)\s*:(?:\s+(.*?))?(?:\s*\[default: .*\])?\s*$/;

function parseColons(text: string): Map<string, ConfigValue> {
  const config = new Map<string, ConfigValue>();
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || /^\s*[-=*#]{3,}/.test(line)) continue;
    const match = COLON.exec(line);
    if (!match) return new Map();
    if (config.size < MAX_KEYS) config.set(match[1] ?? "", literalOf((match[2] ?? "").trim()));
  }
  return config;
}

/** Hydra's overrides, `+trainer.lr=0.1`; removed keys (`~key`) hold nothing. */
export function parseOverrides(overrides: readonly string[]): Map<string, ConfigValue> {
  const config = new Map<string, ConfigValue>();
  for (const override of overrides.slice(0, MAX_KEYS)) {
    const match = /^\+{0,2}([A-Za-z_][\w./@-]*)=(.*)$/s.exec(override);
    if (match) config.set(match[1] ?? "", literalOf((match[2] ?? "").trim()));
  }
  return config;
}

function openBrackets(value: string): number {
  let open = 0;
  for (const char of value) {
    if ("([{".includes(char)) open += 1;
    else if (")]}".includes(char)) open -= 1;
  }
  return open;
}

/** A scalar as Python or YAML writes it; anything else is its text. */
function literalOf(text: string): ConfigValue {
  if (/^(none|null|~)$/i.test(text)) return null;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if (/^[-+]?(\d[\d_]*\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text))
    return Number(text.replaceAll("_", ""));
  const quoted = /^(["'])([^"']*)\1$/.exec(text);
  return quoted ? (quoted[2] ?? "") : text;
}
