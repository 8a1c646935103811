/** A series as a short line of block characters, for hovers. */

import type { Series } from "../model/series.js";
import { knownPoints } from "./findOnset.js";

const BLOCKS = "▁▂▃▄▅▆▇█";

/** `length` characters at even distances in log-step, each at the height of the last value up to there. */
export function sparkline(
  series: Series,
  length: number,
  range: { readonly low: number; readonly high: number },
  lastStep: number,
): string {
  const { step, value } = knownPoints(series);
  const first = step[0];
  if (first === undefined || !(range.high > range.low)) return BLOCKS[0]?.repeat(length) ?? "";
  const from = Math.log1p(first);
  const to = Math.log1p(lastStep);
  let text = "";
  let index = 0;
  for (let i = 0; i < length; i++) {
    const at = Math.expm1(from + ((to - from) * (i + 1)) / length) + 1e-6;
    while (index + 1 < step.length && (step[index + 1] as number) <= at) index++;
    const share = ((value[index] as number) - range.low) / (range.high - range.low);
    const height = Math.min(BLOCKS.length - 1, Math.max(0, Math.floor(share * BLOCKS.length)));
    text += BLOCKS[Number.isNaN(height) ? 0 : height] ?? "";
  }
  return text;
}
