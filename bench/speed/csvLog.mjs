/** Writes the rows of `jsonlLog.mjs` as comma-separated values below a header. */

import { METRICS, writeRows } from "./jsonlLog.mjs";

/** @param {{ file: string, bytes: number, seed: number }} log */
export function writeCsv(log) {
  writeRows({
    ...log,
    head: `step,${METRICS.join(",")}\n`,
    row: (step, values) => `${step},${values.join(",")}\n`,
  });
}
