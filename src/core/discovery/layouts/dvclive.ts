/** DVCLive's directory: `plots/metrics/` with one table per metric, `metrics.json`, `params.yaml`. Its name is free. */

import { filesBelow } from "../../formats/mlflowRun.js";
import { joinPath } from "../../io/path.js";
import type { Source } from "../../model/run.js";
import type { Layout } from "./layout.js";

export const dvcliveDirectory: Layout = {
  system: "DVCLive",
  claims: (place) =>
    (place.has("plots") && place.has("metrics.json")) ||
    (place.name === "dvclive" && (place.has("plots") || place.has("metrics.json"))),
  async lay(place, files) {
    const tables = joinPath(place.path, "plots/metrics");
    const names = (await filesBelow(files, tables)).filter((name) => name.endsWith(".tsv"));
    if (names.length === 0 && place.name !== "dvclive") return null;
    const latest = joinPath(place.path, "metrics.json");
    const found =
      names.length > 0
        ? names.map((name) => joinPath(tables, name))
        : place.has("metrics.json")
          ? [latest]
          : [];
    return {
      belongsTo: { sibling: "dvclive" },
      taken: new Set(["plots", "metrics.json", "params.yaml", "dvc.yaml"]),
      logs: found.map((file): Source => ({ file, format: "dvclive", split: null, stream: null })),
      configs: place.has("params.yaml") ? [joinPath(place.path, "params.yaml")] : [],
    };
  },
  mayBelongAbove: (name) => name === "dvclive",
};
