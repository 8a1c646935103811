/** All shaded onsets as a table: the same as the bands, for people who cannot see a chart. */

import { element } from "../shared/dom.js";
import type { TimelineView } from "./state.js";

export function onsetTable(
  { answer, runs, groups }: TimelineView,
  moveCursor: (step: number) => void,
): HTMLElement {
  const table = element("table", { class: "numbers" });
  table.createCaption().textContent = "Onsets of the compared runs";
  const head = table.createTHead().insertRow();
  for (const column of ["behaviour", "seed group", "run", "onset", "next"]) {
    head.append(element("th", { attributes: { scope: "col" } }, column));
  }
  const body = table.createTBody();
  const seen = new Set<string>();
  for (const { bands, metric } of answer.charts) {
    for (const band of bands) {
      const id = `${band.run} ${band.behaviour} ${metric}`;
      if (seen.has(id)) continue;
      seen.add(id);
      const run = runs[band.run];
      const interval = element("button", { class: "link" }, band.text);
      interval.addEventListener("click", () => {
        const step = band.by ?? band.after;
        if (step !== null) moveCursor(step);
      });
      body.append(
        element(
          "tr",
          {},
          element("td", { title: metric }, band.behaviour),
          element("td", {}, groups[run?.group ?? -1]?.name ?? ""),
          element("td", {}, run?.label ?? ""),
          element("td", {}, interval),
          element("td", { class: "muted" }, band.advice ?? ""),
        ),
      );
    }
  }
  if (body.rows.length === 0) {
    return element(
      "p",
      { class: "muted" },
      "No behaviour that is known here fits the metrics shown.",
    );
  }
  return table;
}
