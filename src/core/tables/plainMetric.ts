/**
 * A metric that one stream logs step by step: what survives of it lies in the logs as it was written, so that nothing is
 * copied, sorted or compared before it is asked for, and a log that grows costs what is new.
 */

import type { Curve, Extremes, Series } from "../model/series.js";
import { someErrors } from "./metricRows.js";
import { lowerBound, piecesOf, type MetricSource, type Piece } from "./metricSource.js";
import { ExtremesFinder, type ValueAt } from "./pyramid.js";

/** Points of one attempt, ascending. */
interface AttemptPiece extends Piece {
  readonly attempt: number;
  /** Which of the source's points is the first that a later attempt superseded. */
  readonly kept: number;
}

export class PlainMetric {
  readonly curve: SourceCurve;

  private constructor(private readonly pieces: readonly AttemptPiece[]) {
    this.curve = new SourceCurve(
      pieces.map(({ source, from, kept }) => ({ source, from, to: kept })),
    );
  }

  /** Null for a metric that is not so plain. O(files + restarts · log(points)). */
  static of(sources: readonly MetricSource[]): PlainMetric | null {
    const [first] = sources;
    if (!first) return null;
    const isPlain = sources.every(
      ({ log, count, recorded, repeated, descents }) =>
        log.stream === first.log.stream &&
        !log.isEvaluation &&
        (log.axis === null || log.attempts.length === 1) &&
        recorded === count &&
        repeated === 0 &&
        (descents === 0 || log.cuts.length > 0),
    );
    if (!isPlain) return null;
    const pieces: AttemptPiece[] = [];
    let last = -Infinity;
    for (const piece of sources.flatMap(piecesOf)) {
      const { source, from, to, low, high } = piece;
      if (low !== high) return null;
      const stepAt = (k: number): number => stepOf(source, k);
      const before = pieces.at(-1);
      // Of one attempt in two files, the later one's points may lie between those of the earlier one.
      if (before?.attempt === low && !(stepAt(from) > stepOf(before.source, before.to - 1))) {
        return null;
      }
      const cutoff = source.log.cutoffs[low] as number;
      const kept = firstFrom(source, cutoff, from, to);
      if (kept > from) {
        if (!(stepAt(from) > last)) return null;
        last = stepAt(kept - 1);
      }
      pieces.push({ ...piece, attempt: low, kept });
    }
    return new PlainMetric(pieces);
  }

  series(): Series {
    const { curve } = this;
    return {
      step: curve.read("step"),
      value: curve.read("value"),
      stderr: someErrors(curve.read("stderr")),
      notRecorded: 0,
      reduced: false,
    };
  }

  /** What later attempts superseded of an attempt. */
  superseded(attempt: number): SourceCurve {
    const own = this.pieces.filter((piece) => piece.attempt === attempt);
    return new SourceCurve(own.map(({ source, kept, to }) => ({ source, from: kept, to })));
  }
}

function stepOf({ log, index }: MetricSource, k: number): number {
  return log.step[index[k] as number] as number;
}

/** The first point from `from` to before `to` whose step is not below `step`; `to` where all are. */
function firstFrom(source: MetricSource, step: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (stepOf(source, middle) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Points of a source from one to before another. */
interface Slice {
  readonly source: MetricSource;
  readonly from: number;
  readonly to: number;
}

/** A curve through points that lie in logs. */
class SourceCurve implements Curve {
  readonly length: number;
  private readonly slices: readonly Slice[];
  /** Index of each slice's first point, and the length. */
  private readonly starts: Float64Array;

  constructor(slices: readonly Slice[]) {
    this.slices = slices.filter(({ from, to }) => from < to);
    this.starts = new Float64Array(this.slices.length + 1);
    for (const [i, { from, to }] of this.slices.entries()) {
      this.starts[i + 1] = (this.starts[i] as number) + to - from;
    }
    this.length = this.starts[this.slices.length] as number;
  }

  stepAt(index: number): number {
    const i = this.sliceAt(index);
    const { source, from } = this.slices[i] as Slice;
    return stepOf(source, index - (this.starts[i] as number) + from);
  }

  valueAt(index: number): number {
    const i = this.sliceAt(index);
    const { source, from } = this.slices[i] as Slice;
    const place = index - (this.starts[i] as number) + from;
    return source.log.value[source.index[place] as number] as number;
  }

  /** O(log n), but for values that are asked for the first time: those are looked through. */
  extremes(from: number, to: number): Extremes {
    const finder = new ExtremesFinder();
    for (let i = from < to ? this.sliceAt(from) : this.slices.length; i < this.slices.length; i++) {
      const start = this.starts[i] as number;
      if (start >= to) break;
      const { source, from: first, to: end } = this.slices[i] as Slice;
      const shift = start - first;
      const valueAt = valuesOf(source);
      source.pyramid.grow(valueAt, source.count);
      const low = Math.max(first, from - shift);
      source.pyramid.find(low, Math.min(end, to - shift), shift, finder, valueAt);
    }
    return finder;
  }

  /** All numbers of a column; of errors, NaN where there is none. */
  read(column: "step" | "wallTime" | "value" | "stderr"): Float64Array {
    const numbers = new Float64Array(this.length);
    let at = 0;
    for (const { source, from, to } of this.slices) {
      const { index, log } = source;
      const own = log[column];
      if (own === null) numbers.fill(NaN, at, at + to - from);
      else
        for (let k = from; k < to; k++) numbers[at + k - from] = own[index[k] as number] as number;
      at += to - from;
    }
    return numbers;
  }

  private sliceAt(index: number): number {
    if (this.slices.length === 1) return 0;
    return lowerBound(this.starts, index + 1, 0, this.starts.length) - 1;
  }
}

function valuesOf({ log, index }: MetricSource): ValueAt {
  const { value } = log;
  return (k) => value[index[k] as number] as number;
}
