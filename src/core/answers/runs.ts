/** The answer to "which runs are there": `onset runs`. */

import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import { isEvaluation } from "../catalog/evaluationJoins.js";
import { baseName, compareNames } from "../io/path.js";
import { axesOf, type Axis } from "../model/axes.js";
import type { CheckpointList } from "../model/checkpointList.js";
import type { ConfigValue } from "../model/config.js";
import type { Problem } from "../model/problem.js";
import type {
  Attempt,
  Checkpoint,
  CheckpointInspection,
  CheckpointState,
  JoinedBy,
  Lineage,
  MetricSummary,
  RunDir,
} from "../model/run.js";

/** A run as every answer names it. */
export interface RunReference {
  readonly id: string;
  readonly label: string;
  readonly directory: string;
  readonly file: string | null;
}

/** A run that is not among those found, as a config names it. */
export interface NamedRun {
  readonly id: string;
  readonly label: string;
  readonly directory: null;
  readonly file: null;
}

export interface RunAnswer {
  readonly run: RunReference;
  readonly systems: readonly string[];
  readonly config: Readonly<Record<string, ConfigValue>>;
  readonly seed: string | number | null;
  readonly seedGroup: string | null;
  readonly parent: { readonly run: RunReference | NamedRun; readonly step: number | null } | null;
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
    /** What `step` counts where it is no training step. */
    readonly counts?: Checkpoint["counts"];
    /** What the checkpoint itself says, where it does. */
    readonly recorded?: {
      readonly step?: number;
      readonly tokens?: number;
      /** Where the number of tokens is from. */
      readonly tokensFrom?: string;
      readonly epoch?: number;
    };
    /** True where a later save deletes it. */
    readonly temporary?: boolean;
    /** Path of that which holds the most of the same step, where this is another one. */
    readonly duplicateOf?: string;
  }[];
  readonly attempts: readonly Attempt[];
  /** The files of evaluations, and what says that they are this run's. */
  readonly evaluations: readonly { readonly file: string; readonly joinedBy: JoinedBy }[];
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

async function parentOf(
  catalog: Catalog,
  { key, text }: Lineage,
): Promise<RunReference | NamedRun> {
  const run = key === null ? undefined : catalog.run(key);
  if (run) return referenceOf(catalog, run);
  return { id: text, label: text, directory: null, file: null };
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
  const checkpoints = await answerCheckpoints(catalog, run.checkpoints, countBytes);
  const parent = identity?.parent ?? null;
  return {
    run: await referenceOf(catalog, run),
    systems: run.systems,
    config: Object.fromEntries(loaded.config),
    seed: identity?.seed ?? null,
    seedGroup: identity?.seedGroup ?? null,
    parent: parent && { run: await parentOf(catalog, parent), step: parent.step },
    steps: stepsOf(loaded),
    axis: loaded.axis,
    axes: axesOf(loaded.config, run),
    metrics: table.summaries(),
    checkpoints,
    attempts: table.attempts.filter(({ first }) => Number.isFinite(first)),
    evaluations: evaluationsOf(loaded),
    problems: loaded.problems,
  };
}

function evaluationsOf({ run, pointsByFile }: LoadedRun): RunAnswer["evaluations"] {
  const sources = new Map(run.sources.map((source) => [source.file, source]));
  return [...pointsByFile.keys()].sort(compareNames).flatMap((file) => {
    const source = sources.get(file);
    // Those that reading found inside checkpoints are no source of discovery.
    if (source && !isEvaluation(source)) return [];
    return [{ file, joinedBy: source?.joinedBy ?? "directory" }];
  });
}

async function answerCheckpoints(
  catalog: Catalog,
  checkpoints: CheckpointList,
  countBytes: boolean,
): Promise<RunAnswer["checkpoints"]> {
  const inspected: readonly Inspected[] = await Promise.all(
    checkpoints.map(async (checkpoint) => ({
      checkpoint,
      inspection: await catalog.inspect(checkpoint, countBytes),
    })),
  );
  const firsts = new Map<string, Inspected>();
  for (const candidate of inspected) {
    const key = keyOf(candidate.checkpoint);
    const first = firsts.get(key);
    if (!first || isBefore(candidate, first)) firsts.set(key, candidate);
  }
  return inspected.map(({ checkpoint, inspection }) => {
    const { step, path, format, counts } = checkpoint;
    const { state, bytes, reason, temporary, ...inside } = inspection;
    const recorded = {
      ...(inside.step === undefined ? {} : { step: inside.step }),
      ...(inside.tokens === undefined ? {} : { tokens: inside.tokens }),
      ...(inside.tokensFrom === undefined ? {} : { tokensFrom: inside.tokensFrom }),
      ...(inside.epoch === undefined ? {} : { epoch: inside.epoch }),
    };
    const first = firsts.get(keyOf(checkpoint))?.checkpoint.path;
    return {
      ...{ step, path, format, state, bytes: countBytes ? bytes : null, reason },
      ...(counts === undefined ? {} : { counts }),
      ...(Object.keys(recorded).length === 0 ? {} : { recorded }),
      ...(temporary === true ? { temporary } : {}),
      ...(first === undefined || first === path ? {} : { duplicateOf: first }),
    };
  });
}

interface Inspected {
  readonly checkpoint: Checkpoint;
  readonly inspection: CheckpointInspection;
}

function keyOf({ step, counts }: Checkpoint): string {
  return `${counts ?? ""} ${step}`;
}

const STATES: readonly CheckpointState[] = ["complete", "weights-only", "partial", "remote"];

/** Of several checkpoints of one step that which holds the most is the first, then one whose plain name says the step. */
function isBefore(a: Inspected, b: Inspected): boolean {
  const ranks = ({ checkpoint: { path }, inspection: { state } }: Inspected): number[] => {
    const name = baseName(path);
    return [STATES.indexOf(state), /\d/.test(name) ? 0 : 1, name.length];
  };
  const [own, other] = [ranks(a), ranks(b)];
  const at = own.findIndex((rank, i) => rank !== other[i]);
  return at >= 0 && (own[at] ?? 0) < (other[at] ?? 0);
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
    for (const { step, counts } of run.checkpoints) {
      if (counts !== undefined) continue;
      first = Math.min(first, step);
      last = Math.max(last, step);
    }
  }
  return first > last ? { first: null, last: null } : { first, last };
}
