/** What is shown: metrics, step axis, behaviour. */

import type { TimelineAnswer } from "../../src/core/index.js";
import type { TimelineIntent } from "../../src/protocol/panelProtocol.js";
import type { StepScale } from "../../src/protocol/stepScale.js";
import { button, checkbox, picker, textField } from "../shared/controls.js";
import { element } from "../shared/dom.js";

/** Choices of the behaviour picker that are no behaviour. */
const FITTING = "\u0000fitting";
const NONE = "\u0000none";
/** Metrics listed at once; the filter finds the rest. */
const MAX_LISTED = 200;

export interface ToolbarActions {
  change(intent: Partial<TimelineIntent>): void;
  ask(): void;
  chooseRuns(): void;
}

export class Toolbar {
  readonly element: HTMLElement;
  private readonly scale = picker("step axis", (value) => {
    this.actions.change({ scale: value as StepScale });
  });
  private readonly behaviour = picker("onset of", (value) => {
    this.actions.change({ behaviour: value === FITTING ? null : value === NONE ? "" : value });
  });
  private readonly metricsButton = button("Metrics", () => {
    this.toggleList();
  });
  private readonly filter = textField("Filter metrics", () => {
    this.fillList();
  });
  private readonly rows = element("div", { class: "rows" });
  private readonly list = element(
    "div",
    { class: "popover", hidden: true, attributes: { role: "group", "aria-label": "Metrics" } },
    this.filter,
    this.rows,
  );
  private metrics: TimelineAnswer["metrics"] = [];
  private shown: readonly string[] = [];

  constructor(private readonly actions: ToolbarActions) {
    this.metricsButton.setAttribute("aria-expanded", "false");
    const runs = button(
      "Runs …",
      () => {
        actions.chooseRuns();
      },
      { title: "Choose the compared runs in the side panel" },
    );
    const ask = button(
      "When did …",
      () => {
        actions.ask();
      },
      { isPrimary: true },
    );
    this.element = element(
      "header",
      { class: "toolbar" },
      element("div", { class: "anchor" }, this.metricsButton, this.list),
      this.behaviour.element,
      this.scale.element,
      element("span", { class: "spring" }),
      runs,
      ask,
    );
    this.list.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.closeList();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (!this.list.hidden && !this.list.parentElement?.contains(target as Node)) this.closeList();
    });
  }

  show(intent: TimelineIntent, answer: TimelineAnswer): void {
    this.metrics = answer.metrics;
    this.shown = answer.charts.map(({ metric }) => metric);
    this.metricsButton.textContent = `Metrics (${this.shown.length} of ${this.metrics.length}) ▾`;
    this.scale.set(
      [
        { value: "log", label: "log" },
        { value: "linear", label: "linear" },
      ],
      intent.scale,
    );
    const { behaviour } = intent;
    const asked =
      behaviour === null || behaviour === "" || answer.behaviours.includes(behaviour)
        ? []
        : [behaviour];
    this.behaviour.set(
      [
        { value: FITTING, label: "what fits each metric" },
        ...[...asked, ...answer.behaviours].map((name) => ({ value: name, label: name })),
        { value: NONE, label: "nothing" },
      ],
      behaviour === null ? FITTING : behaviour === "" ? NONE : behaviour,
    );
    if (!this.list.hidden && this.rows.childElementCount === 0) this.fillList();
  }

  private toggleList(): void {
    if (!this.list.hidden) {
      this.closeList();
      return;
    }
    this.list.hidden = false;
    this.metricsButton.setAttribute("aria-expanded", "true");
    this.fillList();
    this.filter.focus();
  }

  private closeList(): void {
    this.list.hidden = true;
    this.metricsButton.setAttribute("aria-expanded", "false");
    this.metricsButton.focus();
  }

  private fillList(): void {
    const wanted = this.filter.value.toLowerCase();
    const found = this.metrics.filter(({ name }) => name.toLowerCase().includes(wanted));
    const listed = found.slice(0, MAX_LISTED);
    this.rows.replaceChildren(
      ...listed.map(({ name }) =>
        checkbox(name, this.shown.includes(name), (isChecked) => {
          this.shown = isChecked
            ? [...this.shown, name]
            : this.shown.filter((metric) => metric !== name);
          this.actions.change({ metrics: this.shown });
        }),
      ),
      ...(found.length > listed.length
        ? [element("p", { class: "muted" }, `${found.length - listed.length} more: filter them`)]
        : []),
      ...(found.length === 0 ? [element("p", { class: "muted" }, "No such metric.")] : []),
    );
  }
}
