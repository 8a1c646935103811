/** The metrics of one file as its reader gives them: how long each is, where it lies, and its course as a small line. */

import { downsample } from "../analysis/downsample.js";
import type { Chunk, Reader, ReadInput } from "../formats/reader.js";
import type { Problem } from "../model/problem.js";
import { SeriesCurve } from "../tables/seriesCurve.js";

/** Columns of a line. */
const WIDTH = 64;
/** Most metrics that are listed. */
const MAX_LISTED = 2_000;

export interface FileSeries {
  readonly metric: string;
  /** Run within the file, where it holds several. */
  readonly part: string | null;
  /** What its steps count, where they are not plainly optimiser steps. */
  readonly axis: string | null;
  readonly points: number;
  /** Null without points that have a step. */
  readonly first: number | null;
  readonly last: number | null;
  /** Of the last step. */
  readonly value: number;
  /** Lowest and highest finite value; null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  /** NaN and infinities. */
  readonly nonFinite: number;
  /** The course for drawing, by ascending step. */
  readonly line: { readonly step: Float64Array; readonly value: Float64Array };
}

export interface SeriesInFile {
  /** In the order of the file; at most 2,000. */
  readonly series: readonly FileSeries[];
  readonly metrics: number;
  readonly points: number;
  readonly problems: readonly Problem[];
}

/** Reads the whole file. O(points), but for a log that goes back to earlier steps: that is sorted. */
export async function readFileSeries(
  reader: Reader,
  input: ReadInput,
  signal?: AbortSignal,
): Promise<SeriesInFile> {
  const found = new Map<string, Collected>();
  const problems: Problem[] = [];
  let points = 0;
  for await (const chunk of reader.read(input, signal)) {
    if (chunk.startsAnew === true) {
      found.clear();
      points = 0;
    }
    problems.push(...chunk.problems);
    points += chunk.points.step.length;
    collect(chunk, found);
  }
  const series = [...found.values()].slice(0, MAX_LISTED).map(describe);
  return { series, metrics: found.size, points, problems };
}

interface Collected {
  readonly metric: string;
  readonly part: string | null;
  readonly axis: string | null;
  readonly step: number[];
  readonly value: number[];
}

function collect(chunk: Chunk, found: Map<string, Collected>): void {
  const { points } = chunk;
  const [part, axis] = [chunk.part ?? null, chunk.axis ?? null];
  const own = points.metrics.map((metric) => {
    const key = JSON.stringify([part, axis, metric]);
    return () => {
      let series = found.get(key);
      if (!series) found.set(key, (series = { metric, part, axis, step: [], value: [] }));
      return series;
    };
  });
  const series: (Collected | undefined)[] = [];
  for (let i = 0; i < points.step.length; i++) {
    const id = points.metric[i] as number;
    const into = (series[id] ??= own[id]?.());
    into?.step.push(points.step[i] as number);
    into?.value.push(points.value[i] as number);
  }
}

function describe({ metric, part, axis, ...columns }: Collected): FileSeries {
  const { step, value } = ascending(columns);
  const [first, last] = [step[0], step.at(-1)];
  let low = Infinity;
  let high = -Infinity;
  let nonFinite = 0;
  for (const one of value) {
    if (!Number.isFinite(one)) nonFinite += 1;
    else {
      low = Math.min(low, one);
      high = Math.max(high, one);
    }
  }
  const range = (last ?? 0) - (first ?? 0);
  const toX = (at: number): number => (range > 0 ? ((at - (first ?? 0)) / range) * WIDTH : 0);
  return {
    ...{ metric, part, axis, points: step.length },
    ...{ first: first ?? null, last: last ?? null, value: value.at(-1) ?? NaN },
    ...{ low: low <= high ? low : null, high: low <= high ? high : null, nonFinite },
    line: downsample(new SeriesCurve(step, value), toX, WIDTH),
  };
}

/** By step, those of one step in the order of the file. Steps that are no numbers are left out. */
function ascending(columns: Pick<Collected, "step" | "value">): {
  step: Float64Array;
  value: Float64Array;
} {
  const { step, value } = columns;
  const isAscending = step.every((one, i) => i === 0 || one >= (step[i - 1] as number));
  if (isAscending) return { step: Float64Array.from(step), value: Float64Array.from(value) };
  const order = Array.from(step, (_, i) => i)
    .filter((i) => !Number.isNaN(step[i]))
    .sort((a, b) => (step[a] as number) - (step[b] as number) || a - b);
  return {
    step: Float64Array.from(order, (i) => step[i] as number),
    value: Float64Array.from(order, (i) => value[i] as number),
  };
}
