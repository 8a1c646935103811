/**
 * `outcomes.jsonl`: a line per checkpoint, `{"step": 100, "held_out": "0110…"}`, one digit per example of each set,
 * always in the same order.
 */

import type { Example, ExamplesReader } from "../examples.js";
import { decodeText } from "../json.js";
import { LOOK, NO, YES } from "../reader.js";
import { readExampleLines, type Row } from "./exampleLines.js";

const DIGITS = /^[01]+$/;

function* examplesOf(row: Row, step: number): Generator<Example> {
  for (const [task, digits] of Object.entries(row)) {
    if (typeof digits !== "string" || !DIGITS.test(digits)) continue;
    for (let i = 0; i < digits.length; i++) {
      const outcomes = new Map([["correct", digits[i] === "1" ? 1 : 0]]);
      yield { task, id: String(i), filter: null, hash: null, step, outcomes, place: null };
    }
  }
}

export const outcomeDigits: ExamplesReader = {
  format: "outcome-digits",
  claims(name, head) {
    if (!/^(?:.+[-_.])?outcomes\.jsonl$/i.test(name)) return NO;
    if (head === null) return LOOK;
    return /^\s*\{\s*"step"\s*:\s*\d+\s*,\s*"[^"]+"\s*:\s*"[01]{2,}/.test(decodeText(head))
      ? YES
      : NO;
  },
  saysSteps: true,
  resultsAmong: () => null,
  read: (input, signal) =>
    readExampleLines(
      input,
      (row) => (typeof row["step"] === "number" ? examplesOf(row, row["step"]) : "no step"),
      signal,
    ),
};
