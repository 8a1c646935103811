/**
 * llm.c: `main.log` (`s:0 tel:11.0092`, `s:0 trl:11.0091 lr:0.000001 norm:15.37`, `s:250 eval:0.2500`) and its console
 * (`step   50/19560 | loss 7.1 (+1.2z)| norm 1.2 | lr 1e-4 | 123.4 ms | …`). The console's `val loss` lines name no step.
 */

import type { Field, LineGrammar } from "./lineGrammar.js";
import { NUMBER_PATTERN, numberIn, stepIn } from "./lineText.js";

const SHORT = /^s:\s*(\d+)\s+((?:tel|trl|eval|lr|norm):.*)$/;
const CONSOLE = /^step\s+(\d+)\/\d+\s*\|(.*)$/;
const CELL = new RegExp(
  `^\\s*([A-Za-z][\\w ]{0,60}?)\\s+(${NUMBER_PATTERN})(?=\\s|$)|^\\s*\\(?(${NUMBER_PATTERN})\\s*(%?\\s*[A-Za-z][\\w ./]*)\\)?\\s*$`,
);

function cellOf(cell: string): Field | null {
  const match = CELL.exec(cell);
  if (!match) return null;
  const value = numberIn(match[2] ?? match[3] ?? "");
  const name = (match[1] ?? match[4] ?? "").replace(/^%\s*/, "").trim();
  return value === undefined || name === "" ? null : [name, value];
}

export const llmc: LineGrammar = {
  format: "llm.c",
  system: "llm.c",
  mark: /^(?:s:\d+ (?:tel|trl|eval):|.*step\s+\d+\/\d+\s*\|\s*(?:train )?loss\s+[\d.]+)/m,
  evidence: 1,
  isGeneric: false,
  parse(line) {
    const short = SHORT.exec(line);
    const match = short ?? CONSOLE.exec(line);
    if (!match) return null;
    const text = match[2] ?? "";
    const fields = short
      ? [...text.matchAll(/(\w+):(\S+)/g)].flatMap(([, name = "", digits = ""]): Field[] => {
          const value = numberIn(digits);
          return value === undefined ? [] : [[name, value]];
        })
      : text
          .split("|")
          .map(cellOf)
          .filter((field) => field !== null);
    return fields.length > 0 ? { step: stepIn(match[1] ?? ""), fields } : null;
  },
};
