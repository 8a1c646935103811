/** A model in the Hugging Face cache: `models--ORG--NAME` with `refs`, `snapshots` and `blobs`. */

import type { Files } from "../../io/files.js";
import { joinPath } from "../../io/path.js";
import { problem, type Problem } from "../../model/problem.js";
import type { Checkpoint } from "../../model/run.js";
import { publishedRunOf } from "../../model/suites.js";
import type { Laid, Layout, Place } from "./layout.js";
import { COMMIT, entriesOf, looseRefs } from "./refs.js";
import { multibertsName, revisionOf, tokensOf } from "../../formats/revisionNames.js";

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
  const last = publishedRunOf({ directory: place.path, part: null, systems: [] })?.lastStep;
  const parts = new Map<string | null, Checkpoint[]>();
  const problems: Problem[] = [];
  const named = new Set<string>();
  for (const [name, commit] of refs) {
    const isMain = name === "main";
    const mainStep = isMain ? (multiberts?.step ?? last) : undefined;
    const revision =
      mainStep === undefined ? revisionOf(name) : { step: mainStep, part: null, tokens: null };
    if (!revision) continue;
    const { part, step } = revision;
    const isHere = snapshots.has(commit);
    // The last step can be there under its own name as well, or be asked for by no name at all.
    if (isMain && multiberts === null && !isHere) continue;
    named.add(commit);
    const checkpoint = {
      step,
      path: isHere ? snapshotAt(place, commit) : `${place.path}@${name}`,
      container: isHere ? "directory" : "remote",
      format: "hub-cache",
      ...tokensOf(name, revision),
    } as const;
    parts.set(part, [...(parts.get(part) ?? []), checkpoint]);
  }
  for (const commit of snapshots) {
    if (named.has(commit)) continue;
    const message = "no revision with a step names this snapshot: its step is not known";
    problems.push(problem("hub/unknown-step", snapshotAt(place, commit), message));
  }
  const checkpoints = parts.get(null) ?? [];
  parts.delete(null);
  return {
    belongsTo: multiberts ? { sibling: multiberts.run } : "here",
    taken: "all",
    checkpoints,
    parts: new Map([...parts].map(([part, own]) => [part ?? "", own])),
    configs: await configOf(
      place,
      files,
      [...named].filter((commit) => snapshots.has(commit)),
      snapshots,
    ),
    problems,
  };
}

function snapshotAt(place: Place, commit: string): string {
  return joinPath(joinPath(place.path, "snapshots"), commit);
}

/** Snapshots that are looked into for the config, which is the same in all. */
const MAX_LOOKED = 16;

async function configOf(
  place: Place,
  files: Files,
  named: readonly string[],
  snapshots: ReadonlySet<string>,
): Promise<string[]> {
  for (const commit of new Set([...named, ...[...snapshots].sort()].slice(0, MAX_LOOKED))) {
    const directory = snapshotAt(place, commit);
    const entries = await entriesOf(files, directory);
    if (entries.some(({ name }) => name === "config.json")) {
      return [joinPath(directory, "config.json")];
    }
  }
  return [];
}
