/** Where a step lies on an axis: shared by the worker, which thins lines out, and the page, which draws them. */

export type StepScale = "linear" | "log";

/**
 * Position of a step in the axis' own unit. The logarithmic axis is `log10(1 + step)`: step 0 has a place, and from ten
 * on it is the logarithm for every practical purpose.
 */
export function stepToAxis(step: number, scale: StepScale): number {
  return scale === "log" ? Math.sign(step) * Math.log10(1 + Math.abs(step)) : step;
}

export function axisToStep(position: number, scale: StepScale): number {
  return scale === "log" ? Math.sign(position) * (10 ** Math.abs(position) - 1) : position;
}

/** From 0 to 1 within `range`, beyond that outside of it. */
export function stepToShare(
  step: number,
  range: readonly [first: number, last: number],
  scale: StepScale,
): number {
  const from = stepToAxis(range[0], scale);
  const to = stepToAxis(range[1], scale);
  return to === from ? 0.5 : (stepToAxis(step, scale) - from) / (to - from);
}
