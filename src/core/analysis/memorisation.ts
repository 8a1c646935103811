/**
 * Method M22: how well "memorised at step s" predicts "memorised at the end" (Biderman et al. 2023). Whether a sequence
 * is memorised is an outcome: a k-extractible score of 1, or what the user's cut says.
 */

import { CORRECT, UNKNOWN, type Outcomes } from "../model/outcomes.js";
import { wilson } from "./seedShare.js";

/** A share with Wilson's 95 % interval. */
export interface Proportion {
  readonly successes: number;
  readonly of: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Prediction {
  readonly step: number;
  /** Share of those memorised at the step that are memorised at the end; null where none is at the step. */
  readonly precision: Proportion | null;
  /** Share of those memorised at the end that are so at the step already; null where none is at the end. */
  readonly recall: Proportion | null;
  /** Examples that count: their outcomes at the step and at the end are known. */
  readonly known: number;
}

/** One prediction per checkpoint; the end is the last of them. O(examples · checkpoints). */
export function predictEnd({ step, columns, examples }: Outcomes): Prediction[] {
  const end = columns.at(-1);
  if (!end) return [];
  return columns.map((column, c) => {
    let known = 0;
    let [now, then, both] = [0, 0, 0];
    for (let i = 0; i < examples; i++) {
      const [a, b] = [column[i] ?? UNKNOWN, end[i] ?? UNKNOWN];
      if (a === UNKNOWN || b === UNKNOWN) continue;
      known++;
      if (a === CORRECT) now++;
      if (b === CORRECT) then++;
      if (a === CORRECT && b === CORRECT) both++;
    }
    return {
      step: step[c] as number,
      precision: proportion(both, now),
      recall: proportion(both, then),
      known,
    };
  });
}

export function proportion(successes: number, of: number): Proportion | null {
  if (of === 0) return null;
  const [low, high] = wilson(successes, of);
  return { successes, of, value: successes / of, low, high };
}
