/**
 * nanochat: `step 00050/21400 (0.23%) | loss: 5.1 | dt: 1234.00ms | tok/sec: 1,000,000 | …`, and
 * `Step 00050 | Validation bpb: 1.23`, `Step 00050 | CORE metric: 0.01`.
 */

import type { Field, LineGrammar } from "./lineGrammar.js";
import { numberIn, stepIn } from "./lineText.js";

const LINE = /^[Ss]tep (\d+)(?:\/\d+)?(?: \([\d.]+%\))?\s*\|\s*(.*:.*)$/;

export const nanochat: LineGrammar = {
  format: "nanochat-log",
  system: "nanochat",
  mark: /[Ss]tep \d{5,}(?:\/\d+ \([\d.]+%\))? ?\| (?:loss|Validation|CORE|Training)/,
  evidence: 1,
  isGeneric: false,
  parse(line) {
    const match = LINE.exec(line);
    if (!match) return null;
    const fields: Field[] = [];
    for (const part of (match[2] ?? "").split("|")) {
      const colon = part.lastIndexOf(":");
      const value = colon < 0 ? undefined : numberIn(part.slice(colon + 1));
      const name = part.slice(0, Math.max(0, colon)).trim();
      if (value !== undefined && name !== "") fields.push([name, value]);
    }
    return fields.length > 0 ? { step: stepIn(match[1] ?? ""), fields } : null;
  },
};
