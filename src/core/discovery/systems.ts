/** Names of the systems that wrote a run, as its users call them. */

import { checkpointFormatOf } from "../formats/checkpoints/index.js";
import { readerOf } from "../formats/index.js";

/** The systems by the formats of a run's logs and checkpoints, and those whose layouts were met, without repeats. */
export function systemsOf(
  sourceFormats: readonly string[],
  checkpointFormats: readonly string[],
  laidOut: readonly string[],
): string[] {
  const systems = new Set([...sourceFormats.map((format) => readerOf(format).system), ...laidOut]);
  for (const format of checkpointFormats) {
    const { system } = checkpointFormatOf(format);
    if (system !== null) systems.add(system);
  }
  return [...systems].sort();
}
