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

/** Three significant digits with a decimal prefix: `16.1 GB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = Number((bytes / 1000 ** power).toPrecision(3));
  return `${STEP.format(value)} ${units[power] ?? ""}`;
}

/** `8.03B`: counts of parameters. */
export function formatParameters(count: number): string {
  return count < 1e4 ? STEP.format(count) : COMPACT.format(count);
}

/** `1 run`, `2,000 runs`. */
export function counted(count: number, word: string): string {
  return `${STEP.format(count)} ${word}${count === 1 ? "" : "s"}`;
}
