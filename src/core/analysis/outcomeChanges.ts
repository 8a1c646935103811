/** What became of examples between two checkpoints. */

import { CORRECT, UNKNOWN } from "../model/outcomes.js";

export type OutcomeChange = "gained" | "lost" | "both right" | "both wrong" | "unknown";

export interface OutcomeChanges {
  readonly gained: number;
  readonly lost: number;
  readonly bothRight: number;
  readonly bothWrong: number;
  /** Examples of which one of the two outcomes is unknown. */
  readonly unknown: number;
}

export function changeOf(a: number, b: number): OutcomeChange {
  if (a === UNKNOWN || b === UNKNOWN) return "unknown";
  if (a === b) return a === CORRECT ? "both right" : "both wrong";
  return b === CORRECT ? "gained" : "lost";
}

/** Counts over the same `examples` at two checkpoints; a column may end early. O(examples). */
export function countChanges(a: Uint8Array, b: Uint8Array, examples: number): OutcomeChanges {
  const counts = { gained: 0, lost: 0, "both right": 0, "both wrong": 0, unknown: 0 };
  for (let i = 0; i < examples; i++) counts[changeOf(a[i] ?? UNKNOWN, b[i] ?? UNKNOWN)]++;
  const { gained, lost, "both right": bothRight, "both wrong": bothWrong, unknown } = counts;
  return { gained, lost, bothRight, bothWrong, unknown };
}
