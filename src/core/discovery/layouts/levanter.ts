/**
 * Levanter's `checkpoints/<run>/` and `hf/<run>/`: what it saves of a run, and what it exports, lie in directories of the
 * run's name that are not side by side.
 */

import type { Entry, Files } from "../../io/files.js";
import { baseName, directoryOf, joinPath } from "../../io/path.js";
import { isPartOfRun } from "../directoryRoles.js";
import type { Laid, Layout, Place } from "./layout.js";
import { entriesOf } from "./refs.js";

export const levanterRun: Layout = {
  system: "Levanter",
  claims: (place) =>
    isPartOfRun(baseName(directoryOf(place.path))) &&
    !isPartOfRun(place.name) &&
    place.entries.some(isStep),
  lay,
};

function isStep({ name, kind }: Entry): boolean {
  return kind === "directory" && /^step-\d+$/.test(name);
}

/** Exports alone tell nothing of who made them: they join a run of that name, where there is one. */
async function lay(place: Place, files: Files): Promise<Laid | null> {
  const first = place.entries.find(isStep)?.name ?? "";
  const inside = await entriesOf(files, joinPath(place.path, first));
  const isOwn = inside.some(({ name }) => name === "metadata.json" || name === "config.json");
  return isOwn ? { belongsTo: { sibling: place.name }, taken: new Set() } : null;
}
