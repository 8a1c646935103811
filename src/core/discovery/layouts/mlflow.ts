/** A run of MLflow's file store: a directory named by 32 hexadecimal digits with `meta.yaml` and `metrics/`. */

import { filesBelow, parseMlflowMeta, readText } from "../../formats/mlflowRun.js";
import { joinPath } from "../../io/path.js";
import { problem } from "../../model/problem.js";
import type { Laid, Layout } from "./layout.js";

/** Nothing of it is a run any more. */
const DELETED: Laid = { belongsTo: "here", taken: "all" };

export const mlflowRun: Layout = {
  system: "MLflow",
  claims: (place) =>
    /^[0-9a-f]{32}$/.test(place.name) &&
    (place.has("metrics") || place.has("params")) &&
    (place.has("meta.yaml") || place.has("tags")),
  async lay(place, files) {
    const metaPath = joinPath(place.path, "meta.yaml");
    const meta = parseMlflowMeta(await readText(files, metaPath));
    if (typeof meta !== "string" && meta.isDeleted) return DELETED;
    const metrics = joinPath(place.path, "metrics");
    return {
      belongsTo: "here",
      taken: "all",
      logs: (await filesBelow(files, metrics)).map((name) => ({
        file: joinPath(metrics, name),
        format: "mlflow",
        split: null,
        stream: null,
      })),
      configs: ["tags", "meta.yaml", "params"]
        .filter((name) => place.has(name))
        .map((name) => joinPath(place.path, name)),
      problems:
        typeof meta === "string"
          ? [
              problem(
                "mlflow/bad-meta",
                metaPath,
                `cannot be used: ${meta}; the run is shown without its name`,
              ),
            ]
          : [],
    };
  },
};
