/**
 * The directories of HELM: one for each scenario and model, side by side in their suite. Those of one model are one run.
 */

import { HELM_SPEC, HELM_STATS, helm, helmRunName } from "../../formats/helm.js";
import { modelWithoutStep } from "../../formats/evaluated.js";
import { joinPath } from "../../io/path.js";
import type { Laid, Layout, Place } from "./layout.js";

function lay({ path, name }: Place): Promise<Laid> {
  const { model } = helmRunName(name);
  return Promise.resolve({
    belongsTo: model === null ? "here" : { sibling: modelWithoutStep(model) },
    taken: "all",
    evaluations: [
      { file: joinPath(path, HELM_STATS), format: helm.format, split: null, stream: null },
    ],
  });
}

export const helmLayout: Layout = {
  system: helm.system,
  claims: (place) => place.has(HELM_STATS) && place.has(HELM_SPEC),
  lay,
  mayBelongAbove: (name) => helmRunName(name).model !== null,
};
