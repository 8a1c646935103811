/**
 * Where a step, or another value of the axis, lies on a chart: shared by the worker, which thins lines out, and the page,
 * which draws them.
 */

export const STEP_SCALES = ["linear", "log", "symlog"] as const;
export type StepScale = (typeof STEP_SCALES)[number];

/**
 * Position of a step in the axis' own unit. `log` is `log10(step)`, where 0 and less have no place: −∞ and NaN. `symlog` is
 * `log10(1 + |step|)` with the step's sign: 0 has a place, and from ten on it is the logarithm for every practical purpose.
 */
export function stepToAxis(step: number, scale: StepScale): number {
  if (scale === "linear") return step;
  return scale === "log" ? Math.log10(step) : Math.sign(step) * Math.log10(1 + Math.abs(step));
}

export function axisToStep(position: number, scale: StepScale): number {
  if (scale === "linear") return position;
  const size = 10 ** Math.abs(position);
  return scale === "log" ? 10 ** position : Math.sign(position) * (size - 1);
}

/** From 0 to 1 within `range`, beyond that outside of it. Not finite for what has no place on the axis. */
export function stepToShare(
  step: number,
  range: readonly [first: number, last: number],
  scale: StepScale,
): number {
  const from = stepToAxis(range[0], scale);
  const to = stepToAxis(range[1], scale);
  return to === from ? 0.5 : (stepToAxis(step, scale) - from) / (to - from);
}
