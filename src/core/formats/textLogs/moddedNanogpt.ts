/** modded-nanogpt: `step:125/3175 val_loss:4.48721 train_time:67.200s step_avg:537.60ms`, behind the program's source. */

import type { Field, LineGrammar } from "./lineGrammar.js";
import { numberIn, stepIn } from "./lineText.js";

const LINE = /^step:\s*(\d+)(?:\/\d+)?\s+(\w+:.*)$/;
/** A name begins behind no letter, and is not endless: else every letter of a long word would be tried. */
const PAIR = /(?<![A-Za-z_])([A-Za-z_]\w{0,200}):\s*(\S+)/g;

export const moddedNanogpt: LineGrammar = {
  format: "modded-nanogpt",
  system: "modded-nanogpt",
  mark: /step:\d+\/\d+ (?:val|train)_\w+:/,
  evidence: 1,
  isGeneric: false,
  parse(line) {
    const match = LINE.exec(line);
    if (!match) return null;
    const fields: Field[] = [];
    for (const [, name = "", text = ""] of (match[2] ?? "").matchAll(PAIR)) {
      const value = numberIn(text);
      if (value !== undefined) fields.push([name, value]);
    }
    return fields.length > 0 ? { step: stepIn(match[1] ?? ""), fields } : null;
  },
};
