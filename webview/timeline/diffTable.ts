/**
 * What differs at the cursor: every compared run or seed group against the baseline, and against its own previous checkpoint
 * or a pin. Only the rows in view are in the document, and a move of the cursor changes no more than their texts.
 */

import type { AtStepAnswer, AtStepRow } from "../../src/core/index.js";
import { shownText } from "../../src/protocol/shownText.js";
import { textField } from "../shared/controls.js";
import { element, setText } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";
import {
  COLUMNS,
  matching,
  sorted,
  type Column,
  type ColumnId,
  type DiffRows,
  type Order,
} from "./diffRows.js";

export interface DiffTableActions {
  readonly setBaseline: (run: string) => void;
  readonly openDiff: (run: string) => void;
  readonly copy: (format: "tsv" | "markdown") => void;
}

/** Pixels of a row; the style sheet says the same. */
const ROW = 22;
const MARGIN = 10;

export class DiffTable {
  readonly element: HTMLElement;
  private readonly caption = element("caption", {});
  private readonly head = element("tr", {});
  private readonly above = element("tr", { class: "space", attributes: { "aria-hidden": "true" } });
  private readonly below = element("tr", { class: "space", attributes: { "aria-hidden": "true" } });
  private readonly body = element("tbody", {});
  private readonly table = element("table", { class: "numbers diff" }, this.caption);
  private readonly empty = element("p", { class: "muted", hidden: true });
  private answer: AtStepAnswer | null = null;
  private rows: readonly AtStepRow[] = [];
  private columns: readonly Column[] = [];
  private order: Order | null = null;
  private filter = "";
  private since: number | null = null;
  private readonly lines: HTMLTableRowElement[] = [];
  private inView: { readonly first: number; readonly end: number; readonly of: number } | null =
    null;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly actions: DiffTableActions,
  ) {
    const filter = textField("Filter metrics and runs", (text) => {
      this.filter = text;
      this.refresh();
    });
    const copy = (label: string, format: "tsv" | "markdown"): HTMLElement => {
      const button = element(
        "button",
        { class: "link", title: `Copy the table as ${label}` },
        label,
      );
      button.addEventListener("click", () => {
        actions.copy(format);
      });
      return button;
    };
    this.table.append(element("thead", {}, this.head), this.body);
    this.element = element(
      "div",
      { class: "diff-table" },
      element(
        "div",
        { class: "table-tools" },
        filter,
        element("span", { class: "muted" }, "copy as"),
        copy("TSV", "tsv"),
        copy("Markdown", "markdown"),
      ),
      this.table,
      this.empty,
    );
    scroller.addEventListener("scroll", () => {
      requestAnimationFrame(() => {
        this.inView = null;
        this.fill();
      });
    });
    new ResizeObserver(() => {
      this.inView = null;
      this.fill();
    }).observe(scroller);
    this.body.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest<HTMLElement>("button") : null;
      const row = this.rows[Number(button?.closest("tr")?.dataset["index"])];
      if (!button || !row) return;
      if (button.dataset["does"] === "baseline") actions.setBaseline(row.run);
      else actions.openDiff(row.run);
    });
  }

  /** `since`: the pinned step that rows are compared with; null for their previous checkpoints. */
  show(answer: AtStepAnswer, since: number | null): void {
    this.answer = answer;
    this.since = since;
    this.caption.textContent = titleOf(answer.step, since);
    this.refresh();
  }

  /** What is shown, in its order: for copies. */
  get shown(): DiffRows | null {
    const { answer, rows, columns, since } = this;
    return answer && { title: titleOf(answer.step, since), columns, rows };
  }

  private refresh(): void {
    if (!this.answer) return;
    const { rows } = this.answer;
    const hasGroups = rows.some(({ n, sd }) => n > 1 || sd !== null);
    const columns = COLUMNS(this.since).filter(({ isOfGroups }) => !isOfGroups || hasGroups);
    const isSame =
      columns.length === this.columns.length &&
      columns.every(({ title }, i) => title === this.columns[i]?.title);
    if (!isSame) {
      this.columns = columns;
      this.head.replaceChildren(...columns.map((column) => this.headOf(column)));
      this.body.replaceChildren(this.above, this.below);
      this.lines.length = 0;
    }
    this.rows = sorted(matching(rows, this.filter), this.order, this.columns);
    this.table.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.empty.hidden = this.rows.length > 0;
    this.empty.textContent =
      rows.length === 0 ? "No run has a value of these metrics." : "No metric or run is called so.";
    this.fill();
  }

  private headOf(column: Column): HTMLElement {
    const sort = element("button", { class: "link sort" }, column.title);
    const head = element(
      "th",
      {
        class: `of-${column.id}${column.isNumber ? " number" : ""}`,
        title: column.title,
        attributes: { scope: "col" },
      },
      sort,
    );
    const say = (): void => {
      const order = this.order?.by === column.id ? this.order : null;
      const way = order === null ? "none" : order.isDescending ? "descending" : "ascending";
      head.setAttribute("aria-sort", way);
      sort.dataset["way"] = way;
    };
    sort.addEventListener("click", () => {
      this.order = nextOrder(this.order, column);
      for (const other of this.head.children) other.dispatchEvent(new Event("sorted"));
      this.refresh();
    });
    head.addEventListener("sorted", say);
    say();
    return head;
  }

  /** Which rows are in view. Only what scrolls or changes their number asks: it makes the page lay everything out. */
  private measure(): void {
    const { scroller, rows } = this;
    const top = this.body.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    const height = Math.max(scroller.clientHeight, 200);
    const first = Math.max(0, Math.min(rows.length, Math.floor(-top / ROW) - MARGIN));
    const end = Math.max(first, Math.min(rows.length, Math.ceil((height - top) / ROW) + MARGIN));
    this.inView = { first, end, of: rows.length };
  }

  /** Puts the rows in view into the document. */
  private fill(): void {
    if (!this.answer) return;
    const { rows, lines } = this;
    if (this.inView?.of !== rows.length) this.measure();
    const { first, end } = this.inView ?? { first: 0, end: 0 };
    const count = end - first;
    while (lines.length < count) {
      const line = element("tr", {}, ...this.columns.map(cellFor));
      this.below.before(line);
      lines.push(line);
    }
    while (lines.length > count) lines.pop()?.remove();
    setHeight(this.above, first * ROW);
    setHeight(this.below, (rows.length - end) * ROW);
    for (const [i, line] of lines.entries()) {
      const index = first + i;
      const row = rows[index] as AtStepRow;
      setAttribute(line, "data-index", String(index));
      setAttribute(line, "aria-rowindex", String(index + 2));
      line.classList.toggle("baseline", row.isBaseline);
      line.classList.toggle("first", rows[index - 1]?.metric !== row.metric);
      for (const [at, column] of this.columns.entries()) {
        fillCell(line.children[at] as HTMLElement, column, row);
      }
    }
  }
}

