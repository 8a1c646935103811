/**
 * Min–max decimation (M4, Jugel et al. 2014): for drawing only, after every analysis. Each pixel column keeps its first,
 * last, lowest and highest point, every annotated step, and one point of each non-finite kind.
 */

export interface Drawn {
  readonly step: Float64Array;
  readonly value: Float64Array;
}

/**
 * At most about four points per column. `toX` maps a step to pixels (linear or log), ascending; steps outside
 * [0, width) are dropped but for the nearest one on each side, so that lines leave the chart as they should. O(n).
 */
export function downsample(
  step: Float64Array,
  value: Float64Array,
  toX: (step: number) => number,
  width: number,
  annotated: ReadonlySet<number> = new Set(),
): Drawn {
  const indices = downsampledIndices(step, value, toX, width, annotated);
  return {
    step: Float64Array.from(indices, (i) => step[i] as number),
    value: Float64Array.from(indices, (i) => value[i] as number),
  };
}

/** Which points `downsample` keeps, ascending: for columns that go with them. */
export function downsampledIndices(
  step: Float64Array,
  value: Float64Array,
  toX: (step: number) => number,
  width: number,
  annotated: ReadonlySet<number> = new Set(),
): number[] {
  const keep: number[] = [];
  let column = NaN;
  let first = -1;
  let last = -1;
  let low = -1;
  let high = -1;
  let before = -1;
  let behind = -1;
  let nan = -1;
  let infinite = -1;
  const marked: number[] = [];
  const flush = (): void => {
    if (first < 0) return;
    const chosen = new Set(
      [first, low, high, last, nan, infinite, ...marked].filter((i) => i >= 0),
    );
    keep.push(...[...chosen].sort((a, b) => a - b));
    first = last = low = high = nan = infinite = -1;
    marked.length = 0;
  };
  for (let i = 0; i < step.length; i++) {
    const x = Math.floor(toX(step[i] as number));
    if (x < 0) {
      before = i;
      continue;
    }
    if (x > width) {
      behind = i;
      break;
    }
    if (x !== column) {
      flush();
      column = x;
    }
    const y = value[i] as number;
    if (first < 0) first = i;
    last = i;
    if (annotated.has(step[i] as number)) marked.push(i);
    if (Number.isNaN(y)) nan = nan < 0 ? i : nan;
    else if (!Number.isFinite(y)) infinite = infinite < 0 ? i : infinite;
    else {
      if (low < 0 || y < (value[low] as number)) low = i;
      if (high < 0 || y > (value[high] as number)) high = i;
    }
  }
  flush();
  return [...(before < 0 ? [] : [before]), ...keep, ...(behind < 0 ? [] : [behind])];
}
