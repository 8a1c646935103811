/** Which metrics are drawn: a searchable tree, patterns, and the sets that are pinned in `onset.json`. */

import type { TimelineAnswer } from "../../src/core/index.js";
import { button, checkbox, textField } from "../shared/controls.js";
import { element } from "../shared/dom.js";
import { chosenBy, matcher, metricTree, type MetricNode } from "./metricTree.js";

/** Rows at once; the filter finds the rest. */
const MAX_LISTED = 200;
/** Trees of fewer metrics are shown open. */
const OPEN_BELOW = 60;

export interface MetricChooserActions {
  readonly choose: (metrics: readonly string[]) => void;
  /** Saves patterns under a name that the user is asked for. */
  readonly pin: (patterns: readonly string[]) => void;
}

export class MetricChooser {
  readonly element: HTMLElement;
  private readonly filter = textField(
    "Filter metrics: words, or a pattern such as eval/*acc*",
    () => {
      this.fill();
    },
    { label: "Filter metrics" },
  );
  private readonly sets = element("div", { class: "sets" });
  private readonly tools = element("div", { class: "chooser-tools" });
  private readonly rows = element("div", { class: "rows" });
  private metrics: readonly string[] = [];
  private pinned: TimelineAnswer["pinned"] = [];
  private shown: readonly string[] = [];
  private readonly opened = new Map<string, boolean>();

  constructor(private readonly actions: MetricChooserActions) {
    this.element = element(
      "div",
      { class: "chooser" },
      this.filter,
      this.sets,
      this.tools,
      this.rows,
    );
  }

  show({ metrics, pinned, charts }: TimelineAnswer, isOpen: boolean): void {
    this.metrics = metrics.map(({ name }) => name);
    this.pinned = pinned;
    this.shown = charts.map(({ metric }) => metric);
    // What is being clicked stays where it is; only what it says changes.
    if (isOpen && this.rows.childElementCount === 0) this.fill();
    this.fillSets();
    if (isOpen) this.fillTools();
  }

  open(): void {
    this.fill();
    this.fillSets();
    this.filter.focus();
  }

  private choose(metrics: readonly string[]): void {
    this.shown = [...new Set(metrics)];
    this.actions.choose(this.shown);
  }

  private fillSets(): void {
    this.sets.replaceChildren(
      ...this.pinned.map(({ name, patterns }) => {
        const found = chosenBy(patterns, this.metrics);
        const set = element(
          "button",
          { class: "chip", title: patterns.join("\n") },
          `${name} (${found.length})`,
        );
        set.toggleAttribute("disabled", found.length === 0);
        set.addEventListener("click", () => {
          this.choose(found);
          this.fill();
        });
        return set;
      }),
    );
    this.sets.hidden = this.pinned.length === 0;
  }

  private fillTools(): void {
    const wanted = this.filter.value.trim();
    const found = this.metrics.filter(matcher(wanted));
    const isPattern = /[*?]/.test(wanted);
    this.tools.replaceChildren(
      ...(wanted !== "" && found.length > 0
        ? [
            button(`Show these ${found.length} only`, () => {
              this.choose(found);
              this.fill();
            }),
            button(`Add these ${found.length}`, () => {
              this.choose([...this.shown, ...found]);
              this.fill();
            }),
          ]
        : []),
      button(
        isPattern ? "Pin this pattern …" : `Pin the ${this.shown.length} shown …`,
        () => {
          this.actions.pin(isPattern ? [wanted] : this.shown);
        },
        { title: "Saved in onset.json under a name" },
      ),
    );
  }

  private fill(): void {
    const wanted = this.filter.value;
    const found = this.metrics.filter(matcher(wanted));
    const listed = found.slice(0, MAX_LISTED);
    const isOpen = wanted.trim() !== "" || listed.length < OPEN_BELOW;
    this.rows.replaceChildren(
      ...metricTree(listed).map((node) => this.rowOf(node, "", isOpen)),
      ...(found.length > listed.length
        ? [element("p", { class: "muted" }, `${found.length - listed.length} more: filter them`)]
        : []),
      ...(found.length === 0 ? [element("p", { class: "muted" }, "No such metric.")] : []),
    );
    this.fillTools();
  }

  private rowOf(node: MetricNode, path: string, isOpen: boolean): HTMLElement {
    const { label, metric, children, metrics } = node;
    const own =
      metric === null ? null : this.checkboxOf(metric, children.length > 0 ? label : null);
    if (children.length === 0) return own ?? element("span", {});
    const place = `${path}/${label}`;
    const all = checkbox(
      `all ${metrics.length}`,
      metrics.every((one) => this.shown.includes(one)),
      (isChecked) => {
        const without = this.shown.filter((one) => !metrics.includes(one));
        this.choose(isChecked ? [...this.shown, ...metrics] : without);
        this.fill();
      },
    );
    all.classList.add("all");
    const details = element(
      "details",
      {},
      element("summary", {}, `${label}/`),
      all,
      ...(own ? [own] : []),
      ...children.map((child) => this.rowOf(child, place, isOpen)),
    );
    details.open = this.opened.get(place) ?? isOpen;
    details.addEventListener("toggle", () => {
      this.opened.set(place, details.open);
    });
    return details;
  }

  /** Named in full: a metric is known by its whole name. */
  private checkboxOf(metric: string, label: string | null): HTMLElement {
    return checkbox(label ?? metric, this.shown.includes(metric), (isChecked) => {
      this.choose(isChecked ? [...this.shown, metric] : this.shown.filter((one) => one !== metric));
      this.fillTools();
    });
  }
}
