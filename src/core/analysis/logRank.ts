/** Method M15: whether a behaviour comes earlier in one group of runs than in another, by the log-rank test. */

import type { Interval } from "../model/interval.js";
import { chiSquareTail } from "./distributions.js";
import { onsetSample } from "./onsetSample.js";
import { createRandom } from "./statistics.js";

export interface LogRank {
  readonly groups: readonly LogRankGroup[];
  /** `UᵀV⁻¹U` of observed minus expected; null where there is nothing to compare: fewer than two groups at risk, no event. */
  readonly chiSquare: number | null;
  /** Groups at risk at an event, less one. */
  readonly freedom: number;
  readonly p: number | null;
  /** Where `p` comes from; null where there is none. */
  readonly method: "chi-square" | "all permutations" | "random permutations" | null;
  /** Permutations that `p` is the share of. */
  readonly permutations: number;
  readonly seed: number;
}

export interface LogRankGroup {
  /** Runs with data; those without are counted apart. */
  readonly runs: number;
  readonly noData: number;
  /** Runs that showed the behaviour. */
  readonly observed: number;
  /** As many as would have if it came alike in all groups. */
  readonly expected: number;
}

/** Below this many runs in all, `p` is by permutation. */
const FEW_RUNS = 20;
const MAX_EXACT = 100_000;
const RANDOM_PERMUTATIONS = 9_999;

/**
 * Log-rank test (Mantel 1966; Peto & Peto 1972) of two or more groups: events at `by`, runs without the behaviour censored
 * at `after` and behind the events there, variance of the hypergeometric distribution. From 20 runs on `p` is that of χ².
 *
 * Below, runs are dealt out to the groups anew. Observed minus expected of a group is the sum of its runs' log-rank scores,
 * which do not depend on the groups, and `p` is the share of the deals in which `Σ (O − E)²/runs` is at least as great as it
 * was: of all deals up to 100,000 of them, which two groups never exceed, else of 9,999 random ones and the real one. The
 * permutation takes censoring to be alike in the groups. O(n log n + events · groups²).
 */
export function logRank(groups: readonly (readonly Interval[])[], seed = 1): LogRank {
  const samples = groups.map(onsetSample);
  const subjects: Subject[] = samples.flatMap(({ intervals }, group) =>
    intervals.map(({ after, by }) => {
      const isEvent = by < Infinity;
      return { group, isEvent, step: isEvent ? by : after };
    }),
  );
  subjects.sort((a, b) => a.step - b.step);
  const sizes = samples.map(({ intervals }) => intervals.length);
  const { expected, variance, scores } = compareAtEvents(subjects, sizes);
  const observed = sizes.map(
    (_, g) => subjects.filter(({ group, isEvent }) => isEvent && group === g).length,
  );
  const excess = observed.map((count, g) => count - (expected[g] as number));
  const active = [...sizes.keys()].filter((g) => (variance[g]?.[g] as number) > 0);
  const result = {
    groups: samples.map(({ noData }, g) => ({
      runs: sizes[g] as number,
      noData,
      observed: observed[g] as number,
      expected: expected[g] as number,
    })),
    freedom: Math.max(0, active.length - 1),
    seed,
  };
  if (active.length < 2) {
    return { ...result, chiSquare: null, p: null, method: null, permutations: 0 };
  }
  const chiSquare = quadraticForm(excess, variance, active.slice(1));
  if (subjects.length >= FEW_RUNS) {
    const p = chiSquareTail(chiSquare, active.length - 1);
    return { ...result, chiSquare, p, method: "chi-square", permutations: 0 };
  }
  const labels = subjects.map(({ group }) => group);
  return { ...result, chiSquare, ...permutationTest(scores, labels, sizes, seed) };
}

interface Subject {
  readonly group: number;
  readonly isEvent: boolean;
  readonly step: number;
}

