/** Rule 3: the built-in behaviour "first non-finite". Here, and only here, NaN is what is looked for. */

import { statusOf } from "../model/interval.js";
import type { Series } from "../model/series.js";
import type { Onset, PresenceInterval } from "./findOnset.js";

/** Onset at the first NaN or infinity, offset at the first finite value behind it, and so on. O(n). */
export function findNonFinite(series: Series): Onset {
  const { step, value, notRecorded } = series;
  const n = step.length;
  const presence: PresenceInterval[] = [];
  for (let i = 0; i < n; i++) {
    const isFinite = Number.isFinite(value[i]);
    const open = presence.at(-1);
    const interval = { after: i === 0 ? null : (step[i - 1] as number), by: step[i] as number };
    if (!isFinite && (!open || open.offset !== null)) {
      presence.push({ onset: interval, confirmed: true, offset: null, offsetConfirmed: false });
    } else if (isFinite && open && open.offset === null) {
      presence[presence.length - 1] = { ...open, offset: interval, offsetConfirmed: true };
    }
  }
  const first = presence[0]?.onset;
  const interval = first ?? { after: n === 0 ? null : (step[n - 1] as number), by: null };
  return {
    ...interval,
    status: statusOf(interval),
    confirmed: first !== undefined,
    value: first ? (value[step.indexOf(first.by as number)] as number) : null,
    presence,
    evaluations: n,
    unknown: notRecorded,
  };
}

/** How many values of a series are NaN or infinite. */
export function countNonFinite(series: Series): number {
  return series.value.reduce((count, value) => (Number.isFinite(value) ? count : count + 1), 0);
}
