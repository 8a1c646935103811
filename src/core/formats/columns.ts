/** Which columns of a table or keys of a row are the step, the wall time, the run; shared by JSON lines and CSV. */

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

/** Those that plainly count optimiser steps; of the others the result says which one was taken. */
const PLAIN_STEPS = new Set(["step", "Step", "_step", "global_step"]);

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
const SEED_COLUMN = "seed";
export const RUN_COLUMNS: readonly string[] = [
  "run",
  "run_id",
  "run_name",
  "Run",
  "run_uuid",
  SEED_COLUMN,
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
