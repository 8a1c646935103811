/** Runs as recipes: those that differ only in their seed are one, and are told apart by what differs between recipes. */

import type { Catalog } from "../catalog/catalog.js";
import { nameOf } from "../discovery/identifyRuns.js";
import { baseName } from "../io/path.js";
import { formatConfigValue } from "../model/config.js";
import type { RunDir } from "../model/run.js";

/**
 * The recipe of each run: its seed group among the given runs, or the run itself where it is the only one of its group. The
 * experiment is left out where it is the same for all; groups of several folders that are called the same get the folder's
 * name.
 */
export async function recipesOf(catalog: Catalog, runs: readonly RunDir[]): Promise<string[]> {
  const identities = await catalog.identify();
  const experiments = new Set(runs.map(({ key }) => identities.get(key)?.experiment));
  const [experiment] = experiments;
  const prefix = experiments.size === 1 && experiment ? `${experiment}/` : "";
  const groups = runs.map(({ key, root }) => ({
    root,
    name: identities.get(key)?.seedGroup ?? null,
  }));
  const sizes = new Map<string, number>();
  const roots = new Map<string, Set<string>>();
  for (const { name, root } of groups) {
    if (name === null) continue;
    sizes.set(`${root}\n${name}`, (sizes.get(`${root}\n${name}`) ?? 0) + 1);
    roots.set(name, (roots.get(name) ?? new Set()).add(root));
  }
  const labels = runs.map((run) => identities.get(run.key)?.label ?? nameOf(run));
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return groups.map(({ name, root }, index) => {
    if (name === null || sizes.get(`${root}\n${name}`) === 1) {
      const label = labels[index] as string;
      return counts.get(label) === 1 ? label : catalog.idOf((runs[index] as RunDir).key);
    }
    const short = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    return (roots.get(name)?.size ?? 0) > 1 ? `${baseName(root)}/${short}` : short;
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
