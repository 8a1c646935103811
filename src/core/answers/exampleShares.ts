/** Shares of examples as metrics that questions can ask for. */

import { findFirstLearned } from "../analysis/firstLearned.js";
import { learnedByShare, learnedShare } from "../analysis/learnedShare.js";
import type { Catalog } from "../catalog/catalog.js";
import { tasksOf, type Predicate } from "../query/query.js";
import type { RunView, ShareOfExamples } from "../query/runView.js";
import { choose, nameOf, outcomesOf } from "./chooseExamples.js";

/** The view with the shares that a question needs, read where it needs any: of each task's usual metric. */
export async function withExamples(
  catalog: Catalog,
  key: string,
  view: RunView,
  predicate: Predicate,
  signal?: AbortSignal,
): Promise<RunView> {
  const wanted = tasksOf(predicate);
  if (wanted.length === 0) return view;
  const { tasks } = await catalog.examples(key, null, signal);
  const shares = new Map<string, Record<"correct" | "learned", ShareOfExamples>>();
  for (const one of tasks) {
    const name = nameOf(one);
    if (!wanted.includes(name)) continue;
    const chosen = choose(catalog, key, one, { metric: null, cut: null });
    if (!chosen.table) continue;
    const outcomes = outcomesOf(chosen);
    const correct = learnedShare(outcomes);
    const learned = learnedByShare(outcomes, findFirstLearned(outcomes));
    shares.set(name, {
      correct: { series: correct, items: fewest(correct.items) },
      learned: { series: learned, items: fewest(learned.items) },
    });
  }
  return {
    ...view,
    exampleShare: (share, task) => shares.get(task)?.[share] ?? null,
  };
}

function fewest(items: Uint32Array): number {
  return items.reduce((least, count) => Math.min(least, count), Infinity);
}
