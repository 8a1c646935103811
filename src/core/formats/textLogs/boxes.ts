/**
 * Boxes of `| name | value |` between dashes, as reinforcement learning libraries print them (Stable-Baselines3, OpenAI
 * baselines): the step is among the names, and names below a heading such as `train/` belong to it.
 */

import { rankOfStep } from "../columns.js";
import type { Field, LineGrammar, ParsedLine } from "./lineGrammar.js";
import { numberIn } from "./lineText.js";

const ROW = /^\|( *)(\S[^|]{0,80}?) *\| *([^|]{0,40}?) *\|$/;
const EDGE = /^-{8,}$/;

export const boxes: LineGrammar = {
  format: "box-log",
  system: "Text log",
  mark: /^-{8,}\r?\n\| *\S[^|\n]*\|[^|\n]*\|\r?\n/m,
  evidence: 2,
  isGeneric: true,
  parse(line, state) {
    const text = line.trim();
    if (EDGE.test(text)) {
      const { pending } = state;
      state.pending = [];
      state.section = "";
      return boxOf(pending);
    }
    const row = ROW.exec(text);
    if (!row) {
      state.pending = [];
      return null;
    }
    const name = row[2] ?? "";
    const value = numberIn(row[3] ?? "");
    if (row[3] === "" && name.endsWith("/")) state.section = name;
    else if (value !== undefined) {
      const prefix = (row[1] ?? "").length > 1 ? state.section : "";
      state.pending = [...state.pending, [prefix + name, value]];
    }
    return null;
  },
};

function boxOf(fields: readonly Field[]): ParsedLine | null {
  const [step] = fields
    .filter(([name, value]) => rankOfStep(name) < Infinity && value !== null)
    .sort(([a], [b]) => rankOfStep(a) - rankOfStep(b));
  if (!step) return null;
  const [axis, at] = step;
  const others = fields.filter((field) => field !== step);
  const plain = /^(?:global_?)?step$/i.test(axis);
  return others.length === 0 ? null : { step: at, fields: others, ...(plain ? {} : { axis }) };
}
