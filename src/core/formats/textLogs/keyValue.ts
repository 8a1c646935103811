/**
 * Logs of hand-written loops: a word for the step with a number, and `name=value` or `name: value` on the same line, or an
 * object of Python or JSON. Where a line has an epoch and no step, the epoch is the axis, and the result says so.
 */

import { isPlainObject } from "../../model/config.js";
import { parseJson } from "../json.js";
import type { Field, LineGrammar, ParsedLine } from "./lineGrammar.js";
import { NUMBER_PATTERN, numberIn, stepIn } from "./lineText.js";

const STEP =
  /(?:^|[\s,|[({'"/;-])(global[_ ]step|step|iteration|iter)['"]?\s*[:=#]?\s*\[?\s*(\d[\d,]*)(?![\d.]*[.]\d)(\s*(?:\/|of)\s*\d[\d,]*)?/i;
const EPOCH =
  /(?:^|[\s,|[({'"/;-])(epoch)['"]?\s*[:=#]?\s*\[?\s*(\d+(?:\.\d+)?)(?:\s*(?:\/|of)\s*\d+)?/i;
const PAIR = new RegExp(
  `['"]?([A-Za-z_][\\w./@%-]{0,80}(?: [A-Za-z_][\\w./@-]{0,40}){0,2})['"]?\\s{0,8}[:=]\\s{0,8}['"]?(${NUMBER_PATTERN})(?=$|[\\s,;|)\\]}'"%a-zA-Z])`,
  "g",
);
const PLACE = /^(?:global[_ ]?step|step|iteration|iter|epoch)s?$/i;

export const keyValue: LineGrammar = {
  format: "key-value-log",
  system: "Text log",
  mark: /(?:step|iter|iteration|epoch)['"]?\s*[:=#]?\s*\[?\s*\d/i,
  evidence: 3,
  isGeneric: true,
  parse(line) {
    const trimmed = line.trim();
    if (trimmed.startsWith("{") && trimmed.endsWith("}")) {
      const parsed = parseJson(trimmed);
      if (parsed.ok && isPlainObject(parsed.value)) return fromObject(parsed.value);
    }
    const place = placeOf(trimmed);
    if (place === null) return null;
    const fields: Field[] = [];
    for (const [, name = "", text = ""] of place.rest.matchAll(PAIR)) {
      const value = PLACE.test(name) ? undefined : numberIn(text);
      if (value !== undefined) fields.push([name, value]);
    }
    return fields.length > 0 ? { step: place.step, fields, ...axisOf(place.axis) } : null;
  },
};

/** The line's step or epoch, and the line without it. Null where it has none, or one that counts within an epoch. */
function placeOf(line: string): { step: number; axis: string; rest: string } | null {
  const step = STEP.exec(line);
  const epoch = EPOCH.exec(line);
  if (step) {
    const isGlobal = /^global/i.test(step[1] ?? "");
    // `Epoch 2/5, Step 100/600`: a step of how many in this epoch, nobody says how many came before.
    const isWithinEpoch = epoch !== null && step[3] !== undefined && /^\d+$/.test(epoch[2] ?? "");
    if (isWithinEpoch && !isGlobal) return null;
    const word = (step[1] ?? "").toLowerCase();
    return { step: stepIn(step[2] ?? ""), axis: word, rest: without(line, step) };
  }
  if (!epoch) return null;
  return { step: Number(epoch[2]), axis: "epoch", rest: without(line, epoch) };
}

function without(line: string, match: RegExpExecArray): string {
  return `${line.slice(0, match.index)} ; ${line.slice(match.index + match[0].length)}`;
}

function fromObject(row: Record<string, unknown>): ParsedLine | null {
  const key =
    ["global_step", "step", "iteration", "iter", "epoch"].find(
      (name) => Object.hasOwn(row, name) && Number.isFinite(Number(row[name])),
    ) ?? "";
  if (key === "" || typeof row[key] === "boolean" || row[key] === null) return null;
  const fields: Field[] = [];
  for (const [name, given] of Object.entries(row)) {
    if (name === key || (typeof given !== "number" && typeof given !== "string" && given !== null))
      continue;
    const value = typeof given === "string" ? numberIn(given) : given;
    if (value !== undefined) fields.push([name, value]);
  }
  return fields.length > 0 ? { step: Number(row[key]), fields, ...axisOf(key) } : null;
}

/** `iter` and `iteration` are optimiser steps in these logs, as `step` is; an epoch is not. */
function axisOf(word: string): { axis?: string } {
  return word === "epoch" ? { axis: "epoch" } : {};
}
