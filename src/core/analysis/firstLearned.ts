/** Method M21: when each example was first learned, and how often it was forgotten (Toneva et al. 2019). */

import type { Interval } from "../model/interval.js";
import { copyRow, CORRECT, UNKNOWN, WRONG, type Outcomes } from "../model/outcomes.js";
import { firstPersistent } from "./findOnset.js";

/** A value per example. */
export interface Learning {
  /** Ends of the interval in which it was first learned (M1); NaN where there is none. */
  readonly after: Float64Array;
  readonly by: Float64Array;
  /** 0 where fewer evaluations were left than the persistence asks for. */
  readonly confirmed: Uint8Array;
  /** Evaluations with a known outcome, and those of them that were right. */
  readonly evaluations: Uint32Array;
  readonly correct: Uint32Array;
  /** Forgetting events: right at an evaluation and wrong at the next known one. */
  readonly forgotten: Uint32Array;
}

/**
 * Persistence of M21 where none is given. Toneva et al. call an example learned at its first right answer: with 1, never
 * learned is never right, and every forgetting event comes after learning. A greater one keeps lucky guesses out.
 */
export const LEARNING_PERSISTENCE = 1;

/**
 * First learned: M1 on "right", over the known evaluations of each example. Right at its first known evaluation has no
 * left end; never learned has the last known one as its left end; without any, both ends are NaN. Forgetting events do
 * not depend on the persistence. O(examples · checkpoints).
 */
export function findFirstLearned(
  outcomes: Outcomes,
  persistence: number = LEARNING_PERSISTENCE,
): Learning {
  const { step, columns, examples: n } = outcomes;
  const learning: Learning = {
    after: new Float64Array(n).fill(NaN),
    by: new Float64Array(n).fill(NaN),
    confirmed: new Uint8Array(n),
    evaluations: new Uint32Array(n),
    correct: new Uint32Array(n),
    forgotten: new Uint32Array(n),
  };
  const row = new Uint8Array(columns.length);
  /** Checkpoints of the known evaluations. */
  const known = new Uint32Array(columns.length);
  for (let i = 0; i < n; i++) {
    copyRow(outcomes, i, row);
    let count = 0;
    let correct = 0;
    let forgotten = 0;
    for (let c = 0; c < row.length; c++) {
      const outcome = row[c] as number;
      if (outcome === UNKNOWN) continue;
      correct += outcome;
      if (count > 0 && outcome === WRONG && row[count - 1] === CORRECT) forgotten++;
      row[count] = outcome;
      known[count++] = c;
    }
    const at = (index: number): number => step[known[index] as number] as number;
    learning.evaluations[i] = count;
    learning.correct[i] = correct;
    learning.forgotten[i] = forgotten;
    if (count === 0) continue;
    const first = firstPersistent(row.subarray(0, count), isCorrect, 0, true, persistence);
    if (first !== 0) learning.after[i] = at(first < 0 ? count - 1 : first - 1);
    if (first < 0) continue;
    learning.by[i] = at(first);
    learning.confirmed[i] = count - first >= persistence ? 1 : 0;
  }
  return learning;
}

function isCorrect(outcome: number): boolean {
  return outcome === CORRECT;
}

/** The interval in which an example was first learned. */
export function intervalOf({ after, by }: Learning, example: number): Interval {
  return { after: finite(after[example]), by: finite(by[example]) };
}

/** One interval per example: what analyses of survival take. */
export function onsetsOf(learning: Learning): Interval[] {
  return Array.from(learning.by, (_, example) => intervalOf(learning, example));
}

function finite(end: number | undefined): number | null {
  return end === undefined || Number.isNaN(end) ? null : end;
}

export interface LearningCounts {
  readonly examples: number;
  /** Learned at all: at the first evaluation, or later. */
  readonly learned: number;
  readonly learnedAtFirst: number;
  readonly neverLearned: number;
  /** Without a known outcome. */
  readonly unknown: number;
  /** Learned and never forgotten. */
  readonly unforgettable: number;
  /** Examples that were forgotten at least once, and how often all of them were. */
  readonly forgotten: number;
  readonly forgettingEvents: number;
}

export function countLearning(learning: Learning): LearningCounts {
  const { after, by, forgotten } = learning;
  const counts = { learned: 0, learnedAtFirst: 0, neverLearned: 0, unknown: 0, unforgettable: 0 };
  let everForgotten = 0;
  let events = 0;
  for (let i = 0; i < by.length; i++) {
    const isLearned = !Number.isNaN(by[i]);
    const isOpen = Number.isNaN(after[i]);
    if (isLearned) {
      counts.learned++;
      if (isOpen) counts.learnedAtFirst++;
      if (forgotten[i] === 0) counts.unforgettable++;
    } else if (isOpen) counts.unknown++;
    else counts.neverLearned++;
    if (forgotten[i] !== 0) everForgotten++;
    events += forgotten[i] as number;
  }
  return { examples: by.length, ...counts, forgotten: everForgotten, forgettingEvents: events };
}
