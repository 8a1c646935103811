/** From the host's answer to what is drawn: pure, so that tests can hold it in their hands. */

import type { TimelineAnswer, TimelineChart } from "../../src/core/index.js";
import type { Comparison } from "../../src/protocol/panelProtocol.js";
import { stepToAxis, type StepScale } from "../../src/protocol/stepScale.js";
import { patternOf, type Pattern } from "../shared/pattern.js";

/** How a seed group's lines look. */
export interface GroupView extends Pattern {
  readonly name: string;
  /** The name without the words that all groups share. */
  readonly label: string;
  readonly runs: readonly number[];
}

export interface RunView {
  readonly key: string;
  readonly id: string;
  readonly label: string;
  readonly group: number;
  readonly isBaseline: boolean;
}

export interface TimelineView {
  readonly groups: readonly GroupView[];
  readonly runs: readonly RunView[];
  readonly scale: StepScale;
  /** Ends of the axis in its own unit; the right end has room for onsets that never came. */
  readonly axis: { readonly min: number; readonly max: number };
  readonly answer: TimelineAnswer;
}

/** Share of the axis kept free behind the last step. */
const ROOM = 0.02;

export function viewOf(
  answer: TimelineAnswer,
  scale: StepScale,
  { baseline }: Pick<Comparison, "baseline">,
): TimelineView {
  const names = [...new Set(answer.runs.map(({ group }) => group))];
  const labels = withoutShared(names);
  const groups = names.map((name, index) => ({
    name,
    label: labels[index] ?? name,
    ...patternOf(index),
    runs: answer.runs.flatMap((run, at) => (run.group === name ? [at] : [])),
  }));
  const min = stepToAxis(answer.extent?.first ?? 0, scale);
  const last = stepToAxis(answer.extent?.last ?? 1, scale);
  const length = last > min ? last - min : 1;
  return {
    groups,
    runs: answer.runs.map(({ key, id, label, group }) => ({
      key,
      id,
      label,
      group: names.indexOf(group),
      isBaseline: key === baseline,
    })),
    scale,
    axis: { min, max: min + length * (1 + ROOM) },
    answer,
  };
}

/** Names without the words that all of them have, where something is left of each. */
export function withoutShared(names: readonly string[]): readonly string[] {
  const words = names.map((name) => name.split(" "));
  const rest = words.map((own) => own.filter((word) => !words.every((all) => all.includes(word))));
  return rest.every((own) => own.length > 0) ? rest.map((own) => own.join(" ")) : names;
}

/** Whether values are better read on a logarithmic axis: losses that fall over orders of magnitude. */
export function needsLogValues({ lines, direction, metric }: TimelineChart): boolean {
  if (direction !== "lower" || !/loss|nll|perplexity/i.test(metric)) return false;
  let low = Infinity;
  let high = -Infinity;
  for (const { value } of lines) {
    for (const one of value) {
      if (!Number.isFinite(one)) continue;
      low = Math.min(low, one);
      high = Math.max(high, one);
    }
  }
  return low > 0 && high / low > 100;
}

/** The step of `steps` (ascending) behind (`+1`) or before (`-1`) the cursor; the end when there is none. */
export function nextStep(steps: Float64Array, from: number | null, by: 1 | -1): number | null {
  if (steps.length === 0) return null;
  if (from === null) return (by > 0 ? steps[0] : steps.at(-1)) ?? null;
  if (by > 0) return steps.find((step) => step > from) ?? steps.at(-1) ?? null;
  return steps.findLast((step) => step < from) ?? steps[0] ?? null;
}

export function nearestStep(steps: Float64Array, to: number): number | null {
  let best: number | null = null;
  for (const step of steps) {
    if (best === null || Math.abs(step - to) < Math.abs(best - to)) best = step;
  }
  return best;
}
