/** Method M20: a metric that rises and falls again inside a run, as the test loss does in double descent. */

import type { Interval } from "../model/interval.js";
import type { Series } from "../model/series.js";
import { findChangePoints, MIN_SEGMENT, noiseSdOf, type ChangePoints } from "./changePoints.js";

export interface RiseAndFallOptions {
  /** A dip is a peak of the negative values. */
  readonly shape: "peak" | "dip";
  /** What lines are fitted over. */
  readonly axis?: "log-step" | "step";
}

export interface RiseAndFall {
  /** Where the fit passes half of the prominence on the way up, and down again. */
  readonly rise: Interval;
  readonly fall: Interval;
  /** From where the fit is in the top quarter of the prominence to where it is below it again. */
  readonly peak: Interval;
  readonly level: number;
  /** How far one must go down from the level before anything higher, on the side where that is less. */
  readonly prominence: number;
  /** In standard deviations of the noise about its level; null where there is no noise. */
  readonly prominenceInNoise: number | null;
}

/** The peak that is the most prominent one, the first of several; null where there is none. */
export function highestOf(peaks: readonly RiseAndFall[]): RiseAndFall | null {
  return peaks.reduce<RiseAndFall | null>(
    (most, peak) => (most && most.prominence >= peak.prominence ? most : peak),
    null,
  );
}

export interface RisesAndFalls {
  /** By step. */
  readonly peaks: readonly RiseAndFall[];
  readonly changePoints: ChangePoints;
}

const MIN_PROMINENCE = 5;
/** Shares of the prominence below the top, at which rise and fall and the sides of the peak are. */
const HALF = 0.5;
/** Evaluations above half of the prominence that a peak has at least: fewer are outliers. */
const LEAST_ABOVE = 3;
const QUARTER = 0.25;
/** A peak needs two lines at least. */
export const LEAST_EVALUATIONS = 2 * MIN_SEGMENT.slope;

/** An end of a segment, as the fit has it. */
interface Vertex {
  readonly segment: number;
  readonly step: number;
  readonly value: number;
}

/**
 * Peaks of the lines of M6's partition of least cost, so that the highest of many noisy values is none: an end of a line
 * above both its neighbours whose prominence is at least five standard deviations of the noise, with three evaluations
 * above half of it. Prominence as in topography, and half of it for rise and fall, as `scipy.signal.find_peaks` and
 * `peak_widths` have them. What begins or ends on its highest level has not risen or not fallen, and is no peak. Noise
 * with outliers or much larger at one end has peaks now and then: see the figures in docs/truth.md.
 *
 * Where a side of the peak lies on a break, it has the break's interval; on a line it lies between two evaluations, as
 * certain as the fit is. O(M6) and O(segments²).
 */
export function findRisesAndFalls(
  series: Series,
  { shape, axis = "log-step" }: RiseAndFallOptions,
): RisesAndFalls {
  const changePoints = findChangePoints(series, { kind: "slope", axis, keep: "all" });
  const sign = shape === "peak" ? 1 : -1;
  const vertices = changePoints.segments.flatMap((segment, k): Vertex[] => [
    { segment: k, step: segment.firstStep, value: sign * segment.firstValue },
    { segment: k, step: segment.lastStep, value: sign * segment.lastValue },
  ]);
  const levels = vertices.map(({ value }) => value);
  const sd = noiseSdOf(changePoints);
  const sides = new Sides(series, vertices, changePoints, axis);
  const peaks: RiseAndFall[] = [];
  for (const [k, level] of levels.entries()) {
    if (!(level > (levels[k - 1] ?? Infinity) && level >= (levels[k + 1] ?? Infinity))) continue;
    const prominence = level - Math.max(baseFrom(levels, k, -1), baseFrom(levels, k, 1));
    if (!(prominence > 0 && prominence >= MIN_PROMINENCE * sd)) continue;
    const half = level - HALF * prominence;
    const quarter = level - QUARTER * prominence;
    const rise = sides.of(k, -1, half);
    const fall = sides.of(k, 1, half);
    if (sides.countAbove(rise, fall, sign, half) < LEAST_ABOVE) continue;
    peaks.push({
      rise,
      fall,
      peak: { after: sides.of(k, -1, quarter).after, by: sides.of(k, 1, quarter).by },
      level: sign * level,
      prominence,
      prominenceInNoise: sd > 0 ? prominence / sd : null,
    });
  }
  return { peaks, changePoints };
}

/** Lowest level from `peak` on in one direction, up to the first that is higher. */
function baseFrom(levels: readonly number[], peak: number, direction: 1 | -1): number {
  const top = levels[peak] as number;
  let base = top;
  for (let k = peak + direction; k >= 0 && k < levels.length; k += direction) {
    const level = levels[k] as number;
    if (level > top) break;
    base = Math.min(base, level);
  }
  return base;
}

/** Where the fit passes a height on either side of a peak. */
class Sides {
  private readonly step: Float64Array;

  constructor(
    private readonly series: Series,
    private readonly vertices: readonly Vertex[],
    private readonly changePoints: ChangePoints,
    private readonly axis: "log-step" | "step",
  ) {
    this.step = series.step.filter((_, i) => Number.isFinite(series.value[i]));
  }

  of(peak: number, direction: 1 | -1, height: number): Interval {
    let k = peak + direction;
    while ((this.vertices[k] as Vertex).value > height) k += direction;
    const outer = this.vertices[k] as Vertex;
    const inner = this.vertices[k - direction] as Vertex;
    const [left, right] = direction < 0 ? [outer, inner] : [inner, outer];
    if (left.segment !== right.segment) {
      const { after, by } = this.changePoints.breaks[left.segment] as Interval;
      return { after, by };
    }
    const [from, to] = [this.xOf(left.step), this.xOf(right.step)];
    const crossing = from + ((height - left.value) / (right.value - left.value)) * (to - from);
    const among = this.step.filter((step) => step >= left.step && step <= right.step);
    const after = among.filter((step) => this.xOf(step) < crossing).at(-1) ?? left.step;
    return { after, by: among.find((step) => step > after) ?? right.step };
  }

  /** Evaluations behind the rise and before the end of the fall whose own value is above a height. */
  countAbove({ after }: Interval, { by }: Interval, sign: 1 | -1, height: number): number {
    const { step, value } = this.series;
    let count = 0;
    for (let i = 0; i < step.length; i++) {
      const at = step[i] as number;
      const isBetween = at > (after ?? -Infinity) && at < (by ?? Infinity);
      if (isBetween && sign * (value[i] as number) > height) count++;
    }
    return count;
  }

  private xOf(step: number): number {
    return this.axis === "step" ? step : Math.log10(Math.max(1, step));
  }
}
