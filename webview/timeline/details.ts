/** Below the charts: what differs at the cursor, all onsets, and the values that are drawn. */

import type { AtStepAnswer } from "../../src/core/index.js";
import { button, tabs } from "../shared/controls.js";
import { element, setText } from "../shared/dom.js";
import { formatStep, formatValue } from "../shared/format.js";
import { DiffTable, type DiffTableActions } from "./diffTable.js";
import { onsetTable } from "./onsetTable.js";
import type { TimelineView } from "./state.js";
import { ValueTable } from "./valueTable.js";

export interface DetailsActions extends DiffTableActions {
  readonly moveCursor: (step: number) => void;
  readonly moveTo: (x: number) => void;
  readonly ask: () => void;
  readonly annotate: (step: number) => void;
}

/** Rows that are spoken when the cursor moves; the table has the rest. */
const SPOKEN = 4;
const SPEAK_MS = 350;

export class Details {
  readonly element: HTMLElement;
  readonly diff: DiffTable;
  private readonly stepTitle = element("span", {}, "At the cursor");
  private readonly onsetTitle = element("span", {}, "Onsets");
  private readonly onsets = element("div", { class: "tab" });
  private readonly here = element("div", {});
  private readonly aside: HTMLElement;
  private step: number | null = null;
  private readonly said = element("div", { class: "spoken", attributes: { role: "status" } });
  private readonly values: ValueTable;
  private readonly failure = element("p", { class: "warning", hidden: true });
  private speaking: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly actions: DetailsActions) {
    this.element = element("section", {
      class: "details",
      attributes: { "aria-label": "At the cursor" },
    });
    this.diff = new DiffTable(this.element, actions);
    this.values = new ValueTable(actions.moveTo);
    this.aside = element(
      "aside",
      {},
      this.here,
      button("Annotate this step …", () => {
        if (this.step !== null) actions.annotate(this.step);
      }),
    );
    const here = element(
      "div",
      { class: "tab", id: "at-step" },
      this.failure,
      this.diff.element,
      this.aside,
    );
    this.element.append(
      tabs([
        { title: this.stepTitle, content: here },
        { title: this.onsetTitle, content: this.onsets },
        {
          title: element("span", {}, "Values"),
          content: element("div", { class: "tab" }, this.values.element),
        },
      ]),
      this.said,
    );
  }

  showView(view: TimelineView): void {
    const bands = view.answer.charts.flatMap((chart) => chart.bands);
    this.onsetTitle.textContent = `Onsets (${bands.filter(({ kind }) => kind === "onset").length})`;
    const { moveCursor, ask } = this.actions;
    this.onsets.replaceChildren(onsetTable(view, { moveCursor, ask }));
    this.values.show(view);
  }

  /** `since`: the pinned step that is compared with, null for the previous checkpoints. */
  showStep(answer: AtStepAnswer, since: number | null, view: TimelineView): void {
    this.failure.hidden = true;
    const title =
      since === null
        ? `At step ${formatStep(answer.step)}`
        : `From step ${formatStep(since)} to ${formatStep(answer.step)}`;
    if (this.stepTitle.textContent !== title) this.stepTitle.textContent = title;
    this.diff.show(answer, since);
    this.showAside(answer.step, view);
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      setText(this.said, spoken(answer));
    }, SPEAK_MS);
  }

  fail(message: string): void {
    setText(this.failure, message);
    this.failure.hidden = false;
  }

  private showAside(step: number, view: TimelineView): void {
    this.step = step;
    const [onsets, marks] = [onsetsAt(step, view), marksAt(step, view)];
    const shown = JSON.stringify([onsets, marks]);
    if (this.here.dataset["shown"] === shown) return;
    this.here.dataset["shown"] = shown;
    const list = (title: string, lines: readonly string[]): HTMLElement[] =>
      lines.length === 0
        ? []
        : [
            element("h2", {}, title),
            element("ul", {}, ...lines.map((line) => element("li", {}, line))),
          ];
    this.here.replaceChildren(...list("Onset here", onsets), ...list("Marks here", marks));
  }
}

/** The step and the first rows, as a sentence each. */
function spoken({ step, rows }: AtStepAnswer): string {
  const values = rows
    .slice(0, SPOKEN)
    .map(({ metric, label, value }) =>
      value === null ? "" : `${metric}, ${label}: ${formatValue(value)}`,
    );
  return [`step ${formatStep(step)}`, ...values.filter((text) => text !== "")].join("; ");
}

function onsetsAt(step: number, view: TimelineView): string[] {
  const texts = view.answer.charts.flatMap(({ bands }) =>
    bands
      .filter(({ after, by }) => after !== null && by !== null && after < step && step <= by)
      .map((band) => {
        const label = view.runs[band.run]?.label ?? "";
        const advice = band.advice === null ? "" : `; ${band.advice}`;
        return `${band.behaviour}, ${label}: ${band.text}${advice}`;
      }),
  );
  return [...new Set(texts)];
}

function marksAt(step: number, view: TimelineView): string[] {
  const texts = view.answer.marks
    .filter((mark) => mark.step === step)
    .map(({ run, text }) => (run < 0 ? text : `${view.runs[run]?.label ?? ""}: ${text}`));
  return [...new Set(texts)];
}
