/**
 * Tables that a program prints line by line, as fastai, spaCy and notebooks of the Trainer do: a line of names, of which one
 * counts steps or epochs, and lines with as many cells below it.
 */

import { isEpoch, rankOfStep } from "../columns.js";
import { isMeasured } from "../logNames.js";
import type { Field, LineGrammar, LineState, ParsedLine } from "./lineGrammar.js";
import { numberIn, stepIn } from "./lineText.js";

/** spaCy's names for the epoch and the number of updates. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ["E", "epoch"],
  ["#", "step"],
]);
const MAX_COLUMNS = 200;

export const columns: LineGrammar = {
  format: "table-log",
  system: "Text log",
  mark: /^\s*(?:step|steps|epoch|iter|iteration|E)(?:\t| {2,})\s*\S/im,
  evidence: 2,
  isGeneric: true,
  parse(line, state) {
    const names = namesIn(line);
    if (names) {
      state.section = JSON.stringify(names);
      return null;
    }
    if (state.section === "") return null;
    return rowOf(JSON.parse(state.section) as string[], line, state);
  },
};

/** The names of a header, or null for any other line. */
function namesIn(line: string): string[] | null {
  if (!/loss|acc|score|error/i.test(line)) return null;
  const cells = line.trim().split(/\t| {2,}/);
  if (cells.length < 2 || cells.length > MAX_COLUMNS) return null;
  const names = cells.map((cell) => SHORT.get(cell) ?? cell.trim());
  const isHeader =
    names.every((name) => numberIn(name) === undefined && name !== "") &&
    names.some((name) => rankOfStep(name) < Infinity) &&
    names.some(isMeasured);
  return isHeader ? names : null;
}

function rowOf(names: readonly string[], line: string, state: LineState): ParsedLine | null {
  const cells = line.trim().split(/\s+/);
  if (cells.length !== names.length || /^-+$/.test(cells[0] ?? "")) {
    // Anything but a rule below the names ends the table.
    if (!/^[\s-]*$/.test(line)) state.section = "";
    return null;
  }
  const [column] = names
    .map((name, i) => ({ name, i, rank: rankOfStep(name) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank);
  if (!column) return null;
  const step = /^[\d,]+$/.test(cells[column.i] ?? "") ? stepIn(cells[column.i] as string) : NaN;
  if (Number.isNaN(step)) return null;
  const fields: Field[] = [];
  for (const [i, cell] of cells.entries()) {
    const value = i === column.i ? undefined : numberIn(cell);
    if (value !== undefined) fields.push([names[i] as string, value]);
  }
  const isPlain = /^(?:global_?)?steps?$/i.test(column.name);
  const axis = isEpoch(column.name) ? "epoch" : column.name;
  return fields.length === 0 ? null : { step, fields, ...(isPlain ? {} : { axis }) };
}
