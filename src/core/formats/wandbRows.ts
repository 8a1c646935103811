/** How rows that W&B's client wrote become points: which of their columns is the step, and which are metrics. */

import { isPlainObject } from "../model/config.js";
import type { PointBuffer } from "../model/series.js";
import { numberOf } from "./json.js";
import { isMedia } from "./wandbRecords.js";

/** Columns that hold the training step, better ones first; `_step` is the client's own counter of rows. */
const STEP_NAMES = [
  "train/global_step",
  "trainer/global_step",
  "global_step",
  "step",
  "iteration",
  "train/step",
];
export const COUNTER = "_step";
export const TIMESTAMP = "_timestamp";

/** Columns of the client: where and when a row was logged, not what. */
export const PLACE: ReadonlySet<string> = new Set([COUNTER, "_runtime", TIMESTAMP, "_wandb"]);

export interface Row {
  readonly items: ReadonlyMap<string, unknown>;
  /** The client's own counter, null where the row has none. */
  readonly counter: number | null;
}

/**
 * The column that steps are taken from: the first one that at least half of the rows with metrics have, of those that
 * the run declares as a metric's x axis, then of the usual names; else the client's counter.
 */
export function chooseStep(rows: readonly Row[], declared: readonly string[]): string {
  const withMetrics = rows.filter(({ items }) => [...items.keys()].some((key) => !PLACE.has(key)));
  for (const name of [...declared, ...STEP_NAMES]) {
    if (PLACE.has(name)) continue;
    const having = withMetrics.filter(({ items }) => isStep(items.get(name)));
    if (having.length > 0 && having.length * 2 >= withMetrics.length) return name;
  }
  return COUNTER;
}

/** The axis to show: the client's counter and other names are not plainly the optimiser step. */
export function axisOfRows(stepName: string): string | undefined {
  return stepName === "step" || stepName === "global_step" ? undefined : stepName;
}

/** The step of a row, or null where it has none. */
export function stepOfRow({ items, counter }: Row, stepName: string): number | null {
  const value = stepName === COUNTER ? counter : items.get(stepName);
  return isStep(value) ? value : null;
}

function isStep(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Adds the scalars of a row at `step`. Nested values get dotted names. */
export function addRow(row: Row, stepName: string, step: number, points: PointBuffer): void {
  const time = row.items.get(TIMESTAMP);
  const wallTime = typeof time === "number" ? time : NaN;
  for (const [name, value] of row.items) {
    if (!PLACE.has(name) && name !== stepName) addValue(name, value, step, wallTime, points, 0);
  }
}

function addValue(
  name: string,
  value: unknown,
  step: number,
  wallTime: number,
  points: PointBuffer,
  depth: number,
): void {
  if (isPlainObject(value)) {
    if (isMedia(value) || depth > 16) return;
    for (const [key, child] of Object.entries(value)) {
      addValue(`${name}.${key}`, child, step, wallTime, points, depth + 1);
    }
    return;
  }
  const number = numberOf(value);
  if (number !== undefined) points.add(points.idOf(name), step, wallTime, number);
}
