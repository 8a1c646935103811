/** Lines of `name: value` between bars, as Megatron-LM and its descendants print them. */

import type { ConfigValue } from "../../model/config.js";
import type { Field, LineState, ParsedLine } from "./lineGrammar.js";
import { numberIn, stepIn } from "./lineText.js";

const ITERATION = /(?:^|[|\]]|\s)iteration\s+(\d+)\s*\/\s*\d+\s*\|(.*)$/;
const VALIDATION =
  /^\s*(?:(validation|test|evaluation)\s*)?(?:loss|results) at (?:iteration|the end of training for .* data at iteration) (\d+)(?: on (\w+) set)?\s*\|(.*)$/;
const ARGUMENT = /^\s*([A-Za-z_]\w*) \.{2,} ?(.*?)\s*$/;

/** The numbers of a line: each part is split at its last colon. */
function fieldsOf(text: string): Field[] {
  const fields: Field[] = [];
  for (const part of text.split("|")) {
    const colon = part.lastIndexOf(":");
    const value = colon < 0 ? undefined : numberIn(part.slice(colon + 1));
    const name = part.slice(0, Math.max(0, colon)).trim();
    if (value !== undefined && name !== "") fields.push([name, value]);
  }
  return fields;
}

export function parseBarSeparated(line: string, state: LineState): ParsedLine | null {
  if (/^\s*-{6,}.*-{6,}\s*$/.test(line)) {
    state.section = /arguments/.test(line) && !/end of/.test(line) ? "arguments" : "";
    return null;
  }
  if (state.section === "arguments") {
    const argument = ARGUMENT.exec(line);
    if (argument) {
      const value = argumentOf(argument[2] ?? "");
      return { step: null, fields: [], config: [[argument[1] ?? "", value]] };
    }
  }
  const iteration = ITERATION.exec(line);
  if (iteration) {
    const before = line.slice(0, iteration.index);
    const fields = fieldsOf(`${before}|${iteration[2] ?? ""}`);
    return fields.length > 0 ? { step: stepIn(iteration[1] ?? ""), fields } : null;
  }
  const held = VALIDATION.exec(line);
  if (!held) return null;
  const set = held[3] ?? held[1] ?? "validation";
  const fields = fieldsOf(held[4] ?? "").map(([name, value]): Field => [`${set}/${name}`, value]);
  return fields.length > 0 ? { step: stepIn(held[2] ?? ""), fields } : null;
}

/** A value of a printed list of arguments, as Python prints it. */
function argumentOf(printed: string): ConfigValue {
  // GPT-NeoX says behind a value where it comes from.
  const text = printed.replace(/\.{2,}(?:updated|default)$/, "");
  if (text === "None") return null;
  if (text === "True" || text === "False") return text === "True";
  return /^-?\d+(\.\d*)?(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
}
