/** Which columns of a table or keys of a row are the step, the wall time, the run; shared by JSON lines and all tables. */

/** Columns that hold the step, better ones first. */
const STEPS: readonly string[] = [
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
];

/** How writers spell them otherwise, without case and separators; environment steps are reinforcement learning's. */
const SPELLED_STEPS: readonly string[] = (
  "globalstep globalsteps trainstep trainingstep curstep currentstep optimizerstep step steps updatestep updates nupdates " +
  "totaltimesteps timestepstotal numtimesteps timesteps envsteps totalenvsteps totalenvinteracts envinteracts " +
  "numenvstepssampled numenvstepstrained trainingiteration iteration iterations iter iters itr numiter numiters niter"
).split(" ");

const SPELLED_EPOCHS: readonly string[] =
  "epoch epochs epochnum epochnumber epochidx epochindex".split(" ");

/** Steps counted in tokens. */
export const TOKEN_COLUMNS: readonly string[] = [
  "throughput/total_tokens",
  "total_tokens",
  "tokens",
  "consumed_tokens",
  "num_tokens",
];

/** Ranks of the first of each kind: steps, their other spellings, epochs, names of checkpoints, tokens. */
const SPELLED = 100;
const EPOCHS = 200;
const REVISIONS = 300;
const TOKENS = 400;

/** What stands before a step's name without saying more of it. `time/step` is the time that a step takes. */
const GROUP =
  /^(?:train|trainer|training|progress|counters?|general|global|misc|charts|rollout|diagnostics)\/|^time\/(?=.*s$)/i;

/**
 * How good a column is for the step, smaller is better: one that counts steps before one of epochs, names of checkpoints
 * behind these, tokens last. Infinite for a column that is none of these.
 */
export function rankOfStep(column: string): number {
  const known = STEPS.indexOf(column);
  if (known >= 0) return known;
  const [revision, tokens] = [REVISION_COLUMNS.indexOf(column), TOKEN_COLUMNS.indexOf(column)];
  if (revision >= 0) return REVISIONS + revision;
  if (tokens >= 0) return TOKENS + tokens;
  const plain = column
    .replace(GROUP, "")
    .replace(/[ _.-]/g, "")
    .toLowerCase();
  const [spelled, epochs] = [SPELLED_STEPS.indexOf(plain), SPELLED_EPOCHS.indexOf(plain)];
  return spelled >= 0 ? SPELLED + spelled : epochs >= 0 ? EPOCHS + epochs : Infinity;
}

/** True for a column that counts epochs, under any of its names. */
export function isEpoch(column: string): boolean {
  const rank = rankOfStep(column);
  return rank >= EPOCHS && rank < REVISIONS;
}

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
  "n_params",
  "num_params",
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

/** Those of them that may be numbers: they tell runs apart in a table that other columns show to hold several. */
export const SIZE_COLUMNS: readonly string[] = [
  "params",
  "n_params",
  "num_params",
  "model_size",
  "chinchilla",
];

/** Columns of text that say what a row's metrics were measured on; the first one present is taken. */
export const TASK_COLUMNS: readonly string[] = [
  "task",
  "task_name",
  "benchmark",
  "eval_task",
  "dataset",
];

/** Says which data a row is of, but only where it names a split: elsewhere the word means anything. */
export const MODE_COLUMN = "mode";

/** Columns of text that say which part of it; all of them are taken. */
export const SUBTASK_COLUMNS: readonly string[] = [
  "subset",
  "subtask",
  "split",
  "phase",
  MODE_COLUMN,
];

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
