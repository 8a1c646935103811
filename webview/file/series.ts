/** The metrics of a file, each with its course as a small line. */

import type { FileSeries, SeriesInFile } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { formatStep, formatValue } from "../shared/format.js";
import { svg } from "../shared/svg.js";
import { listOf } from "../shared/listGrid.js";

const WIDTH = 104;
const HEIGHT = 18;

export function seriesList({ series, metrics }: SeriesInFile): ReturnType<typeof listOf> {
  return listOf<FileSeries>({
    title: "Metrics",
    head: "metric",
    rows: series,
    of: metrics,
    columnWidth: 120,
    nameOf: ({ metric, part, axis }) =>
      `${part === null ? "" : `${part}: `}${metric}${axis === null ? "" : ` (by ${axis})`}`,
    columns: [
      { name: "course", cell: course },
      { name: "last value", isNumber: true, cell: ({ value }) => formatValue(value) },
      {
        name: "lowest",
        isNumber: true,
        cell: ({ low }) => (low === null ? "—" : formatValue(low)),
      },
      {
        name: "highest",
        isNumber: true,
        cell: ({ high }) => (high === null ? "—" : formatValue(high)),
      },
      { name: "points", isNumber: true, cell: ({ points }) => formatStep(points) },
      {
        name: "steps",
        isNumber: true,
        cell: ({ first, last }) =>
          first === null || last === null ? "—" : `${formatStep(first)}–${formatStep(last)}`,
      },
      {
        name: "not finite",
        isNumber: true,
        cell: ({ nonFinite }) => (nonFinite === 0 ? "" : formatStep(nonFinite)),
      },
    ],
  });
}

/** Nothing is drawn over values that are no finite numbers. */
function course({ line, low, high, first, last }: FileSeries): HTMLElement {
  const picture = svg("svg", {
    class: "course",
    width: WIDTH,
    height: HEIGHT,
    "aria-hidden": "true",
  });
  const range = (last ?? 0) - (first ?? 0);
  const height = (high ?? 0) - (low ?? 0);
  let path = "";
  let isDown = false;
  for (const [i, value] of line.value.entries()) {
    if (!Number.isFinite(value)) {
      isDown = false;
      continue;
    }
    const across = range > 0 ? ((line.step[i] ?? 0) - (first ?? 0)) / range : 0.5;
    const up = height > 0 ? (value - (low ?? 0)) / height : 0.5;
    const x = 2 + across * (WIDTH - 4);
    const y = HEIGHT - 2 - up * (HEIGHT - 4);
    path += `${isDown ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    // A point by itself is drawn as a dot.
    if (!isDown) path += "h0.01";
    isDown = true;
  }
  picture.append(svg("path", { d: path }));
  return element("span", {}, picture);
}
