/**
 * The directories of HELM: one for each scenario and model, side by side in their suite. Those of one model are one run.
 */

import { HELM_INSTANCES, helmInstances } from "../../formats/examples/helmInstances.js";
import { HELM_SPEC, HELM_STATS, helm, helmRunName } from "../../formats/helm.js";
import { modelWithoutStep } from "../../formats/evaluated.js";
import { joinPath } from "../../io/path.js";
import type { Laid, Layout, Place } from "./layout.js";

function lay(place: Place): Promise<Laid> {
  const { path, name } = place;
  const { model } = helmRunName(name);
  const results = joinPath(path, HELM_STATS);
  return Promise.resolve({
    belongsTo: model === null ? "here" : { sibling: modelWithoutStep(model) },
    taken: "all",
    evaluations: [{ file: results, format: helm.format, split: null, stream: null }],
    examples: place.has(HELM_INSTANCES)
      ? [{ file: joinPath(path, HELM_INSTANCES), format: helmInstances.format, results }]
      : [],
  });
}

export const helmLayout: Layout = {
  system: helm.system,
  claims: (place) => place.has(HELM_STATS) && place.has(HELM_SPEC),
  lay,
  mayBelongAbove: (name) => helmRunName(name).model !== null,
};
