/** What a reading into columns gives, put together whatever its batches are. */

import type { Cursor } from "../../src/core/formats/reader.js";
import type { ColumnReading } from "../../src/core/kernels/columnReading.js";
import type { ConfigValue } from "../../src/core/model/config.js";
import type { Problem } from "../../src/core/model/problem.js";
import type { Restart } from "../../src/core/tables/attempts.js";
import {
  lengthsAt,
  stepsOf,
  wallTimesOf,
  type ColumnBatch,
  type Ends,
} from "../../src/core/tables/columnBatch.js";

interface CollectedMetric {
  readonly steps: number[];
  readonly wallTimes: number[];
  readonly values: number[];
  readonly recorded: number[];
  readonly stderr: number[];
}

interface CollectedRestart extends Restart {
  /** Points of each metric before it. */
  readonly lengths: Record<string, number>;
}

/** A run within the file. */
export interface CollectedPart {
  readonly metrics: Map<string, CollectedMetric>;
  readonly restarts: CollectedRestart[];
  rows: number;
}

export interface CollectedReading {
  /** Without the points of an unfinished end. */
  readonly parts: Map<string, CollectedPart>;
  /** Those points. */
  readonly provisional: Map<string, CollectedPart>;
  readonly config: Map<string, ConfigValue>;
  readonly partConfigs: Map<string, Map<string, ConfigValue>>;
  readonly axis: string | null;
  readonly problems: Problem[];
  readonly cursor: Cursor;
  readonly ends: Map<string, Ends>;
}

export async function collect(reading: ColumnReading): Promise<CollectedReading> {
  const parts = new Map<string, CollectedPart>();
  const provisional = new Map<string, CollectedPart>();
  const config = new Map<string, ConfigValue>();
  const partConfigs = new Map<string, Map<string, ConfigValue>>();
  const problems: Problem[] = [];
  let axis: string | null = null;
  for (;;) {
    const next = await reading.next();
    if (next.done === true) {
      const { cursor, ends } = next.value;
      return {
        ...{ parts, provisional, config, partConfigs, axis, problems, cursor },
        ends: new Map(ends),
      };
    }
    const { columns, part = "", config: own } = next.value;
    addBatch(next.value.provisional === true ? provisional : parts, part, columns);
    let into = config;
    if (part !== "" && own) partConfigs.set(part, (into = partConfigs.get(part) ?? new Map()));
    for (const [key, value] of own ?? []) into.set(key, value);
    problems.push(...next.value.problems);
    axis = next.value.axis ?? axis;
  }
}

function addBatch(parts: Map<string, CollectedPart>, name: string, batch: ColumnBatch): void {
  if (batch.metrics.every((_, metric) => batch.columns(metric) === null)) return;
  const part = parts.get(name) ?? {
    metrics: new Map<string, CollectedMetric>(),
    restarts: [],
    rows: 0,
  };
  parts.set(name, part);
  const before = Object.fromEntries(
    [...part.metrics].map(([key, { steps }]) => [key, steps.length]),
  );
  for (const [index, restart] of batch.restarts.entries()) {
    const own = lengthsAt(batch, index);
    const lengths = { ...before };
    for (const [metric, key] of batch.metrics.entries()) {
      const length = (before[key] ?? 0) + (own[metric] ?? 0);
      if (length > 0) lengths[key] = length;
    }
    part.restarts.push({ ...restart, lengths });
  }
  part.rows += batch.rows;
  for (const [metric, key] of batch.metrics.entries()) {
    const columns = batch.columns(metric);
    if (columns === null) continue;
    let into = part.metrics.get(key);
    if (!into) {
      into = { steps: [], wallTimes: [], values: [], recorded: [], stderr: [] };
      part.metrics.set(key, into);
    }
    const { length, values, recorded, stderr } = columns;
    for (const step of stepsOf(columns)) into.steps.push(step);
    for (const wallTime of wallTimesOf(columns)) into.wallTimes.push(wallTime);
    for (const value of values) into.values.push(value);
    for (let i = 0; i < length; i++) {
      into.recorded.push(recorded?.[i] ?? 1);
      into.stderr.push(stderr?.[i] ?? NaN);
    }
  }
}
