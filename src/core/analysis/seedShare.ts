/** Method M13: how many runs of a group show a behaviour by a step, and what that says of the recipe. */

import type { Interval } from "../model/interval.js";
import { statusOf } from "../model/interval.js";
import { Z95 } from "./distributions.js";

export interface Share {
  /** Runs that show the behaviour by the step. */
  readonly present: number;
  /** Runs whose status at the step is known: present by it, or observed absent through it. */
  readonly known: number;
  readonly unknown: number;
  /** Wilson's 95 % interval for P(behaviour by the step); null where no status is known. */
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * Present: the onset's right end is at or before `step`. Absent: no onset, and the last evaluation is at or behind it;
 * or an onset whose left end is. A run whose onset's interval holds the step is unknown.
 */
export function shareBy(onsets: readonly Interval[], step: number): Share {
  let present = 0;
  let absent = 0;
  for (const { after, by } of onsets) {
    if (by !== null && by <= step) present++;
    else if (after !== null && after >= step) absent++;
  }
  const known = present + absent;
  return {
    present,
    known,
    unknown: onsets.length - known,
    interval: known === 0 ? null : wilson(present, known),
  };
}

/** Wilson's score interval for `successes` of `n` (Wilson 1927). */
export function wilson(successes: number, n: number, z = Z95): [low: number, high: number] {
  const p = successes / n;
  const z2 = z * z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return [
    successes === 0 ? 0 : Math.max(0, centre - half),
    successes === n ? 1 : Math.min(1, centre + half),
  ];
}

/**
 * Bounds of the group's median onset (the lower middle one of an even number). The k-th smallest of several onsets lies
 * between the k-th smallest left end and the k-th smallest right end, whatever the order of the runs within; open ends
 * count as infinite. Right-censored when fewer than half show the behaviour; null without any data. O(n log n).
 */
export function medianOnset(onsets: readonly Interval[]): Interval | null {
  const known = onsets.filter((onset) => statusOf(onset) !== "no-data");
  if (known.length === 0) return null;
  const middle = (ends: number[]): number | null => {
    const end = ends.sort((a, b) => a - b)[(ends.length - 1) >> 1] as number;
    return Number.isFinite(end) ? end : null;
  };
  return {
    after: middle(known.map(({ after }) => after ?? -Infinity)),
    by: middle(known.map(({ by }) => by ?? Infinity)),
  };
}
