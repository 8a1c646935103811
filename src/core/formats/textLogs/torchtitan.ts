/**
 * torchtitan: `step:  10  loss:  7.1234  grad_norm:  1.2  memory: 23.40GiB(29.4%)  tps: 1,234  mfu: 9.64%`, in colours.
 * Lines that begin with `validate` are of held-out data: `validation/loss`.
 */

import type { Field, LineGrammar } from "./lineGrammar.js";
import { NUMBER_PATTERN, numberIn, stepIn } from "./lineText.js";

const LINE =
  /(?:^|\s)(validate\s+)?step:\s*([\d,]+)\s+((?:loss|memory|grad_norm|tps|global_\w+):.*)$/;
const PAIR = new RegExp(`(?<![A-Za-z_])([A-Za-z_][\\w./]{0,200}):\\s*(${NUMBER_PATTERN})`, "g");

export const torchtitan: LineGrammar = {
  format: "torchtitan",
  system: "torchtitan",
  mark: /step:.{0,12}?\s*\d+.{0,16}?\s+.{0,8}?(?:loss|grad_norm|memory):/,
  evidence: 1,
  isGeneric: false,
  parse(line) {
    const match = LINE.exec(line);
    if (!match) return null;
    const prefix = match[1] === undefined ? "" : "validation/";
    const fields: Field[] = [];
    for (const [, name = "", text = ""] of (match[3] ?? "").matchAll(PAIR)) {
      const value = numberIn(text);
      if (value !== undefined) fields.push([prefix + name, value]);
    }
    return fields.length > 0 ? { step: stepIn(match[2] ?? ""), fields } : null;
  },
};
