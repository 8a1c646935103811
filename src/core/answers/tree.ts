/** The runs as the side panel lists them: nothing but what discovery and the configs tell. */

import type { Catalog } from "../catalog/catalog.js";
import { nameOf } from "../discovery/identifyRuns.js";
import { formatStep } from "../model/interval.js";
import { directoryOf, isInside } from "../io/path.js";
import type { Checkpoint, CheckpointState, JoinedBy, RunDir } from "../model/run.js";

export interface TreeRun {
  readonly key: string;
  readonly id: string;
  readonly label: string;
  readonly name: string;
  /** Folder that was searched. */
  readonly root: string;
  readonly experiment: string;
  readonly seedGroup: string | null;
  readonly directory: string;
  readonly file: string | null;
  readonly checkpoints: number;
  /** Files that its metrics are read from. */
  readonly files: number;
  /** Whether it has outcomes of single examples, by the files that were found. */
  readonly hasExamples: boolean;
  readonly systems: readonly string[];
  /** Where evaluations of other trees were taken from, and what says that they are this run's. */
  readonly joined: readonly JoinedEvaluations[];
  /** The parent's key and the step, for a run that branched. */
  readonly parent: {
    readonly key: string | null;
    readonly text: string;
    readonly step: number | null;
  } | null;
}

export interface JoinedEvaluations {
  readonly by: JoinedBy;
  /** The innermost directory that holds them all. */
  readonly directory: string;
  readonly files: number;
}

function joinedIn({ sources }: RunDir): JoinedEvaluations[] {
  const found = new Map<JoinedBy, { by: JoinedBy; directory: string; files: number }>();
  for (const { file, joinedBy: by } of sources) {
    if (by === undefined) continue;
    const joined = found.get(by) ?? { by, directory: directoryOf(file), files: 0 };
    found.set(by, joined);
    joined.files += 1;
    while (!isInside(joined.directory, file)) joined.directory = directoryOf(joined.directory);
  }
  return [...found.values()];
}

export async function answerTree(catalog: Catalog, signal?: AbortSignal): Promise<TreeRun[]> {
  const identities = await catalog.identify(signal);
  return catalog.runs().map((run) => {
    const identity = identities.get(run.key);
    return {
      key: run.key,
      id: catalog.idOf(run.key),
      label: identity?.label ?? nameOf(run),
      name: nameOf(run),
      root: run.root,
      experiment: identity?.experiment ?? "",
      seedGroup: identity?.seedGroup ?? null,
      directory: run.directory,
      file: run.file,
      checkpoints: run.checkpoints.length,
      files: run.sources.length,
      hasExamples: (run.examples?.length ?? 0) > 0,
      systems: run.systems,
      joined: joinedIn(run),
      parent: identity?.parent ?? null,
    };
  });
}

export interface CheckpointRow {
  readonly step: number;
  /** The step as people write it. */
  readonly label: string;
  readonly path: string;
  readonly container: Checkpoint["container"];
  readonly state: CheckpointState;
  readonly bytes: number | null;
  readonly reason: string | null;
}

/** Checkpoints of one run, looked into now that they are shown. */
export async function answerCheckpoints(catalog: Catalog, key: string): Promise<CheckpointRow[]> {
  const checkpoints = catalog.run(key)?.checkpoints ?? [];
  return Promise.all(
    checkpoints.map(async (checkpoint) => {
      const { state, bytes, reason } = await catalog.inspect(checkpoint, true);
      const { step, path, container } = checkpoint;
      return { step, label: formatStep(step), path, container, state, bytes, reason };
    }),
  );
}
