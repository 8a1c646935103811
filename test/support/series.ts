/** Series as analyses take them, from tables that a reader takes in at a glance. */

import type { Series } from "../../src/core/model/series.js";

/** A series from `[step, value]` pairs. */
export function seriesOf(
  points: readonly (readonly [step: number, value: number])[],
  stderr: readonly number[] | null = null,
): Series {
  return {
    step: Float64Array.from(points, ([step]) => step),
    value: Float64Array.from(points, ([, value]) => value),
    stderr: stderr && Float64Array.from(stderr),
    notRecorded: 0,
    reduced: false,
  };
}

/** A series at steps 10, 20, 30 …. */
export function everyTen(...values: readonly number[]): Series {
  return seriesOf(values.map((value, i) => [10 * (i + 1), value]));
}
