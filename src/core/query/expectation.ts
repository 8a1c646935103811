/** What somebody expects of a behaviour, and whether a run holds to it. */

import { formatInterval, formatStep, type Interval } from "../model/interval.js";
import { formatAxisValue, parseAxisValue } from "./axisValue.js";
import type { AxisValue } from "./query.js";

/** `by 10k tokens`, `present` (at any time), `never`. */
export type Expectation =
  { readonly kind: "by"; readonly point: AxisValue } | { readonly kind: "present" | "never" };

/** Null where the text is none. */
export function parseExpectation(text: string): Expectation | null {
  const words = text.trim();
  if (words === "present" || words === "never") return { kind: words };
  if (!/^by\s/.test(words)) return null;
  const point = parseAxisValue(words.slice(2));
  return point === null ? null : { kind: "by", point };
}

export function formatExpectation(expectation: Expectation): string {
  return expectation.kind === "by" ? `by ${formatAxisValue(expectation.point)}` : expectation.kind;
}

export interface Judgement {
  /** `undecided`: the run was not evaluated far enough, or the onset's interval holds the expected point. */
  readonly verdict: "met" | "violated" | "undecided";
  /** What was expected and what is there, in one line. */
  readonly text: string;
}

/** `toStep` gives null for a point on an axis that the run does not have. Null without data. */
export function judge(
  expectation: Expectation,
  onset: Interval,
  toStep: (point: AxisValue) => number | null,
): Judgement | null {
  const { after, by } = onset;
  if (after === null && by === null) return null;
  const found = formatInterval(onset);
  const told = (verdict: Judgement["verdict"], expected: string): Judgement => ({
    verdict,
    text: `expected ${expected}: ${found}`,
  });
  switch (expectation.kind) {
    case "never":
      return told(by === null ? "met" : "violated", "never");
    case "present":
      return told(by === null ? "violated" : "met", "present");
    case "by": {
      const step = toStep(expectation.point);
      const point = formatAxisValue(expectation.point);
      if (step === null) return told("undecided", `by ${point}, which is no known step here`);
      const expected = `by ${point}${expectation.point.axis === "step" ? "" : ` (step ${formatStep(step)})`}`;
      if (by !== null && by <= step) return told("met", expected);
      return told(after !== null && after >= step ? "violated" : "undecided", expected);
    }
  }
}
