/** nanoGPT: `iter 100: loss 2.5, time 12.34ms, mfu 3.1%` and `step 250: train loss 2.1, val loss 2.2`. */

import type { Field, LineGrammar } from "./lineGrammar.js";
import { numberIn, stepIn } from "./lineText.js";

const LINE = /^(?:iter|step)\s+(\d+):\s+((?:train |val )?loss\s.*)$/;
const OVERRIDE = /^Overriding: (\w+) = (.*)$/;

export const nanoGpt: LineGrammar = {
  format: "nanogpt",
  system: "nanoGPT",
  mark: /(?:iter|step) \d+: (?:train |val )?loss /,
  evidence: 1,
  isGeneric: false,
  parse(line) {
    const override = OVERRIDE.exec(line);
    if (override) {
      const text = (override[2] ?? "").trim();
      const value = numberIn(text);
      const isPlain =
        typeof value === "number" && !/[a-z,%]/i.test(text.replace(/e[-+]?\d+$/i, ""));
      return { step: null, fields: [], config: [[override[1] ?? "", isPlain ? value : text]] };
    }
    const match = LINE.exec(line);
    if (!match) return null;
    const fields: Field[] = [];
    for (const part of (match[2] ?? "").split(/,\s+/)) {
      const pair = /^([A-Za-z][\w ]*?)\s+(\S+)$/.exec(part.trim());
      const value = pair ? numberIn(pair[2] ?? "") : undefined;
      if (pair && value !== undefined) fields.push([pair[1] ?? "", value]);
    }
    return fields.length > 0 ? { step: stepIn(match[1] ?? ""), fields } : null;
  },
};
