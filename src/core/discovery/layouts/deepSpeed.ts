/**
 * A directory of DeepSpeed's checkpoints whose tags its user chose: `latest` names one of them. Their steps are only inside.
 * Where it is missing, each such checkpoint is a run by itself.
 */

import { deepSpeed, modelStatesAmong } from "../../formats/checkpoints/deepSpeed.js";
import { checkpointDirectoryName } from "../../formats/checkpoints/index.js";
import { CheckpointLook } from "../../formats/checkpoints/look.js";
import type { Entry, Files } from "../../io/files.js";
import { directoryOf, joinPath } from "../../io/path.js";
import { problem, type Problem } from "../../model/problem.js";
import type { Checkpoint } from "../../model/run.js";
import type { Laid, Layout, Place } from "./layout.js";
import { entriesOf, textOf } from "./refs.js";

/** Each is opened. */
const MAX_TAGS = 64;

export const deepSpeedTags: Layout = {
  system: "DeepSpeed",
  claims: (place) =>
    (place.has("latest") && place.entries.some(isTag)) || holdsModelStates(place.entries),
  lay,
};

/** Tags that say the step are found by their name. */
function isTag({ name, kind }: Entry): boolean {
  const named = checkpointDirectoryName(name);
  return kind === "directory" && (!named || named.naming.needsLook === true);
}

async function lay(place: Place, files: Files): Promise<Laid | null> {
  if (holdsModelStates(place.entries)) return layTags([place.name], directoryOf(place.path), files);
  const latest = (await textOf(files, joinPath(place.path, "latest"), 4096))?.trim() ?? "";
  const tags = place.entries.filter(isTag).map(({ name }) => name);
  if (!tags.includes(latest)) return null;
  const laid = await layTags(tags.slice(0, MAX_TAGS), place.path, files);
  return laid.taken.size === 0 ? null : laid;
}

async function layTags(
  tags: readonly string[],
  directory: string,
  files: Files,
): Promise<Laid & { taken: ReadonlySet<string> }> {
  const checkpoints: Checkpoint[] = [];
  const problems: Problem[] = [];
  const taken = new Set<string>();
  for (const name of tags) {
    const path = joinPath(directory, name);
    const entries = await entriesOf(files, path);
    if (!holdsModelStates(entries)) continue;
    taken.add(name);
    const unknown: Checkpoint = { step: 0, path, container: "directory", format: "deepspeed" };
    const facts = await deepSpeed.facts?.(new CheckpointLook(files, unknown, entries));
    if (facts?.step !== undefined) checkpoints.push({ ...unknown, step: facts.step });
    else {
      const message =
        "neither the tag of this checkpoint nor its model states, as far as they are here, say its step: it is not listed";
      problems.push(problem("deepspeed/no-step", path, message));
    }
  }
  return { belongsTo: "here", taken, checkpoints, problems };
}

function holdsModelStates(entries: readonly Entry[]): boolean {
  return modelStatesAmong(entries.map(({ name }) => name)) !== null;
}