/** Expected events by group with their covariances, and each subject's log-rank score: event minus cumulative hazard. */
function compareAtEvents(
  subjects: readonly Subject[],
  sizes: readonly number[],
): { expected: number[]; variance: number[][]; scores: Float64Array } {
  const atRisk = [...sizes];
  const expected = sizes.map(() => 0);
  const variance = sizes.map(() => sizes.map(() => 0));
  const scores = new Float64Array(subjects.length);
  let hazard = 0;
  let next = 0;
  for (let i = 0; i < subjects.length; i = next) {
    const left = subjects.length - i;
    let events = 0;
    for (next = i; next < subjects.length && subjects[next]?.step === subjects[i]?.step; next++) {
      if (subjects[next]?.isEvent) events++;
    }
    if (events > 0) {
      hazard += events / left;
      const spread = left === 1 ? 0 : (events * (left - events)) / (left - 1);
      for (const [g, count] of atRisk.entries()) {
        const share = count / left;
        expected[g]! += events * share;
        for (const [h, other] of atRisk.entries()) {
          variance[g]![h]! += spread * share * ((g === h ? 1 : 0) - other / left);
        }
      }
    }
    for (let s = i; s < next; s++) {
      const { group, isEvent } = subjects[s]!;
      scores[s] = (isEvent ? 1 : 0) - hazard;
      atRisk[group]! -= 1;
    }
  }
  return { expected, variance, scores };
}

/** `uᵀV⁻¹u` over some of the rows and columns, by elimination; they are positive definite. */
function quadraticForm(u: readonly number[], v: readonly number[][], rows: number[]): number {
  const matrix = rows.map((g) => [...rows.map((h) => v[g]![h]!), u[g]!]);
  const n = rows.length;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    const pivot = matrix[k]!;
    for (let i = k + 1; i < n; i++) {
      const factor = matrix[i]![k]! / pivot[k]!;
      for (let j = k; j <= n; j++) matrix[i]![j]! -= factor * pivot[j]!;
    }
    sum += pivot[n]! ** 2 / pivot[k]!;
  }
  return sum;
}

function permutationTest(
  scores: Float64Array,
  labels: readonly number[],
  sizes: readonly number[],
  seed: number,
): Pick<LogRank, "p" | "method" | "permutations"> {
  const statistic = (sums: readonly number[]): number =>
    sums.reduce((total, sum, g) => total + (sizes[g] === 0 ? 0 : sum ** 2 / sizes[g]!), 0);
  const sumsOf = (dealt: readonly number[]): number[] => {
    const sums = sizes.map(() => 0);
    for (const [i, g] of dealt.entries()) sums[g]! += scores[i]!;
    return sums;
  };
  // Sums in another order differ by rounding.
  const least = statistic(sumsOf(labels)) * (1 - 1e-9) - 1e-12;
  const deals = countDeals(sizes);
  if (deals <= MAX_EXACT) {
    let reached = 0;
    forEachDeal(scores, sizes, (sums) => {
      if (statistic(sums) >= least) reached++;
    });
    return { p: reached / deals, method: "all permutations", permutations: deals };
  }
  const random = createRandom(seed);
  const dealt = [...labels];
  let reached = 1;
  for (let b = 0; b < RANDOM_PERMUTATIONS; b++) {
    for (let i = dealt.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [dealt[i], dealt[j]] = [dealt[j]!, dealt[i]!];
    }
    if (statistic(sumsOf(dealt)) >= least) reached++;
  }
  const permutations = RANDOM_PERMUTATIONS + 1;
  return { p: reached / permutations, method: "random permutations", permutations };
}

/** Ways to deal the runs out to groups of these sizes: a multinomial coefficient. */
function countDeals(sizes: readonly number[]): number {
  let deals = 1;
  let dealt = 0;
  for (const size of sizes) {
    for (let k = 1; k <= size; k++) deals = (deals * ++dealt) / k;
  }
  return Math.round(deals);
}

/** Calls `visit` with the sums of the scores by group, once for each way to deal them out. */
function forEachDeal(
  scores: Float64Array,
  sizes: readonly number[],
  visit: (sums: readonly number[]) => void,
): void {
  const room = [...sizes];
  const sums = sizes.map(() => 0);
  const deal = (i: number): void => {
    if (i === scores.length) {
      visit(sums);
      return;
    }
    for (let g = 0; g < sizes.length; g++) {
      if (room[g] === 0) continue;
      const before = sums[g]!;
      room[g]! -= 1;
      sums[g] = before + scores[i]!;
      deal(i + 1);
      sums[g] = before;
      room[g]! += 1;
    }
  };
  deal(0);
}
