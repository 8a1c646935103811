/** ESPnet: `3epoch results: [train] loss=2.4, acc=0.2, … [valid] loss=2.6, …`. What it says within an epoch has no step. */

import type { Field, LineGrammar } from "./lineGrammar.js";
import { NUMBER_PATTERN, numberIn } from "./lineText.js";

const LINE = /(\d{1,6})epoch results: (\[.*)$/;
const SET = /\[(\w{1,40})\]([^[]*)/g;
const PAIR = new RegExp(`([A-Za-z_][\\w.]{0,60})=(${NUMBER_PATTERN})(?=$|[\\s,])`, "g");

export const espnet: LineGrammar = {
  format: "espnet",
  system: "ESPnet",
  mark: /\depoch results: \[\w{1,80}\]/,
  evidence: 1,
  isGeneric: false,
  parse(line) {
    const match = LINE.exec(line);
    if (!match) return null;
    const fields: Field[] = [];
    for (const [, set = "", text = ""] of (match[2] ?? "").matchAll(SET)) {
      for (const [, name = "", digits = ""] of text.matchAll(PAIR)) {
        const value = numberIn(digits);
        if (value !== undefined) fields.push([`${set}/${name}`, value]);
      }
    }
    return fields.length > 0 ? { step: Number(match[1]), fields, axis: "epoch" } : null;
  },
};
