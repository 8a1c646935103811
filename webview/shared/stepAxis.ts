/** The step axis that all charts share. */

import type { ScaleOptionsByType } from "chart.js";
import { axisToStep, stepToAxis, type StepScale } from "../../src/protocol/stepScale.js";
import { formatCompactStep } from "./format.js";
import type { Theme } from "./theme.js";

export interface StepRange {
  readonly scale: StepScale;
  /** Ends in the axis' own unit. */
  readonly axis: { readonly min: number; readonly max: number };
}

/** A step axis for chart.js: round steps, as many as there is room for; without numbers where another one has them. */
export function stepAxis(
  { axis, scale }: StepRange,
  theme: Theme,
  hasNumbers: boolean,
): Partial<ScaleOptionsByType<"linear">> & { type: "linear" } {
  return {
    type: "linear",
    min: axis.min,
    max: axis.max,
    afterBuildTicks: (built: {
      ticks: { value: number }[];
      width: number;
      min: number;
      max: number;
    }) => {
      const room = Math.max(2, Math.floor(built.width / 80));
      const first = axisToStep(built.min, scale);
      const last = axisToStep(built.max, scale);
      built.ticks = stepTicks(first, last, scale, room).map((step) => ({
        value: stepToAxis(step, scale),
      }));
    },
    grid: { color: theme.grid, drawTicks: hasNumbers, tickLength: 4 },
    border: { color: theme.grid },
    ticks: {
      display: hasNumbers,
      color: theme.muted,
      font: { family: theme.font, size: 11 },
      autoSkip: true,
      autoSkipPadding: 12,
      maxRotation: 0,
      callback: (value: number | string) => formatCompactStep(stepAt(Number(value), scale)),
    },
  } as unknown as Partial<ScaleOptionsByType<"linear">> & { type: "linear" };
}

/** Round steps for the axis' ticks, ascending: decades and their 2s and 5s where there is room for them. */
export function stepTicks(first: number, last: number, scale: StepScale, room: number): number[] {
  const isWithin = (step: number): boolean => step >= first && step <= last;
  const round = scale === "linear" ? [] : logTicks(first, last, room, scale).filter(isWithin);
  // Within one decade there may be no round one at all.
  return round.length > 1 ? round : linearTicks(first, last, room).filter(isWithin);
}

function logTicks(first: number, last: number, room: number, scale: StepScale): number[] {
  // Below one a symmetric axis is as good as linear.
  const low = scale === "log" ? first : Math.max(1, first);
  const high = scale === "log" ? last : Math.max(10, last);
  const decades = Math.max(0.3, Math.log10(high / low));
  const factors = room / decades >= 4 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / room));
  const ticks = scale === "symlog" && first <= 0 ? [0] : [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(last) + 1; power += every) {
    for (const factor of factors) ticks.push(factor * 10 ** power);
  }
  return ticks;
}

function linearTicks(first: number, last: number, room: number): number[] {
  const rough = (last - first) / Math.max(1, room);
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const size = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let step = Math.ceil(first / size) * size; step <= last; step += size) ticks.push(step);
  return ticks;
}

/** The step at a position of the axis, as it is to be read. */
export function stepAt(position: number, scale: StepScale): number {
  const step = axisToStep(position, scale);
  return Math.abs(step) < 100 ? Number(step.toPrecision(6)) : Math.round(step);
}
