/** The examples by when they were learned: clusters with their intervals and sizes. */

import type { LearnedExamples } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";

type Cluster = LearnedExamples["clusters"][number];

export function clusterList({ clusters, rows }: LearnedExamples): HTMLElement {
  return element(
    "ul",
    { attributes: { "aria-label": "clusters of examples by onset" } },
    ...clusters.map((cluster) => {
      const share = cluster.examples / Math.max(1, rows.of);
      const bar = element("span", { class: "share", attributes: { "aria-hidden": "true" } });
      bar.style.width = `${share * 100}%`;
      return element(
        "li",
        {},
        element("span", { class: "when" }, whenText(cluster)),
        element(
          "span",
          { class: "count" },
          `${formatStep(cluster.examples)} (${(100 * share).toFixed(0)} %)`,
        ),
        element("span", { class: "bar" }, bar),
      );
    }),
  );
}

function whenText({ kind, after, by }: Cluster): string {
  switch (kind) {
    case "first":
      return "right at the first evaluation";
    case "learned":
      return `learned in (${formatStep(after ?? 0)}, ${formatStep(by ?? 0)}]`;
    case "never":
      return "never learned";
    case "unknown":
      return "never evaluated";
  }
}
