/** Method M18: the phase change in which in-context learning begins, and with it induction heads. */

import type { Interval } from "../model/interval.js";
import type { Series } from "../model/series.js";
import { findChangePoints, MIN_SEGMENT, noiseSdOf, type ChangePoints } from "./changePoints.js";
import { valueAt, type ValueAt } from "./valueAt.js";

export interface PhaseChange {
  /** Where the drop begins and where it ends: intervals of M6's breaks. */
  readonly onset: Interval;
  readonly end: Interval;
  /** How far the score falls, as a positive number, and that over decades of steps. */
  readonly drop: number;
  readonly perDecade: number;
  /** Prefix-matching score at the left end of the onset and at the right end of the drop's end; null where not logged. */
  readonly prefixMatching: {
    readonly before: ValueAt | null;
    readonly behind: ValueAt | null;
  } | null;
}

export type PhaseChangeResult =
  | { readonly ok: true; readonly phase: PhaseChange; readonly changePoints: ChangePoints }
  | { readonly ok: false; readonly reason: string; readonly changePoints: ChangePoints };

/** Finite scores below which there is no change point of lines. */
export const LEAST_SCORES = 2 * MIN_SEGMENT.slope;

/** A drop must stand out from the noise by this, and goes on over pieces that are at least this share as steep. */
const MIN_DROP = 5;
const STILL_STEEP = 0.5;

/** A stretch of M6's fit, from one evaluation to another: a segment, or the gap at a jump. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly drop: number;
  readonly perDecade: number;
  /** The break at which it begins, and the one at which it ends; null at the ends of the series. */
  readonly begins: Interval | null;
  readonly ends: Interval | null;
}

/**
 * The steepest contiguous drop in log-step of the in-context learning score, which is the loss late in the context less
 * the loss early in it, at tokens 500 and 50 (Olsson et al. 2022); the lower, the more is learned from the context.
 *
 * M6 fits it by lines; of their segments and of the gaps at jumps the steepest that falls by five standard deviations of
 * the noise is the drop, with its neighbours as long as they fall at least half as steeply. None where M6 finds no change
 * point. O(M6).
 */
export function findPhaseChange(score: Series, prefixMatching: Series | null): PhaseChangeResult {
  const changePoints = findChangePoints(score, { kind: "slope", axis: "log-step" });
  const none = (reason: string): PhaseChangeResult => ({ ok: false, reason, changePoints });
  if (changePoints.breaks.length === 0) return none("the score has no change point");
  const pieces = piecesOf(changePoints);
  const least = MIN_DROP * noiseSdOf(changePoints);
  let steepest = -1;
  for (const [k, { drop, perDecade }] of pieces.entries()) {
    if (!(drop > 0 && drop >= least)) continue;
    if (steepest < 0 || perDecade > (pieces[steepest] as Piece).perDecade) steepest = k;
  }
  if (steepest < 0) return none(`no drop of the score is ${MIN_DROP} times its noise`);
  const isSteep = (piece: Piece | undefined): boolean =>
    piece !== undefined && piece.perDecade >= STILL_STEEP * (pieces[steepest] as Piece).perDecade;
  let first = steepest;
  while (isSteep(pieces[first - 1])) first--;
  let last = steepest;
  while (isSteep(pieces[last + 1])) last++;
  const begin = pieces[first] as Piece;
  const finish = pieces[last] as Piece;
  const drop = pieces.slice(first, last + 1).reduce((sum, piece) => sum + piece.drop, 0);
  const onset = begin.begins ?? { after: null, by: begin.from };
  const end = finish.ends ?? { after: finish.to, by: null };
  const at = (step: number | null): ValueAt | null =>
    step === null || !prefixMatching ? null : valueAt(prefixMatching, step);
  return {
    ok: true,
    phase: {
      onset: { after: onset.after, by: onset.by },
      end: { after: end.after, by: end.by },
      drop,
      perDecade: drop / decades(begin.from, finish.to),
      prefixMatching: prefixMatching && { before: at(onset.after), behind: at(end.by) },
    },
    changePoints,
  };
}

function piecesOf({ segments, breaks }: ChangePoints): Piece[] {
  const pieces: Piece[] = [];
  for (const [k, segment] of segments.entries()) {
    const before = breaks[k - 1] ?? null;
    const previous = segments[k - 1];
    if (before?.shape === "jump" && previous) {
      pieces.push(
        pieceOf(
          previous.lastStep,
          segment.firstStep,
          previous.lastValue - segment.firstValue,
          before,
          before,
        ),
      );
    }
    const drop = segment.firstValue - segment.lastValue;
    pieces.push(pieceOf(segment.firstStep, segment.lastStep, drop, before, breaks[k] ?? null));
  }
  return pieces;
}

function pieceOf(
  from: number,
  to: number,
  drop: number,
  begins: Interval | null,
  ends: Interval | null,
): Piece {
  return { from, to, drop, perDecade: drop / decades(from, to), begins, ends };
}

function decades(from: number, to: number): number {
  return Math.log10(Math.max(1, to)) - Math.log10(Math.max(1, from));
}
