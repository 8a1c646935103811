/** Method M12: where two runs begin to differ by more than noise. */

import type { Series } from "../model/series.js";
import { findOnset, type Onset } from "./findOnset.js";
import { valueAt } from "./valueAt.js";

export interface Divergence extends Onset {
  /** Points of the grid at which the other run's value was interpolated (rule 6). */
  readonly interpolated: number;
  /** Points of the grid that say nothing since the noise is not known there. */
  readonly noiseUnknown: number;
}

/** The difference is "likely real" from here on (rule 7). */
const NOISES = 3;
const CONSECUTIVE = 3;

/**
 * The onset of `|A − B| > 3·noise` for three points in a row, as an interval on the aligned grid. The grid is that of the run
 * with fewer points where both were measured; the other run has its own value there or one interpolated between its
 * neighbours, never beyond its ends. A point is unknown, neither apart nor together, where a value is NaN or the noise null
 * or NaN. Equal infinities do not differ; without noise every difference does. `noiseAt` is the noise of the difference at a
 * value of the axis. Without a point in common there are no data. O(n log n).
 */
export function firstDivergence(
  a: Series,
  b: Series,
  noiseAt: (x: number) => number | null,
): Divergence {
  const [sparse, dense] = countWithin(a, b) <= countWithin(b, a) ? [a, b] : [b, a];
  const step: number[] = [];
  const value: number[] = [];
  let interpolated = 0;
  let noiseUnknown = 0;
  for (let i = 0; i < sparse.step.length; i++) {
    const at = sparse.step[i]!;
    const other = valueAt(dense, at);
    if (other === null) continue;
    const noise = noiseAt(at);
    if (other.interpolated) interpolated++;
    if (noise === null) noiseUnknown++;
    const own = sparse.value[i]!;
    const apart = own === other.value ? 0 : Math.abs(own - other.value);
    step.push(at);
    value.push(apart === 0 ? 0 : noise === null ? NaN : apart / noise);
  }
  const ratio: Series = {
    step: Float64Array.from(step),
    value: Float64Array.from(value),
    stderr: null,
    notRecorded: 0,
    reduced: false,
  };
  const onset = findOnset(ratio, (noises) => noises > NOISES, CONSECUTIVE);
  return { ...onset, interpolated, noiseUnknown };
}

/** Points of `series` inside the range of `other`. */
function countWithin({ step }: Series, other: Series): number {
  const first = other.step[0] ?? NaN;
  const last = other.step.at(-1) ?? NaN;
  return step.reduce((count, at) => count + (at >= first && at <= last ? 1 : 0), 0);
}
