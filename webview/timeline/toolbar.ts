/** What is shown: metrics, axis, behaviour, seed groups, smoothing; and what can be taken away. */

import type { Smoothing, Spread, TimelineAnswer } from "../../src/core/index.js";
import type { TimelineIntent } from "../../src/protocol/panelProtocol.js";
import type { StepScale } from "../../src/protocol/stepScale.js";
import { button, picker, type Option } from "../shared/controls.js";
import { element } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";
import { Popover } from "../shared/popover.js";
import { EXPORTS, type ExportKind } from "./exports.js";
import { MetricChooser } from "./metricChooser.js";

/** Choices of the behaviour picker that are no behaviour. */
const FITTING = "\u0000fitting";
const NONE = "\u0000none";

const SCALES: readonly Option[] = [
  { value: "symlog", label: "symlog" },
  { value: "log", label: "log" },
  { value: "linear", label: "linear" },
];
const VALUES: readonly Option[] = [
  { value: "", label: "what fits" },
  { value: "linear", label: "linear" },
  { value: "log", label: "log" },
];
const SPREADS: readonly Option[] = [
  { value: "sd", label: "band: sd" },
  { value: "se", label: "band: se" },
  { value: "ci", label: "band: 95 % CI" },
  { value: "min-max", label: "band: min–max" },
  { value: "", label: "single seeds" },
];
const SMOOTHINGS: readonly (Option & { readonly smooth: Smoothing | null })[] = [
  { value: "", label: "off", smooth: null },
  ...[0.5, 2, 5].map((percent) => ({
    value: `ema ${percent}`,
    label: `EMA, ${percent} % of the axis`,
    smooth: { kind: "ema" as const, share: percent / 100 },
  })),
  ...[5, 21, 101].map((points) => ({
    value: `median ${points}`,
    label: `median of ${points}`,
    smooth: { kind: "median" as const, points },
  })),
];

export interface ToolbarActions {
  change(intent: Partial<TimelineIntent>): void;
  ask(): void;
  chooseRuns(): void;
  export(kind: ExportKind): void;
  pin(patterns: readonly string[]): void;
}

export class Toolbar {
  readonly element: HTMLElement;
  readonly metrics: Popover;
  readonly exports: Popover;
  private readonly chooser: MetricChooser;
  private readonly axis = picker("x", (axis) => {
    // A part of one axis is none of another.
    this.actions.change({ axis, range: null });
  });
  private readonly scale = picker("scale", (value) => {
    this.actions.change({ scale: value as StepScale, range: null });
  });
  private readonly values = picker("values", (value) => {
    this.actions.change({ values: value === "" ? null : (value as "linear" | "log") });
  });
  private readonly spread = picker("group", (value) => {
    this.actions.change({ spread: value === "" ? null : (value as Spread) });
  });
  private readonly smooth = picker("smooth", (value) => {
    const chosen = SMOOTHINGS.find((one) => one.value === value);
    this.actions.change({ smooth: chosen?.smooth ?? null });
  });
  private readonly behaviour = picker("onset of", (value) => {
    this.actions.change({ behaviour: value === FITTING ? null : value === NONE ? "" : value });
  });

  constructor(private readonly actions: ToolbarActions) {
    this.chooser = new MetricChooser({
      choose: (metrics) => {
        actions.change({ metrics });
      },
      pin: (patterns) => {
        actions.pin(patterns);
      },
    });
    this.metrics = new Popover("Metrics", this.chooser.element, () => {
      this.chooser.open();
    });
    const list = element(
      "div",
      { class: "menu" },
      ...EXPORTS.map(({ kind, label }) => {
        const entry = element("button", { class: "link" }, label);
        entry.addEventListener("click", () => {
          this.exports.close();
          actions.export(kind);
        });
        return entry;
      }),
    );
    const first = (): void => {
      list.querySelector("button")?.focus();
    };
    this.exports = new Popover("⤓", list, first, { title: "Export or copy", side: "right" });
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
      this.metrics.element,
      this.behaviour.element,
      this.axis.element,
      this.scale.element,
      this.values.element,
      this.spread.element,
      this.smooth.element,
      element("span", { class: "spring" }),
      this.exports.element,
      runs,
      ask,
    );
  }

  show(intent: TimelineIntent, answer: TimelineAnswer): void {
    const { charts, metrics, runs } = answer;
    this.metrics.label = `Metrics (${charts.length} of ${formatStep(metrics.length)}) ▾`;
    this.chooser.show(answer, this.metrics.isOpen);
    this.axis.set(axesOf(answer), intent.axis);
    this.scale.set(SCALES, intent.scale);
    this.values.set(VALUES, intent.values ?? "");
    this.spread.set(SPREADS, intent.spread ?? "");
    this.spread.element.hidden = new Set(runs.map(({ group }) => group)).size === runs.length;
    const { smooth } = intent;
    this.smooth.set(
      SMOOTHINGS.map(({ value, label }) => ({ value, label })),
      smooth === null
        ? ""
        : smooth.kind === "ema"
          ? `ema ${smooth.share * 100}`
          : `median ${smooth.points}`,
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
  }
}

/** With the number of runs where not all of them have it. */
function axesOf({ axes, runs, axis }: TimelineAnswer): Option[] {
  const known = axes.map((one) => {
    const of = one.runs < runs.length ? ` (${one.runs} of ${runs.length} runs)` : "";
    return { value: one.axis, label: `${one.axis.replace(/^metric:/, "")}${of}` };
  });
  const isKnown = axes.some((one) => one.axis === axis.axis);
  const own = { value: axis.axis, label: axis.axis.replace(/^metric:/, "") };
  return isKnown ? known : [own, ...known];
}
