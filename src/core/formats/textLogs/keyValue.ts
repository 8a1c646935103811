/**
 * Logs of hand-written loops: a word for the step with a number, and behind it `name=value`, `name: value` or `name value`
 * on the same line; an object of Python or JSON; or a heading such as `Epoch 2/10` and numbers below it, as Keras prints
 * them. Where a line has an epoch and no step, the epoch is the axis, and the result says so. A progress bar says what it
 * says once it is full.
 */

import { isPlainObject } from "../../model/config.js";
import { parseJson } from "../json.js";
import { isMeasured } from "../logNames.js";
import type { Field, LineGrammar, LineState, ParsedLine } from "./lineGrammar.js";
import { NUMBER_PATTERN, numberIn, stepIn } from "./lineText.js";

const BEFORE = `(?:^|[\\s,|[({'"/;-])`;
const STEP = new RegExp(
  `${BEFORE}(global[_ ]?step|total[_ ]?timesteps|timestep|num_updates|step|iteration|iter|itr|update|(?<!(?:max|min|total|num|per|every|warmup)[ _-])(?:iter|iteration)s(?=\\s*[:=]))(?:\\((\\w{1,12})\\))?` +
    `['"]?\\s*[:=#]?\\s*[[(]?\\s*(\\d[\\d,]*)(?![\\d.]*[.]\\d)(\\s*(?:\\/|of)\\s*\\d[\\d,]*)?`,
  "i",
);
const EPOCH = new RegExp(
  `${BEFORE}(epoch)(?:\\((\\w{1,12})\\))?['"]?\\s*[:=#]?\\s*[[(]?\\s*(\\d+(?:\\.\\d+)?)(?:\\s*(?:\\/|of)\\s*\\d+)?`,
  "i",
);
/** Which batch of the epoch a line is of, behind the epoch: `[ 100/7330]`. */
const BATCH = /^[\s\]):]{0,8}[[(]?\s{0,8}\d+\s*\/\s*\d+\s?[\])]?:?/;

