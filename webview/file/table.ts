/** A table: the metrics in it, where it is a log, and its rows, asked for as they come into view. */

import type { FileContents, ShownCell, TableRows } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { counted, formatStep, formatValue } from "../shared/format.js";
import { PagedRows } from "../shared/pagedRows.js";
import { VirtualGrid } from "../shared/virtualGrid.js";
import { rangeOf } from "./events.js";
import { named, ROW_HEIGHT } from "../shared/listGrid.js";
import type { FileView } from "./main.js";
import { seriesList } from "./series.js";

type Table = Extract<FileContents, { kind: "table" }>;

/** More rows than this make a page higher than browsers can scroll. */
const MAX_ROWS = 1_000_000;

export function tableView(
  { columns, left, rows, metrics }: Table,
  ask: (from: number, to: number) => Promise<TableRows>,
): FileView {
  const note = element("p", { class: "muted", attributes: { role: "status" } });
  const shownRows = Math.min(rows, MAX_ROWS);
  let reason: string | null = null;
  const paged = new PagedRows<readonly ShownCell[]>(
    async (from, to) => {
      const page = await ask(from, to);
      reason = page.note;
      return page.rows;
    },
    (failure) => {
      note.textContent = failure ?? reason ?? "";
      if (failure === null) grid.show(shownRows, columns.length);
    },
  );
  const grid = new VirtualGrid({
    label: "Rows",
    corner: "row",
    rowHeight: ROW_HEIGHT,
    headerHeight: 2 * ROW_HEIGHT,
    columnWidth: 130,
    headWidth: 80,
    cell: (row, column) => cellOf(paged.at(row)?.[column]),
    rowHead: (row) => element("span", { class: "number" }, formatStep(row + 1)),
    columnHead: (column) => {
      const { name, type } = columns[column] ?? { name: "", type: "" };
      const caption = element("span", { class: "type" }, type);
      return element("span", {}, named(name), caption);
    },
    activate: null,
  });
  const list = metrics && metrics.series.length > 0 ? seriesList(metrics) : null;
  const title =
    shownRows < rows
      ? `Rows (the first ${formatStep(shownRows)} of ${formatStep(rows)})`
      : `Rows (${formatStep(rows)})`;
  return {
    facts: [
      counted(rows, "row"),
      counted(columns.length + left.length, "column"),
      ...(metrics ? [counted(metrics.metrics, "metric"), ...rangeOf(metrics.series)] : []),
    ],
    parts: [
      ...(list ? [list.element] : []),
      element(
        "section",
        { attributes: { "aria-label": "Rows" } },
        element("h2", {}, title),
        ...(left.length > 0 ? [leftOut(left)] : []),
        note,
        ...(shownRows > 0 && columns.length > 0 ? [grid.element] : []),
      ),
    ],
    shown: () => {
      list?.shown();
      if (shownRows > 0 && columns.length > 0) grid.show(shownRows, columns.length);
    },
  };
}

function leftOut(left: Table["left"]): HTMLElement {
  const names = left.slice(0, 20).map(({ name, type }) => `${name} (${type})`);
  const more = left.length > names.length ? `, and ${left.length - names.length} more` : "";
  return element("p", { class: "muted" }, `Not shown: ${names.join(", ")}${more}.`);
}

function cellOf(cell: ShownCell | undefined): HTMLElement | null {
  if (cell === undefined) return null;
  if (cell === null) return element("span", { class: "muted" }, "null");
  if (typeof cell === "number") {
    const text = Number.isInteger(cell) ? formatStep(cell) : formatValue(cell);
    return element("span", { class: "number", title: String(cell) }, text);
  }
  return named(String(cell));
}
