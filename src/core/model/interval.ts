/** The interval in which something happened: behaviour is seen only where it was measured (rule 1). */

/**
 * `(after, by]`: absent at `after`, present at `by`. `after` null: already present at the first evaluation
 * (left-censored). `by` null: not present by the last evaluation, which is `after` (right-censored).
 */
export interface Interval {
  readonly after: number | null;
  readonly by: number | null;
}

export type OnsetStatus = "observed" | "left-censored" | "right-censored" | "no-data";

export function statusOf({ after, by }: Interval): OnsetStatus {
  if (by !== null) return after === null ? "left-censored" : "observed";
  return after === null ? "no-data" : "right-censored";
}

/** A step as people write it: `1,250`; fractions keep up to six digits. */
export function formatStep(step: number): string {
  return step.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

/** `(1,000, 1,250]`, `by 50 (first evaluation)`, `not by 10,000`, `no data`. */
export function formatInterval(interval: Interval): string {
  const { after, by } = interval;
  switch (statusOf(interval)) {
    case "observed":
      return `(${formatStep(after as number)}, ${formatStep(by as number)}]`;
    case "left-censored":
      return `(−∞, ${formatStep(by as number)}] present at the first evaluation`;
    case "right-censored":
      return `not by ${formatStep(after as number)}`;
    case "no-data":
      return "no data";
  }
}
