/** The answer to "which runs are there": `onset runs`. */

import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import { axesOf, type Axis } from "../model/axes.js";
import type { ConfigValue } from "../model/config.js";
import type { Problem } from "../model/problem.js";
import type { Attempt, CheckpointState, MetricSummary, RunDir } from "../model/run.js";

/** A run as every answer names it. */
export interface RunReference {
  readonly id: string;
  readonly label: string;
  readonly directory: string;
  readonly file: string | null;
}

export interface RunAnswer {
  readonly run: RunReference;
  readonly systems: readonly string[];
  readonly config: Readonly<Record<string, ConfigValue>>;
  readonly seed: string | number | null;
  readonly seedGroup: string | null;
  readonly parent: { readonly run: string; readonly step: number | null } | null;
  readonly steps: { readonly first: number | null; readonly last: number | null };
  /** Column that steps were taken from, where it is not plainly the optimiser step. */
  readonly axis: string | null;
  /** What a step is worth in tokens and examples, where that is known. */
  readonly axes: readonly Axis[];
  readonly metrics: readonly MetricSummary[];
  readonly checkpoints: readonly {
    readonly step: number;
    readonly path: string;
    readonly format: string;
    readonly state: CheckpointState;
    readonly bytes: number | null;
    readonly reason: string | null;
  }[];
  readonly attempts: readonly Attempt[];
  readonly problems: readonly Problem[];
}

export async function referenceOf(catalog: Catalog, run: RunDir): Promise<RunReference> {
  const identities = await catalog.identify();
  return {
    id: catalog.idOf(run.key),
    label: identities.get(run.key)?.label ?? run.id,
    directory: run.directory,
    file: run.file,
  };
}

/** Reads the run and looks into each of its checkpoints; their sizes only where `countBytes` asks for them. */
export async function answerRun(
  catalog: Catalog,
  key: string,
  countBytes: boolean,
  signal?: AbortSignal,
): Promise<RunAnswer> {
  const loaded = await catalog.load(key, signal);
  const identity = (await catalog.identify()).get(key);
  const { run, table } = loaded;
  const checkpoints = await Promise.all(
    run.checkpoints.map(async (checkpoint) => {
      const { state, bytes, reason } = await catalog.inspect(checkpoint, countBytes);
      const { step, path, format } = checkpoint;
      return { step, path, format, state, bytes: countBytes ? bytes : null, reason };
    }),
  );
  const parent = identity?.parent ?? null;
  return {
    run: await referenceOf(catalog, run),
    systems: run.systems,
    config: Object.fromEntries(loaded.config),
    seed: identity?.seed ?? null,
    seedGroup: identity?.seedGroup ?? null,
    parent: parent && {
      run: parent.key === null ? parent.text : catalog.idOf(parent.key),
      step: parent.step,
    },
    steps: stepsOf(loaded),
    axis: loaded.axis,
    axes: axesOf(loaded.config, run.directory),
    metrics: table.summaries(),
    checkpoints,
    attempts: table.attempts.filter(({ first }) => Number.isFinite(first)),
    problems: loaded.problems,
  };
}

/** First and last step of what survives: of the metrics, or of the checkpoints where there are none. */
export function stepsOf({ run, table }: LoadedRun): { first: number | null; last: number | null } {
  let first = Infinity;
  let last = -Infinity;
  for (const { first: from, last: to } of table.summaries()) {
    first = Math.min(first, from.step);
    last = Math.max(last, to.step);
  }
  if (first > last) {
    for (const { step } of run.checkpoints) {
      first = Math.min(first, step);
      last = Math.max(last, step);
    }
  }
  return first > last ? { first: null, last: null } : { first, last };
}
