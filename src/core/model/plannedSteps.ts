/** How many optimiser steps a run was to take, by its config. */

import type { Config } from "./config.js";

export interface PlannedSteps {
  readonly steps: number;
  /** The key that says it. */
  readonly key: string;
}

/** Trainers' names for the length of a run in optimiser steps; schedulers' horizons are other numbers. */
const LAST_PARTS = new Set([
  "max_steps",
  "max_iters",
  "train_iters",
  "train_steps",
  "num_train_steps",
  "max_train_steps",
]);
const WHOLE_KEYS = new Set(["training.steps"]);

/** Null where the config says nothing, no positive number (many write −1 for "by epochs"), or several numbers. */
export function plannedSteps(config: Config): PlannedSteps | null {
  let found: PlannedSteps | null = null;
  for (const [key, value] of config) {
    const name = key.toLowerCase().replace(/-/g, "_").replace(/\//g, ".");
    const last = name.slice(name.lastIndexOf(".") + 1);
    if (!LAST_PARTS.has(last) && !WHOLE_KEYS.has(name)) continue;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value <= 0) continue;
    if (found && found.steps !== value) return null;
    found ??= { steps: value, key };
  }
  return found;
}
