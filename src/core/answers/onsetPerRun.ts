/** One onset per run: what questions over runs count. */

import type { Catalog } from "../catalog/catalog.js";
import { statusOf, type Interval } from "../model/interval.js";
import type { AxisValue } from "../query/query.js";
import type { Behaviour } from "../query/onsetFile.js";
import { askRun } from "./when.js";

export interface RunOnset extends Interval {
  readonly key: string;
  /** The step of the point that was asked about; null where the run does not know it. */
  readonly pointStep: number | null;
}

/**
 * The earliest onset of each run where the behaviour is about several metrics; without one, the longest observation. Both
 * ends are null for a run without data. `point` is turned into each run's own step.
 */
export async function onsetPerRun(
  catalog: Catalog,
  behaviour: Behaviour,
  keys: readonly string[],
  point: AxisValue | null = null,
  signal?: AbortSignal,
): Promise<RunOnset[]> {
  const onsets: RunOnset[] = [];
  for (const key of keys) {
    if (!catalog.run(key)) continue;
    signal?.throwIfAborted();
    const { loaded, answers } = await askRun(catalog, behaviour, key, signal);
    const { after, by } = earliest(answers);
    onsets.push({ key, after, by, pointStep: point && loaded.view.toStep(point) });
  }
  return onsets;
}

function earliest(onsets: readonly Interval[]): Interval {
  let found: Interval = { after: null, by: null };
  for (const onset of onsets) {
    if (statusOf(onset) === "no-data") continue;
    const isEarlier =
      onset.by !== null || found.by !== null
        ? (onset.by ?? Infinity) < (found.by ?? Infinity)
        : (onset.after ?? -Infinity) > (found.after ?? -Infinity);
    if (isEarlier || statusOf(found) === "no-data") found = onset;
  }
  return found;
}

/**
 * The onsets with the point that was asked about as 0: runs need not have it at the same step. One that does not know the
 * point says nothing.
 */
export function aroundPoint(onsets: readonly RunOnset[]): Interval[] {
  return onsets.map(({ after, by, pointStep }) => {
    const from = (step: number | null): number | null =>
      step === null || pointStep === null ? null : step - pointStep;
    return { after: from(after), by: from(by) };
  });
}
