/** Questions over runs: shares by seed, order and lag of behaviours, survival by recipe (M13, M15, M16). */

import { acquisitionOrder, type AcquisitionOrder } from "../analysis/acquisitionOrder.js";
import { orderAndLag, type OrderAndLag } from "../analysis/orderAndLag.js";
import { shareBy, type Share } from "../analysis/seedShare.js";
import type { Catalog } from "../catalog/catalog.js";
import { statusOf, formatStep, type Interval } from "../model/interval.js";
import { formatAxisValue } from "../query/axisValue.js";
import { formatQuery } from "../query/formatQuery.js";
import { behavioursOf, unsaved, type Behaviour } from "../query/onsetFile.js";
import type { Named, SetQuery } from "../query/query.js";
import { describeShare } from "./describeShare.js";
import { aroundPoint, onsetPerRun, type RunOnset } from "./onsetPerRun.js";
import { recipesOf } from "./recipes.js";
import { answerSurvival, type SurvivalAnswer } from "./survival.js";

export interface ShareGroup extends Share {
  /** The seed group, or `all runs`. */
  readonly recipe: string;
}

/** Two behaviours, by how they are called. */
export interface OrderedPair extends OrderAndLag {
  readonly first: string;
  readonly second: string;
}

export type SetAnswer = {
  readonly question: string;
  /** The answer in words. */
  readonly lines: readonly string[];
} & (
  | { readonly kind: "share"; readonly groups: readonly ShareGroup[] }
  | {
      readonly kind: "order";
      readonly pairs: readonly OrderedPair[];
      /** Whether runs agree on the order; null for fewer than three behaviours. */
      readonly agreement: AcquisitionOrder | null;
    }
  | ({ readonly kind: "lag" } & OrderedPair)
  | { readonly kind: "survival"; readonly survival: SurvivalAnswer }
);

export async function answerOverRuns(
  catalog: Catalog,
  query: SetQuery,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<SetAnswer> {
  const question = formatQuery(query);
  const behaviourOf = (named: Named): Behaviour => behaviourNamed(catalog, named);
  const onsetsOf = (named: Named): Promise<RunOnset[]> =>
    onsetPerRun(catalog, behaviourOf(named), keys, null, signal);
  switch (query.kind) {
    case "share":
      return { question, ...(await answerShare(catalog, query, keys, signal)) };
    case "survival": {
      const survival = await answerSurvival(
        catalog,
        behaviourOf(query.of),
        keys,
        query.key,
        signal,
      );
      return { question, kind: "survival", survival, lines: survival.lines };
    }
    case "lag": {
      const [x, y] = [await onsetsOf(query.from), await onsetsOf(query.to)];
      const first = behaviourOf(query.from).name;
      const second = behaviourOf(query.to).name;
      const pair = { first, second, ...orderAndLag(x, y) };
      return { question, kind: "lag", ...pair, lines: [describeLag(pair), describeOrder(pair)] };
    }
    case "order": {
      const onsets: RunOnset[][] = [];
      for (const named of query.of) onsets.push(await onsetsOf(named));
      const names = query.of.map((named) => behaviourOf(named).name);
      const pairs = names.flatMap((first, i) =>
        names.slice(i + 1).map((second, offset): OrderedPair => {
          const j = i + 1 + offset;
          return {
            first,
            second,
            ...orderAndLag(onsets[i] as Interval[], onsets[j] as Interval[]),
          };
        }),
      );
      const runs = (onsets[0] ?? []).map((_, run) => onsets.map((one) => one[run] as RunOnset));
      const agreement = names.length < 3 ? null : acquisitionOrder(runs);
      return {
        question,
        kind: "order",
        pairs,
        agreement,
        lines: [
          ...pairs.map(describeOrder),
          ...(agreement === null ? [] : [describeAgreement(agreement)]),
        ],
      };
    }
  }
}

async function answerShare(
  catalog: Catalog,
  { of, over, by }: Extract<SetQuery, { readonly kind: "share" }>,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Omit<Extract<SetAnswer, { readonly kind: "share" }>, "question">> {
  const runs = keys.flatMap((key) => catalog.run(key) ?? []);
  const recipes = await recipesOf(catalog, runs);
  const behaviour = behaviourNamed(catalog, of);
  const onsets = await onsetPerRun(catalog, behaviour, keys, by, signal);
  const members = new Map<string, RunOnset[]>();
  for (const [index, onset] of onsets.entries()) {
    if (statusOf(onset) === "no-data") continue;
    const name = over === "runs" ? "all runs" : (recipes[index] as string);
    members.set(name, [...(members.get(name) ?? []), onset]);
  }
  const groups = [...members].map(([recipe, own]): ShareGroup => {
    return { recipe, ...shareBy(aroundPoint(own), 0) };
  });
  const without = onsets.length - [...members.values()].flat().length;
  const point = by.axis === "step" ? `step ${formatStep(by.value)}` : formatAxisValue(by);
  return {
    kind: "share",
    groups,
    lines: [
      ...groups.map((group) => `${group.recipe}: ${describeShare(group, point)}`),
      ...(without === 0 ? [] : [`${without} without data`]),
    ],
  };
}

/** A saved behaviour with all that its owner said of it; a question by its text. */
function behaviourNamed(catalog: Catalog, { name, predicate }: Named): Behaviour {
  const saved = name === null ? undefined : behavioursOf(catalog.onsetFile()).get(name);
  return saved ?? { ...unsaved(predicate), ...(name === null ? {} : { name }) };
}

function describeOrder(pair: OrderedPair): string {
  const { first, second, xFirst, yFirst, tied, overlapping, neither, noData, share, interval } =
    pair;
  const known = xFirst + yFirst;
  const bounds =
    interval === null || known < 2
      ? ""
      : ` (95 % CI ${interval[0].toFixed(2)}–${interval[1].toFixed(2)})`;
  const others = [
    [tied, "within one interval"],
    [overlapping, "with intervals that overlap"],
    [neither, "with neither"],
    [noData, "without data"],
  ] as const;
  const rest = others.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  const told =
    share === null
      ? `${first} and ${second}: no run shows which came first`
      : `${first} before ${second} in ${xFirst} of ${known}${bounds}`;
  return [told, ...rest].join(", ");
}

function describeLag({ first, second, lag }: OrderedPair): string {
  if (lag.median === null) return `${second} behind ${first}: no run shows a lag`;
  const spread = lag.interval === null ? "" : `, 95 % CI ${rangeText(lag.interval)}`;
  return `${second} behind ${first}: median ${rangeText(lag.median)} steps over ${lag.runs} ${lag.runs === 1 ? "run" : "runs"}${spread}`;
}

function rangeText({ after, by }: Interval): string {
  const low = after === null ? "−∞" : formatStep(after);
  return `between ${low} and ${by === null ? "∞" : formatStep(by)}`;
}

function describeAgreement({ tau, min, max, runPairs }: AcquisitionOrder): string {
  if (tau === null || min === null || max === null) return "no two runs show orders to compare";
  const pairs = runPairs === 1 ? "1 pair of runs" : `${runPairs} pairs of runs`;
  return `order between runs: Kendall's τ ${tau.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)} over ${pairs})`;
}
