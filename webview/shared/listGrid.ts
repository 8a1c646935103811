/** A list of things with some columns each, found by their names, of which only those in view are drawn. */

import { textField } from "./controls.js";
import { element } from "./dom.js";
import { formatStep } from "./format.js";
import { VirtualGrid } from "./virtualGrid.js";

export interface GridColumn<Row> {
  readonly name: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => HTMLElement | string;
}

export interface ListParts<Row> {
  readonly title: string;
  /** Heads the first column. */
  readonly head: string;
  readonly rows: readonly Row[];
  /** How many there are, where not all are listed. */
  readonly of?: number;
  readonly columns: readonly GridColumn<Row>[];
  readonly columnWidth: number;
  readonly nameOf: (row: Row) => string;
}

/** Pixels: of a row, and of a header. */
export const ROW_HEIGHT = 24;

/** Rows by name, with a filter where there are many. `shown` is called when the element is in the document. */
export function listOf<Row>(parts: ListParts<Row>): { element: HTMLElement; shown: () => void } {
  const { title, rows, columns, nameOf } = parts;
  let matching = rows;
  const heading = element("h2");
  const grid = new VirtualGrid({
    label: title,
    corner: parts.head,
    rowHeight: ROW_HEIGHT,
    headerHeight: ROW_HEIGHT,
    columnWidth: parts.columnWidth,
    headWidth: headWidth(),
    cell: (row, column) => {
      const [one, { cell, isNumber = false } = { cell: () => "" }] = [
        matching[row],
        columns[column],
      ];
      return one === undefined
        ? null
        : element("span", { class: isNumber ? "number" : "" }, cell(one));
    },
    rowHead: (row) => named(matching[row] === undefined ? "" : nameOf(matching[row])),
    columnHead: (column) => {
      const { name, isNumber = false } = columns[column] ?? { name: "" };
      return element("span", { class: isNumber ? "number" : "" }, name);
    },
    activate: null,
  });
  const show = (): void => {
    const count = matching.length === rows.length ? "" : `${formatStep(matching.length)} of `;
    const all = parts.of ?? rows.length;
    const listed = all > rows.length ? `${formatStep(rows.length)} of ` : "";
    heading.textContent = `${title} (${count}${listed}${formatStep(all)})`;
    grid.show(matching.length, columns.length);
  };
  const filter = textField(`Filter ${title.toLowerCase()}`, (text) => {
    const wanted = text.toLowerCase();
    matching = rows.filter((row) => nameOf(row).toLowerCase().includes(wanted));
    show();
  });
  return {
    element: element(
      "section",
      { attributes: { "aria-label": title } },
      element("div", { class: "heading" }, heading, ...(rows.length > 8 ? [filter] : [])),
      grid.element,
    ),
    shown: show,
  };
}

/** Names are long: more than half of a narrow page, and no more than they need of a wide one. */
export function headWidth(): number {
  return Math.round(Math.max(130, Math.min(420, document.body.clientWidth * 0.4)));
}

/** A name that may be cut, with all of it as its title. */
export function named(text: string): HTMLElement {
  return element("span", { class: "name", title: text }, text);
}
