/** An interval as a sentence's part, as the terminal says it. */

import { formatStep } from "./format.js";

export function intervalText({
  after,
  by,
}: {
  readonly after: number | null;
  readonly by: number | null;
}): string {
  if (by === null) return after === null ? "no data" : `not by ${formatStep(after)}`;
  return after === null
    ? `(−∞, ${formatStep(by)}] present at the first evaluation`
    : `(${formatStep(after)}, ${formatStep(by)}]`;
}
