/** Numbers as people read them. */

import { formatValue } from "../../src/protocol/formatValue.js";

export { formatSigned, formatValue } from "../../src/protocol/formatValue.js";

const STEP = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });
const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });

export function formatStep(step: number): string {
  return STEP.format(step);
}

/** For axes: `1.25K` is written `1.25k`. */
export function formatCompactStep(step: number): string {
  return COMPACT.format(step).replace("K", "k");
}

/** For value axes, whose values are round: `1e−4`, `220k`. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e4 && size < 1e15) return formatCompactStep(value).replace("-", "−");
  if (size === 0 || (size >= 1e-3 && size < 1e15)) return formatValue(value);
  return value.toExponential().replace("+", "").replaceAll("-", "−");
}

export function formatConfigValue(value: unknown): string {
  return value === undefined ? "—" : typeof value === "string" ? value : JSON.stringify(value);
}
