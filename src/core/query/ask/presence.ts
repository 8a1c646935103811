/** Questions about presence itself: what was lost again, and what had begun by a step (M2). */

import {
  findOnset,
  indexOfStep,
  knownPoints,
  lastIndexUpTo,
  type Onset,
  type PresenceInterval,
} from "../../analysis/findOnset.js";
import { statusOf, type Interval } from "../../model/interval.js";
import type { Series } from "../../model/series.js";
import type { Finding, Found } from "./finding.js";

/** The onset of what a method found by itself, in order; without any it was not seen up to the last known evaluation. */
export function onsetOfEvents(points: Series, presence: readonly PresenceInterval[]): Onset {
  const known = findOnset(points, () => false, 1);
  const first = presence[0];
  const interval = first?.onset ?? { after: known.after, by: null };
  return {
    ...interval,
    status: statusOf(interval),
    confirmed: first?.confirmed ?? false,
    value: valueAtStep(points, interval.by),
    presence,
    evaluations: known.evaluations,
    unknown: known.unknown,
  };
}

/** The first time at which what `finding` is about was lost. It can only be lost where it was seen. */
export function askLost(finding: Finding, question: string): Finding {
  if (!finding.ok) return finding;
  const { metric, points, onset } = finding;
  const lost = onset.presence.flatMap(({ offset, offsetConfirmed }, i) =>
    offset === null ? [] : [{ offset, offsetConfirmed, next: onset.presence[i + 1] }],
  );
  const [first] = lost;
  if (onset.presence.length === 0) {
    return { ok: false, reason: `${question} was never seen, so it was not lost`, metric, points };
  }
  const interval = first?.offset ?? { after: lastKnown(finding), by: null };
  return {
    ...finding,
    method: `${finding.method}, M2 offset`,
    onset: {
      ...interval,
      status: statusOf(interval),
      confirmed: first?.offsetConfirmed ?? false,
      value: first ? valueAtStep(points, first.offset.by) : null,
      presence: lost.map(({ offset, offsetConfirmed, next }) => ({
        onset: offset,
        confirmed: offsetConfirmed,
        offset: next?.onset ?? null,
        offsetConfirmed: next?.confirmed ?? false,
      })),
      evaluations: onset.evaluations,
      unknown: onset.unknown,
    },
    // Of the threshold by which it was acquired, not lost.
    sensitivity: null,
  };
}

/** The onset as it counts up to `step`: one behind it is none, and what was absent is known as far as was looked. */
export function until(step: number, finding: Found): Onset {
  const { onset } = finding;
  if (onset.by !== null && onset.by <= step) {
    const isSeen = (by: number | null): boolean => by !== null && by <= step;
    return { ...onset, presence: onset.presence.filter((one) => isSeen(one.onset.by)) };
  }
  const last = lastKnown(finding, step);
  const isFromTheStart = onset.by !== null && onset.after === null;
  return notSeen(
    onset,
    last === null || isFromTheStart ? null : Math.min(last, onset.after ?? last),
  );
}

/** What can only come behind something that never came: absent up to the last evaluation. */
export function neverSeen(finding: Found): Onset {
  return notSeen(finding.onset, lastKnown(finding));
}

function notSeen(onset: Onset, after: number | null): Onset {
  const interval: Interval = { after, by: null };
  return {
    ...onset,
    ...interval,
    status: statusOf(interval),
    confirmed: false,
    value: null,
    presence: [],
  };
}

/** The last known evaluation up to `step`; null where there is none. */
function lastKnown({ points }: Found, step = Infinity): number | null {
  const known = knownPoints(points);
  return known.step[lastIndexUpTo(known.step, step)] ?? null;
}

function valueAtStep(points: Series, step: number | null): number | null {
  const index = step === null ? -1 : indexOfStep(points.step, step);
  return points.value[index] ?? null;
}
