/** Behaviours over examples as series: the share that is right at each checkpoint, and the share learned by it. */

import { CORRECT, UNKNOWN, type Outcomes } from "../model/outcomes.js";
import type { Series } from "../model/series.js";
import type { Learning } from "./firstLearned.js";

/** A share per checkpoint, with the number of examples that it is of. */
export interface ShareSeries extends Series {
  readonly items: Uint32Array;
}

/**
 * Share of examples that are right, of those whose outcome is known. A checkpoint without any is left out and counted as
 * not recorded. The share has no standard error: nobody reported one. O(examples · checkpoints).
 */
export function learnedShare({ step, columns }: Outcomes): ShareSeries {
  return shares(
    step,
    columns.map((column) => {
      let right = 0;
      let known = 0;
      for (const outcome of column) {
        if (outcome === UNKNOWN) continue;
        known++;
        if (outcome === CORRECT) right++;
      }
      return { right, known };
    }),
  );
}

/**
 * Share of examples first learned by each checkpoint, of those whose state at it is known: learned by it, or not learned
 * through it. The others, evaluated before and behind it but not at it, are left out, as runs are in M13.
 * O(n log n + checkpoints).
 */
export function learnedByShare({ step }: Pick<Outcomes, "step">, learning: Learning): ShareSeries {
  const by = learning.by.filter((end) => !Number.isNaN(end)).sort();
  const after = learning.after.filter((end) => !Number.isNaN(end)).sort();
  let learned = 0;
  let leftBehind = 0;
  return shares(
    step,
    Array.from(step, (at) => {
      while (learned < by.length && (by[learned] as number) <= at) learned++;
      while (leftBehind < after.length && (after[leftBehind] as number) < at) leftBehind++;
      // Whose left end is at or behind the checkpoint was seen without it there.
      return { right: learned, known: learned + after.length - leftBehind };
    }),
  );
}

function shares(
  step: Float64Array,
  counts: readonly { readonly right: number; readonly known: number }[],
): ShareSeries {
  const kept = counts.flatMap(({ known }, c) => (known > 0 ? [c] : []));
  return {
    step: Float64Array.from(kept, (c) => step[c] as number),
    value: Float64Array.from(kept, (c) => {
      const { right = 0, known = 1 } = counts[c] ?? {};
      return right / known;
    }),
    items: Uint32Array.from(kept, (c) => counts[c]?.known ?? 0),
    stderr: null,
    notRecorded: counts.length - kept.length,
    reduced: false,
  };
}
