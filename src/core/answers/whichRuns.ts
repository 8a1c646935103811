/** Which runs show a behaviour by a step, with the share per seed group (M13). */

import type { Catalog } from "../catalog/catalog.js";
import { formatInterval, statusOf, type Interval } from "../model/interval.js";
import { describeShare } from "./hover.js";
import { answerWhen } from "./when.js";

export interface WhichRuns {
  readonly step: number;
  readonly present: readonly WhichRun[];
  readonly absent: readonly WhichRun[];
  /** Runs that were not evaluated at or behind the step, or whose onset's interval holds it. */
  readonly unknown: readonly WhichRun[];
  /** The share over all runs that have data, in words. */
  readonly text: string;
  /** The same per seed group. */
  readonly groups: readonly { readonly group: string; readonly text: string }[];
}

export interface WhichRun {
  readonly key: string;
  readonly label: string;
  readonly id: string;
  readonly after: number | null;
  readonly by: number | null;
  /** The interval in words. */
  readonly text: string;
}

/** One answer per run: where a behaviour is about several metrics, the earliest onset counts. */
export async function answerWhichRuns(
  catalog: Catalog,
  text: string,
  step: number,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<WhichRuns> {
  const identities = await catalog.identify(signal);
  const runs: WhichRun[] = [];
  for (const key of keys) {
    let best: (Interval & { label: string; id: string }) | null = null;
    for await (const { run, after, by } of answerWhen(catalog, text, [key], signal)) {
      const isEarlier = !best || (by ?? Infinity) < (best.by ?? Infinity);
      if (isEarlier) best = { label: run.label, id: run.id, after, by };
    }
    if (best) runs.push({ key, ...best, text: formatInterval(best) });
  }
  const groups = new Map<string, Interval[]>();
  for (const run of runs) {
    const group = identities.get(run.key)?.seedGroup;
    if (group === null || group === undefined || statusOf(run) === "no-data") continue;
    groups.set(group, [...(groups.get(group) ?? []), run]);
  }
  const isPresent = ({ by }: WhichRun): boolean => by !== null && by <= step;
  const isAbsent = ({ after }: WhichRun): boolean => after !== null && after >= step;
  return {
    step,
    present: runs.filter(isPresent),
    absent: runs.filter((run) => !isPresent(run) && isAbsent(run)),
    unknown: runs.filter((run) => !isPresent(run) && !isAbsent(run)),
    text: describeShare(
      runs.filter((run) => statusOf(run) !== "no-data"),
      step,
    ),
    groups: [...groups].map(([group, onsets]) => ({ group, text: describeShare(onsets, step) })),
  };
}
