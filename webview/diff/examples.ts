/** What became of the examples between the two checkpoints: counts by task, and those that were gained or lost. */

import type { ChangedExample, ExampleDiffAnswer, OutcomeChange } from "../../src/core/index.js";
import { button, picker } from "../shared/controls.js";
import { element, setText } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";
import { headWidth, named, ROW_HEIGHT } from "../shared/listGrid.js";
import { PAGE_ROWS, PagedRows } from "../shared/pagedRows.js";
import { VirtualGrid } from "../shared/virtualGrid.js";

type Task = ExampleDiffAnswer["tasks"][number];

export interface ExamplesParts {
  readonly ask: (
    changes: readonly OutcomeChange[],
    from: number,
    to: number,
  ) => Promise<ExampleDiffAnswer>;
  /** Shows a task's examples, or one of them, through all checkpoints of the second run. */
  readonly open: (task: string, filter: string | null, example: string | null) => void;
}

const CHOICES: readonly (readonly OutcomeChange[])[] = [
  ["gained", "lost"],
  ["gained"],
  ["lost"],
  ["both right"],
  ["both wrong"],
  ["unknown"],
];

export class ExamplesSection {
  readonly element = element("section", { attributes: { "aria-label": "examples" } });
  private readonly note = element("p", { class: "muted", attributes: { role: "status" } });
  private readonly counts = element("div", { class: "scroll" });
  private readonly list = element("div");
  private readonly changes;
  private chosen: readonly OutcomeChange[] = CHOICES[0] ?? [];
  private asking = 0;

  constructor(private readonly parts: ExamplesParts) {
    this.changes = picker("show", (value) => {
      this.chosen = CHOICES[Number(value)] ?? [];
      void this.ask();
    });
    const heading = element(
      "div",
      { class: "heading" },
      element("h2", {}, "Examples"),
      this.changes.element,
    );
    this.element.append(heading, this.note, this.counts, this.list);
  }

  /** Of the checkpoints that are shown now. */
  async ask(): Promise<void> {
    const current = ++this.asking;
    try {
      const answer = await this.parts.ask(this.chosen, 0, PAGE_ROWS);
      if (current === this.asking) this.show(answer);
    } catch (error) {
      if (current !== this.asking) return;
      setText(this.note, error instanceof Error ? error.message : String(error));
      this.counts.replaceChildren();
      this.list.replaceChildren();
    }
  }

  private show({ tasks, rows, note }: ExampleDiffAnswer): void {
    const isCompared = tasks.some((task) => task.note === null);
    this.note.textContent = note ?? "";
    this.changes.element.hidden = !isCompared;
    this.changes.set(
      CHOICES.map((changes, i) => ({ value: String(i), label: changes.join(" and ") })),
      String(CHOICES.indexOf(this.chosen)),
    );
    this.counts.replaceChildren(...(tasks.length > 0 ? [this.table(tasks)] : []));
    if (!isCompared) this.list.replaceChildren();
    else if (rows.of === 0) {
      const text = `No example ${this.chosen.length > 1 ? "was" : "is"} ${this.chosen.join(" or ")}.`;
      this.list.replaceChildren(element("p", { class: "muted" }, text));
    } else this.showRows(rows.of);
  }

  private showRows(count: number): void {
    const { chosen } = this;
    const paged = new PagedRows<ChangedExample>(
      async (from, to) => (await this.parts.ask(chosen, from, to)).rows.examples,
      (failure) => {
        if (failure === null) grid.show(count, 2);
        else setText(this.note, failure);
      },
    );
    const grid = new VirtualGrid({
      label: "Examples",
      corner: "example",
      rowHeight: ROW_HEIGHT,
      headerHeight: ROW_HEIGHT,
      columnWidth: 150,
      headWidth: headWidth(),
      rowHead: (row) => named(paged.at(row)?.id ?? "…"),
      columnHead: (column) => element("span", {}, column === 0 ? "change" : "task"),
      cell: (row, column) => {
        const example = paged.at(row);
        if (!example) return null;
        return column === 0 ? changeMark(example.change) : named(nameOf(example));
      },
      activate: (row) => {
        const example = paged.at(row);
        if (example) this.parts.open(example.task, example.filter, example.id);
      },
    });
    this.list.replaceChildren(grid.element);
    grid.show(count, 2);
  }

  private table(tasks: readonly Task[]): HTMLElement {
    const table = element("table", { class: "numbers" });
    table.createCaption().textContent = "Examples by task";
    const head = table.createTHead().insertRow();
    const columns = ["gained", "lost", "both right", "both wrong", "unknown", "only A", "only B"];
    head.append(element("th", { attributes: { scope: "col" } }, "task"));
    for (const column of columns) {
      head.append(element("th", { class: "number", attributes: { scope: "col" } }, column));
    }
    const body = table.createTBody();
    for (const task of tasks) body.append(this.row(task));
    return table;
  }

  private row(task: Task): HTMLElement {
    const { gained, lost, bothRight, bothWrong, unknown, onlyA, onlyB, note, byIdAlone } = task;
    const open = button("Show", () => {
      this.parts.open(task.task, task.filter, null);
    });
    open.setAttribute("aria-label", `Show the examples of ${nameOf(task)} through all checkpoints`);
    const head = element("th", { title: nameOf(task), attributes: { scope: "row" } }, nameOf(task));
    if (note !== null) {
      const reason = element("td", { class: "muted", attributes: { colspan: "7" } }, note);
      return element("tr", {}, head, reason);
    }
    const counts = [gained, lost, bothRight, bothWrong, unknown, onlyA, onlyB];
    const title =
      byIdAlone === 0 ? "" : `${formatStep(byIdAlone)} are taken for the same by their id alone`;
    return element(
      "tr",
      { title },
      head,
      ...counts.map((count) => element("td", { class: "number" }, formatStep(count))),
      element("td", {}, open),
    );
  }
}

function nameOf({
  task,
  filter,
}: {
  readonly task: string;
  readonly filter: string | null;
}): string {
  return filter === null ? task : `${task}, ${filter}`;
}

/** A sign and a word that say the same. */
function changeMark(change: OutcomeChange): HTMLElement {
  const sign = change === "gained" ? "+ " : change === "lost" ? "− " : "";
  return element("span", { class: `change-${change.replace(" ", "-")}` }, `${sign}${change}`);
}
