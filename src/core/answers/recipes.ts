/** Runs as recipes: those that differ only in their seed are one, and are told apart by what differs between recipes. */

import type { Catalog } from "../catalog/catalog.js";
import { nameOf } from "../discovery/identifyRuns.js";
import { formatConfigValue } from "../model/config.js";
import type { RunDir } from "../model/run.js";

/** The recipe of each run: its seed group, or the run itself; the experiment's name is left out where it is one for all. */
export async function recipesOf(catalog: Catalog, runs: readonly RunDir[]): Promise<string[]> {
  const identities = await catalog.identify();
  const experiments = new Set(runs.map(({ key }) => identities.get(key)?.experiment));
  const [experiment] = experiments;
  const prefix = experiments.size === 1 && experiment ? `${experiment}/` : "";
  const labels = runs.map((run) => identities.get(run.key)?.label ?? nameOf(run));
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return runs.map(({ key }, index) => {
    const label = labels[index] as string;
    const own = counts.get(label) === 1 ? label : catalog.idOf(key);
    const name = identities.get(key)?.seedGroup ?? own;
    return name.startsWith(prefix) ? name.slice(prefix.length) : name;
  });
}

/** The value that each run's config has for a key: `not set` where it has none. */
export async function valuesOf(
  catalog: Catalog,
  runs: readonly RunDir[],
  key: string,
): Promise<string[]> {
  const identities = await catalog.identify();
  return runs.map((run) => formatConfigValue(identities.get(run.key)?.config.get(key)));
}
