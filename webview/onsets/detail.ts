/** What is behind one cell: the interval with its method, how much it depends on the threshold, what to evaluate next. */

import type { OnsetRow, WhenResult } from "../../src/core/index.js";
import { button } from "../shared/controls.js";
import { element } from "../shared/dom.js";
import { formatStep, formatValue } from "../shared/format.js";
import { intervalText } from "../shared/intervalText.js";
import { sensitivityStrip } from "./sensitivity.js";

export interface DetailActions {
  readonly openTimeline: (question: string, step: number | null) => void;
  readonly copyRecord: (run: string, question: string) => void;
  readonly saveBehaviour: (question: string) => void;
}

export class CellDetail {
  readonly element = element("section", {
    class: "detail",
    hidden: true,
    attributes: { "aria-label": "behind the cell", "aria-live": "polite" },
  });
  private shown: (() => void) | null = null;

  constructor(private readonly actions: DetailActions) {}

  show(run: string, row: OnsetRow, result: WhenResult): void {
    this.shown = () => {
      this.draw(run, row, result);
    };
    this.shown();
  }

  empty(behaviour: string, run: string): void {
    this.say(`${behaviour}, ${run}`, "No data: the run was not evaluated for it.");
  }

  fail(message: string): void {
    this.say("No answer", message);
  }

  redraw(): void {
    this.shown?.();
  }

  private say(title: string, text: string): void {
    this.shown = null;
    this.element.hidden = false;
    this.element.replaceChildren(element("h2", {}, title), element("p", { class: "muted" }, text));
  }

  private draw(run: string, row: OnsetRow, result: WhenResult): void {
    const { openTimeline, copyRecord, saveBehaviour } = this.actions;
    const { question, by, after, record } = result;
    const isSaved = row.behaviour !== row.question;
    const strip = sensitivityStrip(result);
    this.element.hidden = false;
    this.element.replaceChildren(
      element("h2", {}, `${row.label}, ${result.run.label}`),
      element("p", { class: "lead" }, intervalText(result)),
      factsOf(result),
      ...(strip
        ? [
            element("h3", {}, "Sensitivity: the onset by threshold"),
            strip,
            element("p", { class: "muted" }, robustText(result)),
          ]
        : []),
      ...presenceOf(result),
      element(
        "p",
        { class: "buttons" },
        button("Open Timeline here", () => openTimeline(row.question, by ?? after), {
          isPrimary: true,
        }),
        button("Copy record", () => copyRecord(run, row.question), {
          title: `${record.method}, hash ${record.hash.slice(0, 12)}`,
        }),
        ...(isSaved ? [] : [button("Save behaviour …", () => saveBehaviour(question))]),
      ),
    );
  }
}

function robustText({ robust }: WhenResult): string {
  if (robust === null) return "";
  return robust
    ? "Robust: the onset moves by at most one evaluation within ±10 % of the range."
    : "Not robust: the onset moves by more than one evaluation within ±10 % of the range.";
}

function factsOf(result: WhenResult): HTMLElement {
  const { record, value, evaluations, unknown, retained, sharpness, width, advice } = result;
  const facts: [string, string][] = [
    ["question", result.question],
    ["method", record.method],
    ...(value === null ? [] : [["value there", formatValue(value)] as [string, string]]),
    ["evaluations", `${evaluations}${unknown > 0 ? `, ${unknown} say nothing` : ""}`],
  ];
  if (result.onAxis)
    facts.push([result.onAxis.axis, intervalText({ ...result, ...result.onAxis })]);
  if (sharpness !== null) facts.push(["sharpness", sharpness.toFixed(2)]);
  if (width !== null) facts.push(["width", `${width.toFixed(2)} decades of steps`]);
  if (retained !== null) facts.push(["left at the end", `${(100 * retained).toFixed(0)} %`]);
  if (advice) {
    const left =
      advice.evaluationsLeft === 1 ? "1 evaluation" : `${advice.evaluationsLeft} evaluations`;
    facts.push(["next to evaluate", `${formatStep(advice.step)} (${left} to one checkpoint)`]);
  }
  if (result.expectation) facts.push([result.expectation.verdict, result.expectation.text]);
  if (result.note !== null) facts.push(["note", result.note]);
  return element(
    "dl",
    { class: "facts" },
    ...facts.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)]),
  );
}

/** Where it was lost and came again. */
function presenceOf({ presence }: WhenResult): HTMLElement[] {
  if (!presence.some(({ offset }) => offset !== null)) return [];
  const items = presence.map(({ onset, offset }) =>
    element(
      "li",
      {},
      `acquired ${intervalText(onset)}${offset === null ? "" : `, lost ${intervalText(offset)}`}`,
    ),
  );
  return [element("h3", {}, "Acquired and lost"), element("ol", {}, ...items)];
}
