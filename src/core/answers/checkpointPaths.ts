/** Which texts of a file are paths of checkpoints that were found: for links in configs and logs. */

import type { Catalog } from "../catalog/catalog.js";
import { stepInName } from "../formats/stepNames.js";
import { directoryOf, isInside, resolvePath, toSlashes } from "../io/path.js";
import type { Checkpoint, RunDir } from "../model/run.js";

export interface CheckpointPlace {
  /** Key of the run. */
  readonly run: string;
  readonly step: number;
  readonly path: string;
  readonly container: Checkpoint["container"];
}

/**
 * An answer for each text; null for one that is no checkpoint's path, or could be several's. A path counts from the file's
 * directory, from that of the run it lies in, or from the folder that was searched; more than a name also by its end, since runs are moved.
 */
export function answerCheckpointPaths(
  catalog: Catalog,
  file: string,
  texts: readonly string[],
): (CheckpointPlace | null)[] {
  const kept = new Map<RunDir, readonly Checkpoint[]>();
  const checkpointsOf = (run: RunDir): readonly Checkpoint[] => {
    const known =
      kept.get(run) ?? run.checkpoints.filter(({ container }) => container !== "remote");
    kept.set(run, known);
    return known;
  };
  return texts.map((text) => {
    const wanted = upToStep(toSlashes(text));
    if (!wanted) return null;
    const { path, step } = wanted;
    const end = `/${path.replace(/^(\.{0,2}\/)+/, "")}`;
    const isMoreThanName = end.indexOf("/", 1) > 0;
    const exact = new Map<string, CheckpointPlace>();
    const moved = new Map<string, CheckpointPlace>();
    for (const run of catalog.runs()) {
      if (!run.checkpoints.hasStep(step)) continue;
      const own = isInside(run.directory, file) ? [run.directory] : [];
      const from = [directoryOf(file), ...own, run.root];
      const places = new Set(from.map((directory) => resolvePath(directory, path)));
      for (const checkpoint of checkpointsOf(run)) {
        if (checkpoint.step !== step) continue;
        const found = {
          ...{ run: run.key, step, path: checkpoint.path, container: checkpoint.container },
        };
        if (places.has(checkpoint.path)) exact.set(checkpoint.path, found);
        else if (isMoreThanName && checkpoint.path.endsWith(end)) moved.set(checkpoint.path, found);
      }
    }
    return onlyOne(exact) ?? (exact.size === 0 ? onlyOne(moved) : null);
  });
}

function onlyOne(found: ReadonlyMap<string, CheckpointPlace>): CheckpointPlace | null {
  const [first] = found.values();
  return found.size === 1 ? (first ?? null) : null;
}

/** The path up to its first part that names a step: what follows lies in the checkpoint. */
function upToStep(path: string): { readonly path: string; readonly step: number } | null {
  const parts = path.replace(/\/+$/, "").split("/");
  for (const [index, part] of parts.entries()) {
    const step = stepInName(part);
    if (step !== null) return { path: parts.slice(0, index + 1).join("/"), step };
  }
  return null;
}
