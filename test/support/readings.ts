/** Runs of one file, and all that a reading says of them: two readings of one file must say the same. */

import { dirname } from "node:path";
import type { RunReading } from "../../src/core/catalog/runReading.js";
import { CheckpointList } from "../../src/core/model/checkpointList.js";
import type { RunDir } from "../../src/core/model/run.js";

/** A run of one file. */
export function runOf(file: string, format: string): RunDir {
  return {
    key: file,
    id: "run",
    root: dirname(file),
    directory: dirname(file),
    file: null,
    part: null,
    sources: [{ file, format, split: null, stream: null }],
    configs: [],
    checkpoints: CheckpointList.EMPTY,
    systems: [],
    holdsSeveral: false,
  };
}

/** All that a reading says of its run. */
export function contentsOf(reading: RunReading): unknown {
  return ["", ...reading.parts()].map((part) => {
    const table = reading.table(part);
    return {
      part,
      config: reading.config(part),
      axis: reading.axis(part),
      problems: reading.problems(part),
      points: reading.pointsByFile(part),
      evaluated: reading.evaluated(),
      modifiedMs: reading.modifiedMs(),
      attempts: table.attempts,
      metrics: table.metricNames().map((name) => ({
        name,
        points: table.points(name),
        series: table.series(name),
        higherIsBetter: reading.higherIsBetter(name),
      })),
    };
  });
}
