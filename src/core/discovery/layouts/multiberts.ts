/** MultiBERTs as plain directories side by side, one checkpoint each, and `seed_S` with the final model in it. */

import { joinPath } from "../../io/path.js";
import type { Laid, Layout, Place } from "./layout.js";
import { multibertsName } from "./revisionNames.js";

const FINAL = "bert.ckpt.index";
const FINAL_STEP = 2_000_000;

export const multiberts: Layout = {
  system: "MultiBERTs",
  claims: (place) =>
    (multibertsName(place.name) !== null && (place.has("config.json") || place.has(FINAL))) ||
    (/^seed_\d+$/.test(place.name) && place.has(FINAL)),
  lay: (place) => Promise.resolve(lay(place)),
};

function lay(place: Place): Laid {
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
  const path = joinPath(place.path, FINAL);
  return {
    belongsTo: "here",
    taken: new Set(),
    checkpoints: [{ step: FINAL_STEP, path, container: "file", format: "multiberts" }],
  };
}
