/** A model in the Hugging Face cache: `models--ORG--NAME` with `refs`, `snapshots` and `blobs`. */

import type { Files } from "../../io/files.js";
import { joinPath } from "../../io/path.js";
import { problem, type Problem } from "../../model/problem.js";
import type { Checkpoint } from "../../model/run.js";
import type { Laid, Layout, Place } from "./layout.js";
import { COMMIT, entriesOf, looseRefs } from "./refs.js";
import { multibertsName, revisionOf } from "./revisionNames.js";

export const hubCache: Layout = {
  system: "Hugging Face Hub",
  claims: (place) =>
    place.name.startsWith("models--") && (place.has("snapshots") || place.has("refs")),
  lay,
};

async function lay(place: Place, files: Files): Promise<Laid> {
  const refs = new Map<string, string>();
  await looseRefs(files, joinPath(place.path, "refs"), refs);
  const snapshots = new Set(
    (await entriesOf(files, joinPath(place.path, "snapshots")))
      .filter(({ name, kind }) => kind === "directory" && COMMIT.test(name))
      .map(({ name }) => name),
  );
  const multiberts = multibertsName(place.name);
  const checkpoints: Checkpoint[] = [];
  const problems: Problem[] = [];
  const named = new Set<string>();
  for (const [name, commit] of refs) {
    const revision =
      multiberts && name === "main" ? { step: multiberts.step, stage: null } : revisionOf(name);
    if (!revision) continue;
    named.add(commit);
    const path = joinPath(joinPath(place.path, "snapshots"), commit);
    if (revision.stage !== null && revision.stage !== "stage1") {
      const message = `${name} is of a later stage, whose steps begin anew: it is not among this run's checkpoints`;
      problems.push(problem("hub/other-stage", path, message));
    } else if (snapshots.has(commit)) {
      checkpoints.push({ step: revision.step, path, container: "directory", format: "hub-cache" });
    } else {
      const address = `${place.path}@${name}`;
      checkpoints.push({
        step: revision.step,
        path: address,
        container: "remote",
        format: "hub-cache",
      });
    }
  }
  for (const commit of snapshots) {
    if (named.has(commit)) continue;
    const path = joinPath(joinPath(place.path, "snapshots"), commit);
    const message = "no revision with a step names this snapshot: its step is not known";
    problems.push(problem("hub/unknown-step", path, message));
  }
  return {
    belongsTo: multiberts ? { sibling: multiberts.run } : "here",
    taken: "all",
    checkpoints,
    configs: await configOf(place, files, snapshots),
    problems,
  };
}

async function configOf(
  place: Place,
  files: Files,
  snapshots: ReadonlySet<string>,
): Promise<string[]> {
  const [first] = [...snapshots].sort();
  if (first === undefined) return [];
  const directory = joinPath(joinPath(place.path, "snapshots"), first);
  const entries = await entriesOf(files, directory);
  return entries.some(({ name }) => name === "config.json")
    ? [joinPath(directory, "config.json")]
    : [];
}
