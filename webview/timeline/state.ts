/** From the host's answer to what is drawn: pure, so that tests can hold it in their hands. */

import type { DrawnLine, TimelineAnswer, TimelineChart } from "../../src/core/index.js";
import type { Comparison, TimelineIntent } from "../../src/protocol/panelProtocol.js";
import { axisToStep, stepToAxis, type StepScale } from "../../src/protocol/stepScale.js";
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

/** Ends of an axis in its own unit. */
export interface Ends {
  readonly min: number;
  readonly max: number;
}

export interface TimelineView {
  readonly groups: readonly GroupView[];
  readonly runs: readonly RunView[];
  readonly scale: StepScale;
  /** What the charts show of the axis. */
  readonly axis: Ends;
  /** The whole axis; its right end has room for onsets that never came. */
  readonly whole: Ends;
  readonly values: TimelineIntent["values"];
  readonly answer: TimelineAnswer;
}

/** Share of the axis kept free behind the last step. */
const ROOM = 0.02;

export function viewOf(
  answer: TimelineAnswer,
  { scale, range, values }: Pick<TimelineIntent, "scale" | "range" | "values">,
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
  const whole = wholeAxis(answer, scale);
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
    axis: range ? endsOf(range, scale, whole) : whole,
    whole,
    values,
    answer,
  };
}

function wholeAxis({ extent }: TimelineAnswer, scale: StepScale): Ends {
  const first = extent?.first ?? (scale === "log" ? 1 : 0);
  const min = stepToAxis(first, scale);
  const last = stepToAxis(extent?.last ?? first + 1, scale);
  const length = last > min ? last - min : 1;
  return { min, max: min + length * (1 + ROOM) };
}

/** A range of axis values in the axis' own unit; ends without a place are those of the whole axis. */
export function endsOf(
  [first, last]: readonly [first: number, last: number],
  scale: StepScale,
  whole: Ends,
): Ends {
  const from = stepToAxis(first, scale);
  const to = stepToAxis(last, scale);
  const ends = {
    min: Number.isFinite(from) ? from : whole.min,
    max: Number.isFinite(to) ? to : whole.max,
  };
  return ends.max > ends.min ? ends : whole;
}

/** Below this share of the axis there is nothing to be told apart any more. */
const LEAST = 1e-6;

/**
 * The range of axis values after zooming to `ends`, kept within the whole axis; null where that is all of it.
 */
export function rangeOf(
  ends: Ends,
  whole: Ends,
  scale: StepScale,
): readonly [first: number, last: number] | null {
  const length = whole.max - whole.min;
  const wanted = Math.min(length, Math.max(ends.max - ends.min, length * LEAST));
  const min = Math.min(Math.max(ends.min, whole.min), whole.max - wanted);
  if (wanted >= length * (1 - LEAST)) return null;
  return [axisToStep(min, scale), axisToStep(min + wanted, scale)];
}

/** `ends` made longer (`factor` above 1) or shorter around a position, which stays where it is. */
export function zoomed({ min, max }: Ends, around: number, factor: number): Ends {
  return { min: around - (around - min) * factor, max: around + (max - around) * factor };
}

/** Names without the words that all of them have, where something is left of each. */
export function withoutShared(names: readonly string[]): readonly string[] {
  const words = names.map((name) => name.split(" "));
  const rest = words.map((own) => own.filter((word) => !words.every((all) => all.includes(word))));
  return rest.every((own) => own.length > 0) ? rest.map((own) => own.join(" ")) : names;
}

/** All columns of values that a chart draws. */
function valuesOf({ lines, groups }: TimelineChart): Float64Array[] {
  return [
    ...lines.flatMap(({ value, smooth, superseded }) => [
      value,
      ...(smooth ? [smooth.value] : []),
      ...superseded.map((line) => line.value),
    ]),
    ...groups.flatMap(({ mean, low, high }) => [mean, low, high]),
  ];
}

export interface ValueAxis {
  readonly isLog: boolean;
  /** Drawn values of 0 and less, which have no place on a logarithmic axis. */
  readonly withoutPlace: number;
}

/** The value axis of a chart: what is wanted, or else what fits the metric. */
export function valueAxisOf(chart: TimelineChart, wanted: TimelineIntent["values"]): ValueAxis {
  const isLog = wanted === null ? needsLogValues(chart) : wanted === "log";
  if (!isLog) return { isLog, withoutPlace: 0 };
  const columns = [
    ...chart.lines.map(({ value }) => value),
    ...chart.groups.map(({ mean }) => mean),
  ];
  const withoutPlace = columns.reduce(
    (sum, column) => sum + column.filter((value) => value <= 0).length,
    0,
  );
  return { isLog, withoutPlace };
}

/** Whether values are better read on a logarithmic axis: losses that fall over orders of magnitude. */
export function needsLogValues(chart: TimelineChart): boolean {
  const { direction, metric } = chart;
  if (direction !== "lower" || !/loss|nll|perplexity/i.test(metric)) return false;
  let low = Infinity;
  let high = -Infinity;
  for (const column of valuesOf(chart)) {
    for (const one of column) {
      if (!Number.isFinite(one)) continue;
      low = Math.min(low, one);
      high = Math.max(high, one);
    }
  }
  return low > 0 && high / low > 100;
}

/** The drawn point that is nearest to a position of the axis, over all charts; null without any. */
export function nearestPoint(
  { answer, scale }: TimelineView,
  position: number,
): { readonly x: number; readonly step: number | null } | null {
  let best: { x: number; step: number | null } | null = null;
  let least = Infinity;
  const look = (x: Float64Array, step: DrawnLine["step"] | null): void => {
    for (const [i, at] of x.entries()) {
      const distance = Math.abs(stepToAxis(at, scale) - position);
      if (!(distance < least)) continue;
      least = distance;
      best = { x: at, step: step?.[i] ?? null };
    }
  };
  for (const { lines, groups } of answer.charts) {
    for (const { x, step } of lines) look(x, step);
    for (const { x } of groups) look(x, null);
  }
  return best;
}
