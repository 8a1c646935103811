/** Which checkpoint one side shows: a run and one of its steps, or any step that is typed. */

import type { DiffIntent, RunChoice } from "../../src/protocol/panelProtocol.js";
import { picker } from "../shared/controls.js";
import { element } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";

type RunAtStep = DiffIntent["a"];
type Steps = readonly { readonly step: number; readonly label: string }[];

/** Most runs in a list; the command palette finds any other. */
const MAX_LISTED = 500;

export class CheckpointPicker {
  readonly element: HTMLElement;
  private readonly run;
  private readonly step;
  private shown: RunAtStep | null = null;
  private readonly steps = new Map<string, Steps>();

  constructor(
    side: string,
    private readonly stepsOf: (key: string) => Promise<Steps>,
    private readonly onChange: (chosen: RunAtStep) => void,
  ) {
    this.run = picker(side, (key) => {
      if (this.shown) this.onChange({ ...this.shown, key });
    });
    this.step = picker("step", (text) => {
      if (this.shown) this.onChange({ ...this.shown, step: Number(text) });
    });
    this.element = element("div", { class: "side" }, this.run.element, this.step.element);
  }

  show(runs: readonly RunChoice[], shown: RunAtStep): void {
    this.shown = shown;
    const listed = runs.slice(0, MAX_LISTED);
    const own = runs.find(({ key }) => key === shown.key);
    const choices = own && !listed.includes(own) ? [own, ...listed] : listed;
    this.run.set(
      choices.map(({ key, label }) => ({ value: key, label })),
      shown.key,
    );
    void this.showSteps(shown);
  }

  private async showSteps({ key, step }: RunAtStep): Promise<void> {
    let steps = this.steps.get(key);
    if (!steps) {
      steps = await this.stepsOf(key);
      this.steps.set(key, steps);
    }
    if (this.shown?.key !== key || this.shown.step !== step) return;
    const known = new Map(steps.map((one) => [one.step, one.label]));
    if (!known.has(step)) known.set(step, formatStep(step));
    this.step.set(
      [...known]
        .sort(([a], [b]) => a - b)
        .map(([value, label]) => ({ value: String(value), label })),
      String(step),
    );
  }
}
