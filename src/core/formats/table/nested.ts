/** Cells that hold several metrics by name: a nested column of a typed table, or its text as JSON or Python writes it. */

import { isPlainObject } from "../../model/config.js";
import { parseJson } from "../json.js";
import type { Cell } from "./cells.js";

export function looksNested(cell: Cell): boolean {
  return typeof cell === "string" ? /^\s*\{/.test(cell) : isPlainObject(cell);
}

/** Metrics by name, or null where the cell is none of these forms. Nested objects are left out. */
export function nestedMetrics(cell: Cell): Readonly<Record<string, unknown>> | null {
  if (isPlainObject(cell)) return cell;
  if (typeof cell !== "string") return null;
  const parsed = parseJson(cell);
  if (parsed.ok) return isPlainObject(parsed.value) ? parsed.value : null;
  return fromPython(cell);
}

/** An entry of a dictionary of plain values, as Python prints it. Alternatives exclude one another: linear time. */
const ENTRY =
  /\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*:\s*(?:([+-]?(?:\d[\d.eE+-]*|nan|inf))|(None|True|False)|'[^'\\]*'|"[^"\\]*"|\[[^[\]]*\])\s*(,|\}\s*$)/y;

const WORDS: Readonly<Record<string, unknown>> = { None: null, True: true, False: false };

/** `{'acc': 0.25, 'acc_norm': nan, 'n': None}`. Null where it is anything else. */
function fromPython(text: string): Record<string, unknown> | null {
  const metrics: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  ENTRY.lastIndex = text.indexOf("{") + 1;
  for (;;) {
    const match = ENTRY.exec(text);
    if (!match) return null;
    const [, single, double, number, word, end] = match;
    const name = single ?? double ?? "";
    if (number !== undefined) metrics[name] = pythonNumber(number);
    else if (word !== undefined) metrics[name] = WORDS[word];
    if (end?.startsWith("}") === true) return metrics;
  }
}

function pythonNumber(text: string): unknown {
  const value = Number(text);
  return Number.isNaN(value) ? text : value;
}
