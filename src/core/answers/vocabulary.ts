/** Names that questions can use: metrics of some runs, tasks of their examples, config keys that differ. */

import type { Catalog } from "../catalog/catalog.js";
import { sameValue, type ConfigValue } from "../model/config.js";
import { nameOf } from "./chooseExamples.js";
import type { Vocabulary } from "../query/completeQuery.js";

/** Most runs that are read for their names. */
const MAX_RUNS = 100;

/** Most frequent names first. */
export async function answerVocabulary(
  catalog: Catalog,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<Vocabulary> {
  const runs = [...new Set(keys)].filter((key) => catalog.run(key) !== undefined);
  const metrics = new Map<string, number>();
  const tasks = new Map<string, number>();
  for (const key of runs.slice(0, MAX_RUNS)) {
    for (const name of (await catalog.load(key, signal)).table.metricNames()) count(metrics, name);
    if ((catalog.run(key)?.examples?.length ?? 0) === 0) continue;
    for (const one of (await catalog.examples(key, null, signal)).tasks) count(tasks, nameOf(one));
  }
  return {
    metrics: byCount(metrics),
    tasks: byCount(tasks),
    keys: await differingKeys(catalog, runs),
    isWhole: runs.length <= MAX_RUNS,
  };
}

async function differingKeys(catalog: Catalog, keys: readonly string[]): Promise<string[]> {
  const identities = await catalog.identify();
  const firsts = new Map<string, ConfigValue>();
  const differing = new Map<string, number>();
  for (const key of keys) {
    for (const [name, value] of identities.get(key)?.config ?? []) {
      if (!firsts.has(name)) firsts.set(name, value);
      else if (!sameValue(firsts.get(name), value)) count(differing, name);
    }
  }
  return byCount(differing);
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function byCount(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name);
}
