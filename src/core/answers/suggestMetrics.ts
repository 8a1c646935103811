/** Which metrics are worth seeing first, where nobody has chosen any. */

import type { LoadedRun } from "../catalog/catalog.js";
import { isAccuracy, isJudged, isLoss } from "../model/metric.js";
import type { Behaviour } from "../query/onsetFile.js";
import { metricsOf } from "../query/query.js";

type Measured = Pick<LoadedRun, "table" | "view">;

const MAX_SUGGESTED = 4;
/** An accuracy that is another one at the end by as much has something to show. */
const MOVED = 0.1;

/**
 * Metrics of the saved behaviours, then accuracies whose chance rate is known, other accuracies, losses, and what else can be
 * better or worse; any others only where there are none of these. Accuracies that changed come before those that did not,
 * metrics of most runs before others, and of a family of tasks (`hendrycksTest-…`) the first is enough. What was measured
 * but once has nothing to show beside what was measured again.
 */
export function suggestMetrics(
  all: readonly string[],
  behaviours: ReadonlyMap<string, Behaviour>,
  loaded: readonly Measured[],
): string[] {
  const repeated = all.filter((metric) => loaded.some(({ table }) => table.rowCount(metric) > 1));
  const names = byCoverage(repeated.length > 0 ? repeated : all, loaded);
  const hasChance = (metric: string): boolean =>
    loaded.some(({ view }) => view.chance(metric) !== null);
  const asked = [...behaviours.values()]
    .flatMap(({ predicate }) => metricsOf(predicate))
    .filter((name) => all.includes(name));
  const plain = (metric: string): boolean =>
    !metric.includes("@") && metric.split("/").length <= 2 && !metric.endsWith("_norm");
  const plainAccuracies = names.filter((name) => isAccuracy(name) && plain(name));
  const moved = new Set(plainAccuracies.filter((name) => hasMoved(name, loaded)));
  const accuracies = onePerFamily([
    ...plainAccuracies.filter((name) => moved.has(name)),
    ...plainAccuracies.filter((name) => !moved.has(name)),
  ]);
  const ranked = [
    ...asked,
    ...accuracies.filter((name) => moved.has(name) && hasChance(name)),
    ...accuracies.filter((name) => moved.has(name)),
    ...accuracies,
    ...names.filter((name) => isLoss(name) && plain(name)),
    ...names.filter((name) => isAccuracy(name) || isLoss(name)),
    ...names.filter(isJudged),
  ];
  const found = [...new Set(ranked.length > 0 ? ranked : names)];
  return found.slice(0, MAX_SUGGESTED);
}

/** Metrics that most runs have first. */
function byCoverage(names: readonly string[], loaded: readonly Measured[]): string[] {
  const counts = new Map<string, number>();
  for (const { table } of loaded) {
    for (const name of table.metricNames()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...names].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
}

function hasMoved(metric: string, loaded: readonly Measured[]): boolean {
  return loaded.some(({ table }) => {
    const curve = table.curve(metric);
    if (!curve || curve.length === 0) return false;
    return Math.abs(curve.valueAt(curve.length - 1) - curve.valueAt(0)) >= MOVED;
  });
}

function onePerFamily(names: readonly string[]): string[] {
  const families = new Set<string>();
  return names.filter((name) => {
    const family = name.includes("/") ? name.replace(/[-_/].*$/, "") : name;
    if (families.has(family)) return false;
    families.add(family);
    return true;
  });
}
