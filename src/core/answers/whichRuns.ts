/** Which runs show a behaviour by a step, with the share per seed group (M13). */

import { shareBy } from "../analysis/seedShare.js";
import type { Catalog } from "../catalog/catalog.js";
import { formatInterval, formatStep, statusOf, type Interval } from "../model/interval.js";
import { describeShare } from "./describeShare.js";
import { onsetPerRun } from "./onsetPerRun.js";
import { recipesOf } from "./recipes.js";
import { understand } from "./when.js";

export interface WhichRuns {
  readonly step: number;
  readonly present: readonly WhichRun[];
  readonly absent: readonly WhichRun[];
  /** Runs that were not evaluated at or behind the step, or whose onset's interval holds it. */
  readonly unknown: readonly WhichRun[];
  /** The share over all runs that have data, in words. */
  readonly text: string;
  /** The same per seed group that has data. */
  readonly groups: readonly {
    readonly group: string;
    readonly present: number;
    readonly known: number;
    readonly text: string;
  }[];
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
  onProgress: (done: number, of: number) => void = () => undefined,
): Promise<WhichRuns> {
  const identities = await catalog.identify(signal);
  const runs: WhichRun[] = [];
  for (const [index, key] of keys.entries()) {
    // Each folder has behaviours of its own.
    const question = understand(catalog, text, catalog.run(key)?.root);
    if (!question.ok || question.kind !== "behaviour") continue;
    const [onset] = await onsetPerRun(catalog, question.behaviour, [key], null, signal);
    if (!onset) continue;
    const { after, by } = onset;
    const label = identities.get(key)?.label ?? catalog.idOf(key);
    runs.push({ key, label, id: catalog.idOf(key), after, by, text: formatInterval(onset) });
    onProgress(index + 1, keys.length);
  }
  const withData = runs.filter((run) => statusOf(run) !== "no-data");
  const found = withData.flatMap(({ key }) => catalog.run(key) ?? []);
  const names = await recipesOf(catalog, found);
  const groups = new Map<string, Interval[]>();
  for (const [index, run] of withData.entries()) {
    const name = names[index] as string;
    const members = groups.get(name);
    if (members) members.push(run);
    else groups.set(name, [run]);
  }
  const isPresent = ({ by }: WhichRun): boolean => by !== null && by <= step;
  const isAbsent = ({ after }: WhichRun): boolean => after !== null && after >= step;
  const describe = (onsets: readonly Interval[]): string =>
    describeShare(shareBy(onsets, step), `step ${formatStep(step)}`);
  return {
    step,
    present: runs.filter(isPresent),
    absent: runs.filter((run) => !isPresent(run) && isAbsent(run)),
    unknown: runs.filter((run) => !isPresent(run) && !isAbsent(run)),
    text: describe(withData),
    groups: [...groups].map(([group, onsets]) => {
      const { present, known } = shareBy(onsets, step);
      return { group, present, known, text: describe(onsets) };
    }),
  };
}
