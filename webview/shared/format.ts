/** Numbers as people read them. */

const STEP = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });
const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });

export function formatStep(step: number): string {
  return STEP.format(step);
}

/** For axes: `1.25K` is written `1.25k`. */
export function formatCompactStep(step: number): string {
  return COMPACT.format(step).replace("K", "k");
}

/** Four significant digits; never rounds a non-finite value away. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e6)
      ? value.toExponential(2)
      : String(Number(value.toPrecision(4)));
  return text.replaceAll("-", "−");
}

/** For value axes, whose values are round: `1e−4`, `220k`. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e4 && size < 1e15) return formatCompactStep(value).replace("-", "−");
  if (size === 0 || (size >= 1e-3 && size < 1e15)) return formatValue(value);
  return value.toExponential().replace("+", "").replaceAll("-", "−");
}

export function formatSigned(value: number): string {
  return value > 0 ? `+${formatValue(value)}` : formatValue(value);
}

export function formatConfigValue(value: unknown): string {
  return value === undefined ? "—" : typeof value === "string" ? value : JSON.stringify(value);
}
