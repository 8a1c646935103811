/** How a difference compares with noise, in words (rule 7). */

import type { DiffAnswer } from "../../src/core/index.js";
import { formatValue } from "./format.js";

/** `likely real: noise 0.012 over seeds`. */
export function noiseText({
  verdict,
  noise,
  noiseFrom,
}: Pick<DiffAnswer["metrics"][number], "verdict" | "noise" | "noiseFrom">): string {
  if (noise === null || noiseFrom === null) return verdict;
  const from = noiseFrom === "seeds" ? "over seeds" : "of the last checkpoints";
  return `${verdict}: noise ${formatValue(noise)} ${from}`;
}
