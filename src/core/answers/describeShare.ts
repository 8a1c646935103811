/** `present by step 3,000 in 5 of 8 (95 % CI 0.31–0.86), 2 unknown`: shares in words (M13). */

import type { Share } from "../analysis/seedShare.js";

export function describeShare({ present, known, unknown, interval }: Share, point: string): string {
  const rest = unknown === 0 ? "" : `, ${unknown} unknown`;
  if (known === 0 || interval === null) return `not known by ${point}${rest}`;
  const [low, high] = interval;
  const bounds = known > 1 ? ` (95 % CI ${low.toFixed(2)}–${high.toFixed(2)})` : "";
  return `present by ${point} in ${present} of ${known}${bounds}${rest}`;
}
