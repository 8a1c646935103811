/** Outcomes as they travel: two bits each, 0 wrong, 1 right, 3 unknown. */

import type { Page } from "./raster.js";

export type Outcome = "right" | "wrong" | "unknown";

export function outcomeAt(
  { stride, bytes }: Page["raster"],
  row: number,
  checkpoint: number,
): Outcome {
  const byte = bytes[row * stride + (checkpoint >> 2)] ?? 0xff;
  const bits = (byte >> (2 * (checkpoint & 3))) & 3;
  return bits === 1 ? "right" : bits === 0 ? "wrong" : "unknown";
}