function titleOf(step: number, since: number | null): string {
  const at = formatStep(step);
  return since === null ? `At step ${at}` : `Between step ${formatStep(since)} and step ${at}`;
}

/** Ascending, descending, as it was; numbers begin with the largest. */
function nextOrder(order: Order | null, { id, isNumber }: Column): Order | null {
  if (order?.by !== id) return { by: id, isDescending: isNumber };
  return order.isDescending === isNumber ? { by: id, isDescending: !isNumber } : null;
}

function cellFor({ id, isNumber }: Column): HTMLElement {
  if (id !== "run") {
    return element(id === "metric" ? "th" : "td", {
      class: isNumber ? "number" : "",
      ...(id === "metric" ? { attributes: { scope: "row" } } : {}),
    });
  }
  const open = element("button", {
    class: "link",
    title: "Diff against the baseline at this step",
  });
  const baseline = element("button", { class: "link on-hover" }, "set as baseline");
  baseline.dataset["does"] = "baseline";
  const badge = element("span", { class: "badge" }, "baseline");
  return element("td", { class: "run" }, open, element("span", { class: "name" }), badge, baseline);
}

function fillCell(cell: HTMLElement, column: Column, row: AtStepRow): void {
  if (column.id === "run") {
    const [open, name, badge, baseline] = cell.children as unknown as HTMLElement[];
    if (!open || !name || !badge || !baseline) return;
    setText(open, row.label);
    setText(name, row.label);
    setAttribute(cell, "title", shownText(row.label));
    setHidden(open, row.isBaseline);
    setHidden(baseline, row.isBaseline);
    setHidden(name, !row.isBaseline);
    setHidden(badge, !row.isBaseline);
    return;
  }
  const { text, title = "", tone = "" } = column.cell(row);
  setText(cell, text);
  setAttribute(cell, "title", shownText(title));
  const name = [column.isNumber ? "number" : "", tone].filter((part) => part !== "").join(" ");
  if (cell.className !== name) cell.className = name;
}

function setHidden(node: HTMLElement, isHidden: boolean): void {
  if (node.hidden !== isHidden) node.hidden = isHidden;
}

function setAttribute(node: HTMLElement, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function setHeight(node: HTMLElement, height: number): void {
  const text = `${height}px`;
  if (node.style.height !== text) node.style.height = text;
  setHidden(node, height === 0);
}

export type { ColumnId };
