/** GPT-NeoX's console: as Megatron-LM's, with `samples/sec` in front and `lm_loss` among the names. */

import type { LineGrammar } from "./lineGrammar.js";
import { parseBarSeparated } from "./barSeparated.js";

export const gptNeox: LineGrammar = {
  format: "gpt-neox-log",
  system: "GPT-NeoX",
  mark: /samples\/sec:\s*[\d.]+\s*\|\s*iteration\s+\d+\s*\/|iteration\s+\d+\s*\/\s*\d+\s*\|.*\blm_loss:/,
  evidence: 1,
  isGeneric: false,
  parse: parseBarSeparated,
};
