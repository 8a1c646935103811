/**
 * OLMo and OLMo-core: a heading `[step=100/739328,epoch=0]`, then indented lines `train/CrossEntropyLoss=2.345`. Headings
 * of evaluations (`[eval_step=10/100]`) give no step.
 */

import type { LineGrammar } from "./lineGrammar.js";
import { numberIn, stepIn } from "./lineText.js";

const HEADING = /\[step=([\d,]+)(?:\/[\d,]+)?(?:,[^\]]*)?\]\s*$/;
const INDENTED = /^\s+(\S[^=]*)=(\S+)\s*$/;

export const olmo: LineGrammar = {
  format: "olmo-log",
  system: "OLMo",
  mark: /\[step=[\d,]+(?:\/[\d,]+)?(?:,[^\]\n]*)?\]\s*\n\s+\S+=/,
  evidence: 1,
  isGeneric: false,
  parse(line, state) {
    const heading = HEADING.exec(line);
    if (heading) {
      state.step = stepIn(heading[1] ?? "");
      return null;
    }
    const indented = INDENTED.exec(line);
    const value = indented ? numberIn(indented[2] ?? "") : undefined;
    if (!indented || value === undefined) {
      if (/^\S/.test(line)) state.step = null;
      return null;
    }
    return state.step === null
      ? null
      : { step: state.step, fields: [[(indented[1] ?? "").trim(), value]] };
  },
};
