/**
 * Min–max decimation (M4, Jugel et al. 2014): for drawing only, after every analysis. Each pixel column keeps its first,
 * last, lowest and highest point, every annotated step, and one point of each non-finite kind.
 */

import type { Curve } from "../model/series.js";

export interface Drawn {
  readonly step: Float64Array;
  readonly value: Float64Array;
}

/**
 * At most about four points per column. `toX` maps a step to pixels (linear or log), ascending; steps outside
 * [0, width) are dropped but for the nearest one on each side, so that lines leave the chart as they should.
 * O(columns · log n) where the curve has the extremes of its parts at hand: a frame is no pass over the points.
 */
export function downsample(
  curve: Curve,
  toX: (step: number) => number,
  width: number,
  annotated: ReadonlySet<number> = new Set(),
): Drawn {
  const indices = downsampledIndices(curve, toX, width, annotated);
  return {
    step: Float64Array.from(indices, (i) => curve.stepAt(i)),
    value: Float64Array.from(indices, (i) => curve.valueAt(i)),
  };
}

/** Which points `downsample` keeps, ascending: for columns that go with them. */
export function downsampledIndices(
  curve: Curve,
  toX: (step: number) => number,
  width: number,
  annotated: ReadonlySet<number> = new Set(),
): number[] {
  const keep: number[] = [];
  let [asked, known] = [-1, NaN];
  // The end of a column, which was asked last as often as not, begins the next one.
  const columnAt = (i: number): number => {
    if (i !== asked) known = Math.floor(toX(curve.stepAt((asked = i))));
    return known;
  };
  const marked = markedIn(curve, annotated);
  let first = boundary(0, curve.length, 1, (i) => columnAt(i) < 0);
  if (first > 0) keep.push(first - 1);
  let guess = 1;
  let mark = marked.findIndex((i) => i >= first);
  while (first < curve.length) {
    const column = columnAt(first);
    if (column > width) {
      keep.push(first);
      break;
    }
    const end = boundary(first + 1, curve.length, guess, (i) => columnAt(i) <= column);
    guess = end - first;
    const { lowest, highest, nan, infinite } = curve.extremes(first, end);
    const before = keep.length;
    insert(keep, before, first);
    insert(keep, before, end - 1);
    for (const i of [lowest, highest, nan, infinite]) if (i >= 0) insert(keep, before, i);
    for (; mark >= 0 && (marked[mark] ?? end) < end; mark++) {
      insert(keep, before, marked[mark] as number);
    }
    first = end;
  }
  return keep;
}

/** O(log n). */
export function hasStep(curve: Curve, step: number): boolean {
  const at = boundary(0, curve.length, curve.length, (i) => curve.stepAt(i) < step);
  return at < curve.length && curve.stepAt(at) === step;
}

/** Puts an index among those of `kept` from place `start` on, which ascend, unless it is there. */
function insert(kept: number[], start: number, index: number): void {
  let place = kept.length;
  while (place > start && (kept[place - 1] as number) > index) place -= 1;
  if (place > start && kept[place - 1] === index) return;
  for (let i = kept.length; i > place; i--) kept[i] = kept[i - 1] as number;
  kept[place] = index;
}

/** Indices of the points at annotated steps, ascending. */
function markedIn(curve: Curve, annotated: ReadonlySet<number>): number[] {
  const marked: number[] = [];
  for (const step of annotated) {
    const from = boundary(0, curve.length, curve.length, (i) => curve.stepAt(i) < step);
    for (let i = from; i < curve.length && curve.stepAt(i) === step; i++) marked.push(i);
  }
  return marked.sort((a, b) => a - b);
}

/**
 * The first index from `from` to before `to` where `isBefore`, which turns false once, is false; `to` where there is none.
 * `guess` is how far away it may be. O(log of how far that is wrong).
 */
function boundary(
  from: number,
  to: number,
  guess: number,
  isBefore: (index: number) => boolean,
): number {
  let low = from;
  let high = to;
  // The last column's width is a good guess of the next one's: look around it first.
  const near = Math.min(to - 1, from + guess - 1);
  if (near >= from && isBefore(near)) {
    low = near + 1;
    for (let reach = 1; low < to; reach *= 2) {
      const probe = Math.min(to - 1, low + reach - 1);
      if (!isBefore(probe)) {
        high = probe;
        break;
      }
      low = probe + 1;
    }
  } else if (near >= from) {
    high = near;
    for (let reach = 1; low < high; reach *= 2) {
      const probe = Math.max(from, high - reach);
      if (isBefore(probe)) {
        low = probe + 1;
        break;
      }
      high = probe;
    }
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
