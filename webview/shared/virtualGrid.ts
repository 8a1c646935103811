/**
 * A table of any size, of which only what is in view is in the document: rows with a head that stays at the left, columns
 * with heads that stay at the top. Arrow keys, Home, End and the page keys move one focused cell.
 */

import { element } from "./dom.js";

export interface GridParts {
  readonly label: string;
  readonly corner: string;
  /** Pixels. */
  readonly rowHeight: number;
  readonly columnWidth: number;
  readonly headWidth: number;
  readonly headerHeight: number;
  /** Content of a cell; null for an empty one. */
  cell(row: number, column: number): HTMLElement | null;
  rowHead(row: number): HTMLElement;
  columnHead(column: number): HTMLElement;
  /** Enter, Space or a click. Null where cells are only read. */
  readonly activate: ((row: number, column: number) => void) | null;
}

/** Rows and columns drawn beyond the edges, so that scrolling finds them there. */
const MARGIN = 4;

export class VirtualGrid {
  readonly element: HTMLElement;
  private readonly body = element("div", { class: "grid-body" });
  private rows = 0;
  private columns = 0;
  private focused = { row: 0, column: 0 };
  private scheduled = false;

  constructor(private readonly parts: GridParts) {
    this.element = element(
      "div",
      {
        class: parts.activate ? "grid" : "grid is-read",
        attributes: { role: "grid", "aria-label": parts.label },
      },
      this.body,
    );
    this.element.addEventListener("scroll", () => {
      this.schedule();
    });
    this.element.addEventListener("keydown", (event) => {
      this.onKey(event);
    });
    this.element.addEventListener("click", ({ target }) => {
      const cell = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
      if (!cell) return;
      const row = Number(cell.dataset["row"]);
      const column = Number(cell.dataset["column"]);
      this.focus(row, column);
      parts.activate?.(row, column);
    });
    new ResizeObserver(() => {
      this.schedule();
    }).observe(this.element);
  }

  /** Draws anew: what the cells hold is asked again. */
  show(rows: number, columns: number): void {
    this.rows = rows;
    this.columns = columns;
    this.focused = {
      row: Math.min(this.focused.row, Math.max(0, rows - 1)),
      column: Math.min(this.focused.column, Math.max(0, columns - 1)),
    };
    this.element.setAttribute("aria-rowcount", String(rows + 1));
    this.element.setAttribute("aria-colcount", String(columns + 1));
    this.draw();
  }

  /** Brings a cell into view and moves the focus there. */
  focus(row: number, column: number): void {
    this.focused = { row, column };
    const { rowHeight, columnWidth, headWidth, headerHeight } = this.parts;
    const { element: box } = this;
    const top = row * rowHeight;
    const left = column * columnWidth;
    const height = box.clientHeight - headerHeight;
    const width = box.clientWidth - headWidth;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + height) box.scrollTop = top + rowHeight - height;
    if (left < box.scrollLeft) box.scrollLeft = left;
    else if (left + columnWidth > box.scrollLeft + width) {
      box.scrollLeft = left + columnWidth - width;
    }
    this.draw();
    this.focusedCell()?.focus({ preventScroll: true });
  }

  private focusedCell(): HTMLElement | null {
    const { row, column } = this.focused;
    return this.body.querySelector(`[data-row="${row}"][data-column="${column}"]`);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.draw();
    });
  }

  private draw(): void {
    const { rowHeight, columnWidth, headWidth, headerHeight } = this.parts;
    const box = this.element;
    const [firstRow, lastRow] = span(box.scrollTop, box.clientHeight, rowHeight, this.rows);
    const [firstColumn, lastColumn] = span(
      box.scrollLeft,
      box.clientWidth,
      columnWidth,
      this.columns,
    );
    this.body.style.width = `${headWidth + this.columns * columnWidth}px`;
    this.body.style.height = `${headerHeight + this.rows * rowHeight}px`;
    const columns = Array.from({ length: lastColumn - firstColumn }, (_, i) => firstColumn + i);
    const rows = Array.from({ length: lastRow - firstRow }, (_, i) => firstRow + i);
    const hadFocus = this.body.contains(document.activeElement);
    this.body.replaceChildren(this.header(columns), ...rows.map((row) => this.row(row, columns)));
    if (hadFocus) this.focusedCell()?.focus({ preventScroll: true });
  }

  private header(columns: readonly number[]): HTMLElement {
    const { corner, headWidth, headerHeight, columnWidth } = this.parts;
    const first = this.placed("div", "columnheader", 0, headWidth);
    first.classList.add("grid-corner");
    first.append(corner);
    const row = element(
      "div",
      { class: "grid-header", attributes: { role: "row", "aria-rowindex": "1" } },
      first,
      ...columns.map((column) => {
        const head = this.placed("div", "columnheader", column + 1, columnWidth);
        head.style.left = `${headWidth + column * columnWidth}px`;
        head.append(this.parts.columnHead(column));
        return head;
      }),
    );
    row.style.height = `${headerHeight}px`;
    return row;
  }

  private row(row: number, columns: readonly number[]): HTMLElement {
    const { rowHeight, headWidth, headerHeight, columnWidth } = this.parts;
    const head = this.placed("div", "rowheader", 0, headWidth);
    head.classList.add("grid-head");
    head.append(this.parts.rowHead(row));
    const made = element(
      "div",
      { class: "grid-row", attributes: { role: "row", "aria-rowindex": String(row + 2) } },
      head,
      ...columns.map((column) => {
        const cell = this.placed("div", "gridcell", column + 1, columnWidth);
        cell.style.left = `${headWidth + column * columnWidth}px`;
        cell.dataset["row"] = String(row);
        cell.dataset["column"] = String(column);
        const isFocused = row === this.focused.row && column === this.focused.column;
        cell.tabIndex = isFocused ? 0 : -1;
        const content = this.parts.cell(row, column);
        if (content) cell.append(content);
        return cell;
      }),
    );
    made.style.top = `${headerHeight + row * rowHeight}px`;
    made.style.height = `${rowHeight}px`;
    return made;
  }

  private placed(tag: "div", role: string, column: number, width: number): HTMLElement {
    const made = element(tag, {
      class: "grid-cell",
      attributes: { role, "aria-colindex": String(column + 1) },
    });
    made.style.width = `${width}px`;
    return made;
  }

  private onKey(event: KeyboardEvent): void {
    const { row, column } = this.focused;
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.parts.rowHeight) - 2);
    const targets: Readonly<Record<string, readonly [row: number, column: number]>> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      PageDown: [row + page, column],
      PageUp: [row - page, column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? this.rows - 1 : row, this.columns - 1],
    };
    const target = targets[event.key];
    if (target) {
      event.preventDefault();
      const [to, across] = target;
      this.focus(
        Math.max(0, Math.min(this.rows - 1, to)),
        Math.max(0, Math.min(this.columns - 1, across)),
      );
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.parts.activate?.(row, column);
    }
  }
}

/** Indices in view, from the first to behind the last. */
function span(
  scrolled: number,
  length: number,
  size: number,
  count: number,
): [first: number, end: number] {
  const first = Math.max(0, Math.floor(scrolled / size) - MARGIN);
  return [first, Math.min(count, Math.ceil((scrolled + length) / size) + MARGIN)];
}
