/** Outcomes written down as text: one line per example, `1` right, `0` wrong, `?` unknown. */

import { UNKNOWN, type Outcomes } from "../../src/core/model/outcomes.js";
import { wholeNumber } from "./random.js";

export function outcomesOf(step: readonly number[], rows: readonly string[]): Outcomes {
  return {
    step: Float64Array.from(step),
    columns: step.map((_, c) =>
      Uint8Array.from(rows, (row) => (row[c] === "?" ? UNKNOWN : Number(row[c]))),
    ),
    examples: rows.length,
  };
}

/** Steps from 0 on with gaps of any size, and as many outcomes as there is room for. */
export function randomOutcomes(random: () => number): {
  readonly step: number[];
  readonly rows: string[];
  readonly outcomes: Outcomes;
} {
  const step: number[] = [];
  for (let c = wholeNumber(random, 1, 12); c > 0; c--) {
    step.push((step.at(-1) ?? -1) + wholeNumber(random, 1, 100));
  }
  const isUnknown = random() * 0.5;
  const isRight = random();
  const rows = Array.from({ length: wholeNumber(random, 0, 20) }, () =>
    step.map(() => (random() < isUnknown ? "?" : random() < isRight ? "1" : "0")).join(""),
  );
  return { step, rows, outcomes: outcomesOf(step, rows) };
}
