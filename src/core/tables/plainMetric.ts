/**
 * A metric that one stream logs, in every attempt step by step: its points are a table's rows as they were written, so
 * nothing is copied, sorted or compared before it is asked for.
 */

import type { Attempt } from "../model/run.js";
import type { Series } from "../model/series.js";
import type { MetricRows } from "./metricRows.js";
import { piecesOf, type MetricSource } from "./metricSource.js";
import { STDERR, STEP, VALUE, WALL_TIME } from "./segment.js";
import { Stretch } from "./stretch.js";

/** Points of one attempt, ascending. */
interface AttemptPiece {
  readonly attempt: number;
  readonly points: Stretch;
  /** Index of the first point that a later attempt superseded. */
  readonly kept: number;
}

export class PlainMetric {
  /** Its points but for those that a later attempt superseded: one value per step, steps ascending. */
  readonly curve: Stretch;

  private constructor(
    private readonly pieces: readonly AttemptPiece[],
    /** All of its points have a recorded value. */
    readonly recorded: number,
  ) {
    this.curve = Stretch.join(pieces.map(({ points, kept }) => points.part(0, kept)));
  }

  /** Null for a metric that is not so plain. O(files · segments + restarts · log(points)). */
  static of(sources: readonly MetricSource[], attempts: readonly Attempt[]): PlainMetric | null {
    const [first] = sources;
    if (!first) return null;
    const isPlain = sources.every(
      ({ log, facts }) =>
        log.stream === first.log.stream &&
        log.place !== null &&
        facts.recorded === facts.count &&
        facts.equal === 0 &&
        (facts.descents === 0 || !log.place.attempts.unordered),
    );
    if (!isPlain) return null;
    const pieces: AttemptPiece[] = [];
    let length = 0;
    let lastKept = -Infinity;
    for (const { points, log, low, high } of sources.flatMap((one) => piecesOf(one, attempts))) {
      if (low !== high) return null;
      const before = pieces.at(-1);
      const start = points.stepAt(0);
      if (before?.attempt === low && !(start > before.points.stepAt(before.points.length - 1))) {
        return null;
      }
      const kept = points.lowerBound(STEP, log.cutoffs[low] as number);
      if (kept > 0) {
        if (!(start > lastKept)) return null;
        lastKept = points.stepAt(kept - 1);
      }
      pieces.push({ attempt: low, points, kept });
      length += points.length;
    }
    return new PlainMetric(pieces, length);
  }

  series(): Series {
    const { curve } = this;
    const stderr = curve.hasStderr ? curve.read(STDERR) : null;
    return {
      step: curve.read(STEP),
      value: curve.read(VALUE),
      stderr: stderr?.some((error) => !Number.isNaN(error)) ? stderr : null,
      notRecorded: 0,
      reduced: false,
    };
  }

  rows(): MetricRows {
    const { recorded: length } = this;
    const hasStderr = this.pieces.some(({ points }) => points.hasStderr);
    const rows = {
      attempt: new Int32Array(length),
      step: new Float64Array(length),
      wallTime: new Float64Array(length),
      value: new Float64Array(length),
      recorded: null,
      stderr: hasStderr ? new Float64Array(length) : null,
      superseded: new Uint8Array(length),
    };
    let at = 0;
    for (const { attempt, points, kept } of this.pieces) {
      const end = at + points.length;
      rows.attempt.fill(attempt, at, end);
      points.read(STEP, rows.step, at);
      points.read(WALL_TIME, rows.wallTime, at);
      points.read(VALUE, rows.value, at);
      if (rows.stderr) points.read(STDERR, rows.stderr, at);
      rows.superseded.fill(1, at + kept, end);
      at = end;
    }
    return rows;
  }

  /** What later attempts superseded of an attempt. */
  superseded(attempt: number): Stretch {
    const pieces = this.pieces.filter((piece) => piece.attempt === attempt);
    return Stretch.join(pieces.map(({ points, kept }) => points.part(kept, points.length)));
  }
}
