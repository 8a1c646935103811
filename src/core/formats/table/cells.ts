/** What a cell of a table says: text as a file of text has it, or a value as a typed table has it. */

import { nonFiniteOf } from "../json.js";
import { stepInName } from "../stepNames.js";
import { toWallTime } from "../columns.js";

/** An empty cell is `""`, null or undefined. Objects are nested columns. */
export type Cell = string | number | bigint | boolean | object | null | undefined;

/** Seconds since 1970 as a typed table stores them; told apart from a number, whose unit nobody knows. */
export class Timestamp {
  constructor(readonly seconds: number) {}
}

export function isEmpty(cell: Cell): boolean {
  return cell === "" || cell === null || cell === undefined;
}

/** A step, or null where the cell is not a number. */
export function stepOf(cell: Cell): number | null {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : null;
  if (typeof cell === "bigint") return Number(cell);
  if (typeof cell !== "string") return null;
  const text = cell.trim();
  return /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : null;
}

/** A step in a column that names checkpoints or revisions: `1000` or `step1000`. */
export function stepNamedBy(cell: Cell): number | null {
  const step = stepOf(cell);
  if (step !== null || typeof cell !== "string") return step;
  return /[/\\]|:\/\//.test(cell) ? null : stepInName(cell.trim());
}

/** A number, null for "not recorded", undefined for text. An empty cell is no point at all and is not asked here. */
export function valueOf(cell: Cell): number | null | undefined {
  if (typeof cell === "string") return valueOfText(cell);
  return valueOfTyped(cell);
}

function valueOfText(cell: string): number | null | undefined {
  const text = cell.trim();
  if (text === "") return undefined;
  const number = Number(text);
  if (!Number.isNaN(number) && !/^[+-]?0[xob]/i.test(text)) return number;
  const nonFinite = nonFiniteOf(text);
  if (nonFinite !== undefined) return nonFinite;
  if (/^(none|null|na|n\/a|-)$/i.test(text)) return null;
  if (/^true$/i.test(text)) return 1;
  return /^false$/i.test(text) ? 0 : undefined;
}

/** In a table with types, text is text, but for the words that stand for numbers which are not finite. */
export function valueOfTyped(cell: Cell): number | null | undefined {
  switch (typeof cell) {
    case "number":
      return cell;
    case "bigint":
      return Number(cell);
    case "boolean":
      return cell ? 1 : 0;
    case "string":
      return nonFiniteOf(cell);
    default:
      return undefined;
  }
}

/** Seconds since 1970, NaN for anything that is not a time. */
export function timeOf(cell: Cell): number {
  if (cell instanceof Timestamp) return cell.seconds;
  if (cell instanceof Date) return cell.getTime() / 1000;
  if (typeof cell === "bigint") return toWallTime(Number(cell));
  if (typeof cell === "number") return toWallTime(cell);
  if (typeof cell !== "string") return NaN;
  const number = Number(cell);
  return toWallTime(cell.trim() === "" || Number.isNaN(number) ? cell : number);
}

/** A cell as part of a name: of a run, a task or a metric. Empty for anything but text and numbers. */
export function textOf(cell: Cell): string {
  switch (typeof cell) {
    case "string":
      return cell;
    case "number":
    case "bigint":
    case "boolean":
      return String(cell);
    default:
      return "";
  }
}

/** The number nearest to a decimal one, whose digits are an integer of any size. */
export function decimalOf(digits: bigint | number, scale: number): number {
  return Number(`${digits}e${-scale}`);
}
