/**
 * fairseq and metaseq: a JSON object behind the last ` | ` of a line, its numbers in quotes, or ` | loss 9.1 | ppl 12 |
 * num_updates 100 | …`. The step is `num_updates`, also as `train_num_updates` and `valid_num_updates`.
 */

import { isPlainObject } from "../../model/config.js";
import { parseJson } from "../json.js";
import type { Field, LineGrammar, ParsedLine } from "./lineGrammar.js";
import { numberIn, stepIn } from "./lineText.js";

const STEP = /^(?:train_|valid_|test_)?num_updates$/;
/** Place of a line in the run, not a measurement. */
const PLACE = /^(?:(?:train_|valid_|test_)?num_updates|update)$/;

export const fairseq: LineGrammar = {
  format: "fairseq",
  system: "fairseq",
  mark: /num_updates(?:"?\s*:\s*"?|[= ]\s*)\d+/,
  evidence: 1,
  isGeneric: false,
  parse(line) {
    const brace = line.lastIndexOf("{");
    if (brace >= 0) return line.trimEnd().endsWith("}") ? fromJson(line.slice(brace)) : null;
    return fromBars(line);
  },
};

function fromJson(text: string): ParsedLine | null {
  const parsed = parseJson(text);
  if (!parsed.ok || !isPlainObject(parsed.value)) return null;
  const entries = Object.entries(parsed.value).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return fromEntries(entries);
}

/** `epoch 001 | valid on 'valid' subset | loss 7.1 | ppl 137 | num_updates 100`, or `…: 100 / 1000 loss=9.1, ppl=5, …`. */
function fromBars(line: string): ParsedLine | null {
  if (!line.includes("num_updates")) return null;
  const subset = /valid on '([\w./-]+)' subset/.exec(line)?.[1];
  const entries = [
    ...line.matchAll(/(?:^|[|,\s])([A-Za-z_]\w*)[ =]([^\s|,]+)(?=\s*(?:[|,]|$))/g),
  ].map(([, name = "", value = ""]) => [name, value] as const);
  const found = fromEntries(entries);
  if (!found || subset === undefined) return found;
  return {
    ...found,
    fields: found.fields.map(([name, value]): Field => [
      name === "epoch" ? name : `${subset}_${name}`,
      value,
    ]),
  };
}

function fromEntries(entries: readonly (readonly [string, string])[]): ParsedLine | null {
  const step = entries.find(([name]) => STEP.test(name));
  if (!step || !/^[\d,]+(\.0+)?$/.test(step[1])) return null;
  const fields: Field[] = [];
  for (const [name, text] of entries) {
    const value = PLACE.test(name) ? undefined : numberIn(text);
    if (value !== undefined) fields.push([name, value]);
  }
  return fields.length > 0 ? { step: stepIn(step[1].replace(/\.0+$/, "")), fields } : null;
}
