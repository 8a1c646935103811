/** All that is computed over a whole table of examples, kept while the table is: pages of rows are asked for one by one. */

import { mapExamples, type Cartography } from "../analysis/cartography.js";
import { clusterOnsets, type OnsetClusters } from "../analysis/clusterOnsets.js";
import {
  countLearning,
  findFirstLearned,
  type Learning,
  type LearningCounts,
} from "../analysis/firstLearned.js";
import { learnedByShare, learnedShare, type ShareSeries } from "../analysis/learnedShare.js";
import { predictEnd, proportion, type Proportion } from "../analysis/memorisation.js";
import { countChanges, type OutcomeChanges } from "../analysis/outcomeChanges.js";
import { UNKNOWN, type Outcomes } from "../model/outcomes.js";
import { sha256 } from "../model/sha256.js";
import type { ExampleTable } from "../tables/exampleTable.js";
import { outcomesOf, type ChosenTable } from "./chooseExamples.js";

/** One checkpoint, over all examples. */
export interface CheckpointOutcomes {
  readonly step: number;
  /** Of the examples whose outcome is known, those that are right. */
  readonly right: Proportion | null;
  /** Of the examples whose state is known, those that were first learned by this step. */
  readonly learned: Proportion | null;
  /** What became of the examples since the checkpoint before; null at the first one. */
  readonly changes: OutcomeChanges | null;
  /** "Right here" as a predictor of "right at the last checkpoint" (M22, where right is memorised). */
  readonly precision: Proportion | null;
  readonly recall: Proportion | null;
}

export interface ExampleAnalysis {
  readonly outcomes: Outcomes;
  readonly learning: Learning;
  readonly counts: LearningCounts;
  readonly clusters: OnsetClusters;
  readonly cartography: Cartography;
  readonly checkpoints: readonly CheckpointOutcomes[];
  /** Rows of the table in the order of learning: at the first evaluation, by step, never, unknown; equal ones by id. */
  readonly order: Uint32Array;
  /** Of the method, its parameters, the examples and their outcomes. */
  readonly hash: string;
}

const kept = new WeakMap<
  ExampleTable,
  { readonly key: string; readonly analysis: ExampleAnalysis }
>();

/** O(examples · checkpoints); at once where the same was asked of the table before. */
export async function analyse(
  chosen: ChosenTable,
  persistence: number,
  parameters: Readonly<Record<string, string | number>>,
): Promise<ExampleAnalysis> {
  const { table, cut } = chosen;
  const key = JSON.stringify([persistence, cut]);
  const before = kept.get(table);
  if (before?.key === key) return before.analysis;
  const outcomes = outcomesOf(chosen);
  const learning = findFirstLearned(outcomes, persistence);
  const clusters = clusterOnsets(learning);
  const analysis: ExampleAnalysis = {
    outcomes,
    learning,
    counts: countLearning(learning),
    clusters,
    cartography: mapExamples(outcomes, table.isGraded ? table.scores : null),
    checkpoints: checkpointsOf(outcomes, learning),
    order: orderOf(clusters, learning),
    hash: await hashOf(table, outcomes, parameters),
  };
  kept.set(table, { key, analysis });
  return analysis;
}

function checkpointsOf(outcomes: Outcomes, learning: Learning): CheckpointOutcomes[] {
  const right = byStep(learnedShare(outcomes));
  const learned = byStep(learnedByShare(outcomes, learning));
  const predictions = predictEnd(outcomes);
  return Array.from(outcomes.step, (step, c) => {
    const [before, here] = [outcomes.columns[c - 1], outcomes.columns[c]];
    return {
      step,
      right: right.get(step) ?? null,
      learned: learned.get(step) ?? null,
      changes: before && here ? countChanges(before, here, outcomes.examples) : null,
      precision: predictions[c]?.precision ?? null,
      recall: predictions[c]?.recall ?? null,
    };
  });
}

function byStep({ step, value, items }: ShareSeries): Map<number, Proportion | null> {
  return new Map(
    Array.from(step, (at, i) => {
      const of = items[i] as number;
      return [at, proportion(Math.round((value[i] as number) * of), of)];
    }),
  );
}

/** Clusters come in the order of learning. */
function orderOf({ of }: OnsetClusters, { by }: Learning): Uint32Array {
  return Uint32Array.from(by, (_, row) => row).sort(
    (a, b) =>
      (of[a] as number) - (of[b] as number) || (by[a] as number) - (by[b] as number) || a - b,
  );
}

async function hashOf(
  { ids, hashes }: ExampleTable,
  { step, columns, examples }: Outcomes,
  parameters: Readonly<Record<string, string | number>>,
): Promise<string> {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const head = new TextEncoder().encode(JSON.stringify([sorted, [...step], ids, hashes]));
  const bytes = new Uint8Array(head.length + columns.length * examples).fill(UNKNOWN);
  bytes.set(head);
  for (const [c, column] of columns.entries()) bytes.set(column, head.length + c * examples);
  return sha256(bytes);
}