/** `Epoch 2/10` and nothing else. */
const HEADING = /^\W{0,8}epoch\s?[:#]?\s?\[?(\d+)\]?(?:\s?(?:\/|of)\s?\d+)?[\s:\]=*.-]{0,120}$/i;
/** tqdm's bar, and Keras's: how much of how much. */
const BARS = [/\d%\|[^|]{0,400}\|\s*(\d+)\/(\d+)\s*\[/, /^\s*(\d+)\/(\d+|Unknown)\s+[[━\u2500-]/];

const NAME = "[A-Za-z_][\\w./@%-]{0,80}(?: [A-Za-z_][\\w./@-]{0,40}){0,2}";
const PAIR = new RegExp(
  `['"]?(${NAME})['"]?\\s{0,8}[:=]\\s{0,8}['"]?(${NUMBER_PATTERN})(?=$|[\\s,;|)\\]}'"%a-zA-Z])`,
  "g",
);
/** A name and a number with no more than blanks between them, a unit, and a running mean in brackets. */
const SPACED = new RegExp(
  `[\\s,;|]*(${NAME}?)\\s{0,8}[:= \\t]\\s{0,8}(${NUMBER_PATTERN})(?:[a-zA-Z%/]{1,8}|\\s[a-zA-Z%/]{1,8}(?=$|[,;|]))?(?:\\s*\\(\\s*[-\\d.eE+naif]{1,24}\\s*\\))?(?=$|[\\s,;|])`,
  "y",
);
const PLACE = /^(?:global[_ ]?step|step|iteration|iter|epoch|eta)s?$/i;

export const keyValue: LineGrammar = {
  format: "key-value-log",
  system: "Text log",
  mark: /(?:step|iters?|iterations?|epoch|itr|update|num_updates)(?:\(\w{1,12}\))?['"]?\s*[:=#]?\s*[[(]?\s*\d/i,
  evidence: 3,
  isGeneric: true,
  parse(line, state) {
    const trimmed = line.trim();
    if (trimmed.startsWith("{") && trimmed.endsWith("}")) {
      const parsed = parseJson(trimmed);
      if (parsed.ok && isPlainObject(parsed.value)) return fromObject(parsed.value, state);
    }
    const heading = HEADING.exec(trimmed);
    if (heading) {
      state.step = Number(heading[1]);
      state.section = "epoch";
      return null;
    }
    const bar = BARS.map((pattern) => pattern.exec(line)).find((match) => match !== null);
    const isFull = bar === undefined || (bar[1] === bar[2] && bar[2] !== "0");
    const place = placeOf(trimmed, state);
    if (place === null) return isFull ? belowHeading(trimmed, bar !== undefined, state) : null;
    if (!isFull && place.axis === "epoch") return null;
    const { step, axis, epoch, prefix } = place;
    const fields = fieldsOf(place.rest, prefix);
    if (fields.length === 0) return null;
    return { step, fields, ...axisOf(axis), ...(epoch === undefined ? {} : { epoch }) };
  },
};

interface LinePlace {
  readonly step: number;
  readonly axis: string;
  readonly epoch?: number;
  /** `val/` where the line says in brackets which data it is of. */
  readonly prefix: string;
  /** The line without it. */
  readonly rest: string;
}

/** The line's step or epoch; null where it has none. */
function placeOf(line: string, state: LineState): LinePlace | null {
  const step = STEP.exec(line);
  const epoch = EPOCH.exec(line);
  const epochNumber = epoch && /^\d+$/.test(epoch[3] ?? "") ? Number(epoch[3]) : undefined;
  if (step) {
    const isGlobal = /^(?:global|total|num_)/i.test(step[1] ?? "");
    // `Epoch 2/5, Step 100/600`: a step of how many in this epoch, nobody says how many came before.
    const isWithinEpoch =
      epochNumber !== undefined && (step[4] !== undefined || state.byEpoch) && !isGlobal;
    if (!isWithinEpoch) {
      return {
        step: stepIn(step[3] ?? ""),
        axis: (step[1] ?? "").toLowerCase(),
        ...(epochNumber === undefined || isGlobal ? {} : { epoch: epochNumber }),
        prefix: prefixOf(step[2]),
        rest: without(line, step),
      };
    }
  }
  if (!epoch) return null;
  const rest = step ? without(without(line, step), EPOCH.exec(without(line, step))) : line;
  return {
    step: Number(epoch[3]),
    axis: "epoch",
    prefix: prefixOf(epoch[2]),
    rest: step ? rest : behindEpoch(line, epoch),
  };
}

function prefixOf(set: string | undefined): string {
  return set === undefined ? "" : `${set}/`;
}

function without(line: string, match: RegExpExecArray | null): string {
  if (!match) return line;
  return `${line.slice(0, match.index)} ; ${line.slice(match.index + match[0].length)}`;
}

function behindEpoch(line: string, epoch: RegExpExecArray): string {
  const behind = line.slice(epoch.index + epoch[0].length).replace(BATCH, " ");
  return `${line.slice(0, epoch.index)} ; ${behind}`;
}

/** Numbers below a heading: of a full bar, or of the lines that follow it without a gap. */
function belowHeading(line: string, isBar: boolean, state: LineState): ParsedLine | null {
  if (state.step === null) return null;
  if (line === "") {
    state.section = "gap";
    return null;
  }
  if (!isBar && state.section !== "epoch") return null;
  const fields = fieldsOf(line, "");
  const isLog = fields.some(([name]) => isMeasured(name));
  return isLog ? { step: state.step, fields, axis: "epoch" } : null;
}

/** Names with their numbers: with blanks between them where the line holds nothing else, else with `=` or `:`. */
function fieldsOf(text: string, prefix: string): Field[] {
  const fields: Field[] = [];
  const add = (name: string, digits: string): void => {
    const value = PLACE.test(name) ? undefined : numberIn(digits);
    if (value !== undefined) fields.push([prefix + name, value]);
  };
  const spaced = spacedPairs(text.replace(/^[\s;:\])|,-]+/, ""));
  if (spaced) for (const [name, digits] of spaced) add(name, digits);
  else for (const [, name = "", digits = ""] of text.matchAll(PAIR)) add(name, digits);
  return fields;
}

/** The pairs of a text that holds nothing but pairs; null for any other. */
function spacedPairs(text: string): [name: string, digits: string][] | null {
  const pairs: [string, string][] = [];
  for (let at = 0; at < text.trimEnd().length; at = SPACED.lastIndex) {
    SPACED.lastIndex = at;
    const match = SPACED.exec(text);
    if (!match || SPACED.lastIndex === at) return null;
    pairs.push([match[1] ?? "", match[2] ?? ""]);
  }
  return pairs.some(([name]) => isMeasured(name)) ? pairs : null;
}

function fromObject(row: Record<string, unknown>, state: LineState): ParsedLine | null {
  const has = (name: string): boolean =>
    Object.hasOwn(row, name) && Number.isFinite(Number(row[name])) && row[name] !== null;
  const names = ["global_step", "step", "iteration", "iter", "epoch"];
  const epoch = has("epoch") ? Number(row["epoch"]) : undefined;
  const key = state.byEpoch && epoch !== undefined ? "epoch" : (names.find(has) ?? "");
  if (key === "" || typeof row[key] === "boolean") return null;
  const fields: Field[] = [];
  for (const [name, given] of Object.entries(row)) {
    if (name === key || (typeof given !== "number" && typeof given !== "string" && given !== null))
      continue;
    const value = typeof given === "string" ? numberIn(given) : given;
    if (value !== undefined) fields.push([name, value]);
  }
  if (fields.length === 0) return null;
  const beside = epoch === undefined || key === "epoch" ? {} : { epoch };
  return { step: Number(row[key]), fields, ...axisOf(key), ...beside };
}

/** `iter` and `iteration` are optimiser steps in these logs, as `step` is; epochs and steps of an environment are not. */
function axisOf(word: string): { axis?: string } {
  return /epoch|timestep/.test(word) ? { axis: word.replace(" ", "_") } : {};
}
