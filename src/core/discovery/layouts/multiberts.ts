/**
 * MultiBERTs as plain directories: repositories side by side, one checkpoint each; or as its archives are laid out,
 * `seed_S/step_N/`, with the final model in `seed_S` itself.
 */

import type { Files } from "../../io/files.js";
import { joinPath } from "../../io/path.js";
import { MULTIBERTS_SYSTEM, publishedRun } from "../../model/suites.js";
import type { Laid, Layout, Place } from "./layout.js";
import { entriesOf } from "./refs.js";
import { multibertsName } from "../../formats/revisionNames.js";

const BUNDLE = "bert.ckpt.index";
const SEED = /^seed_\d+$/;
const STEP = /^step_\d+$/;

export const multiberts: Layout = {
  system: MULTIBERTS_SYSTEM,
  claims: (place) =>
    (multibertsName(place.name) !== null && (place.has("config.json") || place.has(BUNDLE))) ||
    (SEED.test(place.name) && (place.has(BUNDLE) || place.entries.some(isStep))),
  lay,
};

function isStep({ name, kind }: Place["entries"][number]): boolean {
  return kind === "directory" && STEP.test(name);
}

async function lay(place: Place, files: Files): Promise<Laid | null> {
  const named = multibertsName(place.name);
  if (named) {
    const { run, step } = named;
    const checkpoint = {
      step,
      path: place.path,
      container: "directory",
      format: "multiberts",
    } as const;
    return { belongsTo: { sibling: run }, taken: new Set(), checkpoints: [checkpoint] };
  }
  if (!place.has(BUNDLE)) {
    const first = place.entries.find(isStep);
    const inside = await entriesOf(files, joinPath(place.path, first?.name ?? ""));
    return inside.some(({ name }) => name === BUNDLE)
      ? { belongsTo: "here", taken: new Set() }
      : null;
  }
  const path = joinPath(place.path, BUNDLE);
  const step = publishedRun(`multiberts-${place.name}`)?.lastStep;
  return {
    belongsTo: "here",
    taken: new Set([BUNDLE]),
    checkpoints:
      step === undefined ? [] : [{ step, path, container: "file", format: "tensorflow" }],
  };
}
