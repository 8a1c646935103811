/**
 * Megatron-LM's console: `[date] iteration  100/ 1000 | consumed samples: 25600 | … | lm loss: 9.1E+00 | …`, its list of
 * arguments, and `validation loss at iteration 1000 | lm loss value: …`.
 */

import type { LineGrammar } from "./lineGrammar.js";
import { parseBarSeparated } from "./barSeparated.js";

export const megatron: LineGrammar = {
  format: "megatron-log",
  system: "Megatron-LM",
  mark: /iteration\s+\d+\s*\/\s*\d+\s*\|/,
  evidence: 1,
  isGeneric: false,
  parse: parseBarSeparated,
};
