/** Which columns of a table or keys of a row are the step, the wall time, the run; shared by JSON lines and all tables. */

/** Columns that hold the step, the first one present is taken. Steps counted in tokens come last. */
export const STEP_COLUMNS: readonly string[] = [
  "step",
  "Step",
  "_step",
  "global_step",
  "train/global_step",
  "trainer/global_step",
  "iteration",
  "iter",
  "it",
  "batch",
  "update",
  "num_updates",
  "epoch",
  "throughput/total_tokens",
  "total_tokens",
  "tokens",
  "consumed_tokens",
  "num_tokens",
];

/** Those of the steps that are counted in tokens. */
export const TOKEN_COLUMNS: readonly string[] = STEP_COLUMNS.slice(
  STEP_COLUMNS.indexOf("throughput/total_tokens"),
);

/** Columns of an evaluation table that name the checkpoint by its step: `1000` or `step1000`. */
export const REVISION_COLUMNS: readonly string[] = [
  "checkpoint_step",
  "training_step",
  "train_step",
  "checkpoint",
  "ckpt",
  "revision",
];

/** Those that plainly count optimiser steps; of the others the result says which one was taken. */
const PLAIN_STEPS = new Set(["step", "Step", "_step", "global_step", ...REVISION_COLUMNS]);

export function axisOf(stepColumn: string): string | undefined {
  return PLAIN_STEPS.has(stepColumn) ? undefined : stepColumn;
}

const WALL_TIME_COLUMNS = [
  "_timestamp",
  "timestamp",
  "wall_time",
  "walltime",
  "wallTime",
  "Wall time",
  "time",
  "date",
];

/** A seed tells runs apart too, in a table of several. */
export const SEED_COLUMN = "seed";

/** Columns that name the run of a row; the first one present is taken. */
export const RUN_COLUMNS: readonly string[] = [
  "run",
  "run_id",
  "run_name",
  "Run",
  "run_uuid",
  SEED_COLUMN,
];

/** Columns of text that tell runs apart together with the seed, where none names the run. */
export const IDENTITY_COLUMNS: readonly string[] = [
  "experiment",
  "experiment_name",
  "exp_name",
  "model",
  "model_name",
  "model_size",
  "size",
  "params",
  "arch",
  "architecture",
  "data",
  "data_mix",
  "mix",
  "recipe",
  "data_recipe",
  "chinchilla",
  "method",
  "algorithm",
  "optimizer",
  "variant",
  "condition",
  "config",
];

/** Columns of text that say what a row's metrics were measured on; the first one present is taken. */
export const TASK_COLUMNS: readonly string[] = [
  "task",
  "task_name",
  "benchmark",
  "eval_task",
  "dataset",
];

/** Columns of text that say which part of it; all of them are taken. */
export const SUBTASK_COLUMNS: readonly string[] = ["subset", "subtask", "split", "phase"];

/** Columns of the number of examples shown before the question. */
export const SHOTS_COLUMNS: readonly string[] = [
  "fewshot",
  "num_fewshot",
  "n_shot",
  "n_shots",
  "num_shots",
  "shots",
];

/** The name of the run within a table that a cell of a run column gives. */
export function partName(column: string, cell: string): string {
  return column === SEED_COLUMN && cell !== "" ? `seed_${cell}` : cell;
}

export const METRIC_COLUMNS: readonly string[] = ["metric", "metric_name", "tag", "key", "name"];
export const VALUE_COLUMNS: readonly string[] = ["value", "val"];

export function firstOf(columns: readonly string[], has: (name: string) => boolean): string | null {
  return columns.find(has) ?? null;
}

export function wallTimeColumn(has: (name: string) => boolean): string | null {
  return firstOf(WALL_TIME_COLUMNS, has);
}

/**
 * Seconds since 1970 for a time in seconds, milliseconds, microseconds, nanoseconds or ISO 8601 (taken as UTC where it
 * has no zone). NaN for anything that is not a time between 1990 and 2100, for instance a duration.
 */
export function toWallTime(value: unknown): number {
  if (typeof value === "number") {
    for (const unit of [1, 1e3, 1e6, 1e9]) {
      const seconds = value / unit;
      if (seconds > 631_152_000 && seconds < 4_102_444_800) return seconds;
    }
    return NaN;
  }
  if (typeof value !== "string") return NaN;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?$/.exec(
    value.trim(),
  );
  return match ? Date.parse(`${match[1]}T${match[2]}${match[3] ?? "Z"}`) / 1000 : NaN;
}
