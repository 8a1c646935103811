/** Runs that do not show a behaviour yet, by recipe: curves for the Onsets panel and for questions (M15). */

import { kaplanMeier, type KaplanMeier } from "../analysis/kaplanMeier.js";
import { logRank, type LogRank } from "../analysis/logRank.js";
import { turnbull, type Turnbull } from "../analysis/turnbull.js";
import { turnbullMedian, type TurnbullMedian } from "../analysis/turnbullMedian.js";
import type { Catalog } from "../catalog/catalog.js";
import { formatInterval, formatStep, type Interval } from "../model/interval.js";
import type { Behaviour } from "../query/onsetFile.js";
import { onsetPerRun } from "./onsetPerRun.js";
import { recipesOf, valuesOf } from "./recipes.js";

export interface SurvivalGroup {
  /** The seed group, or the value of the config key. */
  readonly recipe: string;
  readonly kaplanMeier: KaplanMeier;
  readonly turnbull: Turnbull;
  readonly median: TurnbullMedian;
}

export interface SurvivalAnswer {
  readonly behaviour: string;
  /** The config key whose values are compared; null for seed groups. */
  readonly key: string | null;
  readonly groups: readonly SurvivalGroup[];
  readonly logRank: LogRank;
  /** The last step that any run was watched to: where curves end. */
  readonly lastStep: number;
  readonly lines: readonly string[];
}

export async function answerSurvival(
  catalog: Catalog,
  behaviour: Behaviour,
  keys: readonly string[],
  key: string | null,
  signal?: AbortSignal,
): Promise<SurvivalAnswer> {
  const runs = keys.flatMap((one) => catalog.run(one) ?? []);
  const names = key === null ? await recipesOf(catalog, runs) : await valuesOf(catalog, runs, key);
  const onsets = await onsetPerRun(catalog, behaviour, keys, null, signal);
  const recipes = new Map<string, Interval[]>();
  for (const [index, onset] of onsets.entries()) {
    const name = names[index] as string;
    recipes.set(name, [...(recipes.get(name) ?? []), onset]);
  }
  const groups = [...recipes].map(([recipe, members]): SurvivalGroup => ({
    recipe,
    kaplanMeier: kaplanMeier(members),
    turnbull: turnbull(members),
    median: turnbullMedian(members),
  }));
  const test = logRank([...recipes.values()]);
  return {
    behaviour: behaviour.name,
    key,
    groups,
    logRank: test,
    lastStep: onsets.reduce((last, { after, by }) => Math.max(last, after ?? 0, by ?? 0), 0),
    lines: [
      ...groups.map((group) => describeGroup(group, key)),
      ...(groups.length > 1 ? [describeTest(test)] : []),
    ],
  };
}

function describeGroup(
  { recipe, kaplanMeier: curve, median }: SurvivalGroup,
  key: string | null,
): string {
  const name = key === null ? recipe : `${key} ${recipe}`;
  const { runs, events, noData } = curve;
  const without = noData === 0 ? "" : `, ${noData} without data`;
  if (runs === 0) return `${name}: no data in ${noData}`;
  const middle = median.median === null ? "" : `median onset ${formatInterval(median.median)}`;
  const spread = median.interval === null ? "" : ` (95 % ${boundsText(median.interval)})`;
  return `${name}: ${middle}${spread}, in ${events} of ${runs}${without}`;
}

/** Bounds whose ends may be open: `500 to beyond what was seen`. */
function boundsText({ after, by }: Interval): string {
  const low = after === null ? "from the start" : formatStep(after);
  return `${low} to ${by === null ? "beyond what was seen" : formatStep(by)}`;
}

function describeTest({ p, method, chiSquare, freedom, permutations }: LogRank): string {
  if (p === null || chiSquare === null) return "log-rank: nothing to compare";
  const how =
    method === "chi-square"
      ? `χ² ${chiSquare.toFixed(2)} on ${freedom}`
      : `by ${method === "all permutations" ? "all" : "random"} ${permutations.toLocaleString("en-US")} permutations`;
  return `log-rank p ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)}, ${how}`;
}
