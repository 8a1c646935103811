/** Which metrics are worth seeing first, where nobody has chosen any. */

import type { LoadedRun } from "../catalog/catalog.js";
import { isAccuracy, isLoss } from "../model/metric.js";
import type { Behaviour } from "../query/onsetFile.js";
import { metricsOf } from "../query/query.js";

const MAX_SUGGESTED = 4;

/** Metrics that most runs have first. */
function byCoverage(names: readonly string[], loaded: readonly LoadedRun[]): string[] {
  const counts = new Map<string, number>();
  for (const { table } of loaded) {
    for (const name of table.metricNames()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...names].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
}

/**
 * Metrics of the saved behaviours, then accuracies whose chance rate is known, other accuracies and losses; any others only
 * where there are none of these. Of a family of tasks (`hendrycksTest-…`) the first is enough.
 */
export function suggestMetrics(
  all: readonly string[],
  behaviours: ReadonlyMap<string, Behaviour>,
  loaded: readonly LoadedRun[],
): string[] {
  const names = byCoverage(all, loaded);
  const hasChance = (metric: string): boolean =>
    loaded.some(({ view }) => view.chance(metric) !== null);
  const asked = [...behaviours.values()].flatMap(({ predicate }) => metricsOf(predicate));
  const plain = (metric: string): boolean =>
    !metric.includes("@") && metric.split("/").length <= 2 && !metric.endsWith("_norm");
  const families = new Set<string>();
  const accuracies = names.filter((name) => {
    const family = name.includes("/") ? name.replace(/[-_/].*$/, "") : name;
    if (!isAccuracy(name) || !plain(name) || families.has(family)) return false;
    families.add(family);
    return true;
  });
  const ranked = [
    ...asked,
    ...accuracies.filter(hasChance),
    ...accuracies,
    ...names.filter((name) => isLoss(name) && plain(name)),
  ];
  const found = [...new Set(ranked)].filter((metric) => names.includes(metric));
  return (found.length > 0 ? found : names).slice(0, MAX_SUGGESTED);
}
