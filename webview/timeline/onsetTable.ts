/** All shaded onsets as a table: the same as the bands, for people who cannot see a chart. */

import type { Band } from "../../src/core/index.js";
import { button } from "../shared/controls.js";
import { element } from "../shared/dom.js";
import type { TimelineView } from "./state.js";

export interface OnsetTableActions {
  readonly moveCursor: (step: number) => void;
  /** Asks the user when something did begin. */
  readonly ask: () => void;
}

/** By behaviour and metric as they are drawn, and in each by onset; runs in which it never came last. */
export function onsetTable(view: TimelineView, actions: OnsetTableActions): HTMLElement {
  const rows = view.answer.charts.flatMap(({ bands, metric }) =>
    [...bands].sort(byOnset).map((band) => ({ band, metric })),
  );
  if (rows.length === 0) {
    const text = "No behaviour that is known here has an answer in the metrics shown.";
    return element(
      "p",
      { class: "muted" },
      `${text} Ask when one began: `,
      button("When did …", actions.ask),
    );
  }
  const hasAdvice = rows.some(({ band }) => band.advice !== null);
  const table = element("table", { class: "numbers" });
  table.createCaption().textContent = "Onsets of the compared runs";
  const head = table.createTHead().insertRow();
  const columns = ["behaviour", "metric", "run", "onset", ...(hasAdvice ? [""] : [])];
  for (const column of columns) {
    head.append(element("th", { attributes: { scope: "col" } }, column));
  }
  const body = table.createTBody();
  for (const { band, metric } of rows) {
    const interval = element("button", { class: "link" }, band.text);
    interval.addEventListener("click", () => {
      const step = band.by ?? band.after;
      if (step !== null) actions.moveCursor(step);
    });
    body.append(
      element(
        "tr",
        {},
        element("td", {}, band.behaviour),
        element("td", {}, metric),
        element("td", {}, view.runs[band.run]?.label ?? ""),
        element("td", {}, interval),
        ...(hasAdvice ? [element("td", { class: "muted" }, band.advice ?? "")] : []),
      ),
    );
  }
  return table;
}

function byOnset(a: Band, b: Band): number {
  const difference = (a.by ?? Infinity) - (b.by ?? Infinity);
  return difference || (a.after ?? -Infinity) - (b.after ?? -Infinity) || 0;
}
