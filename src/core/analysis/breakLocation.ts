/** Where the one break between two segments lies best: a jump between two fits, or a kink where two lines meet. */

import { meanCost, lineCost } from "./segmentCosts.js";
import { MIN_SEGMENT, type Points, type SegmentKind } from "./segmentFits.js";
import { median } from "./statistics.js";

/** A jump lies between two evaluations; at a kink the lines meet, so that only the slope changes. */
export type BreakShape = "jump" | "kink";

/**
 * First index of the right segment, by least cost over all splits that leave both sides their shortest length. For L1 the
 * levels are the medians on both sides of `guess`. O(n).
 */
export function locateJump(kind: SegmentKind, points: Points, guess: number): number {
  const n = points.y.length;
  const shortest = MIN_SEGMENT[kind];
  const costOf = kind === "l1" ? deviationsAbout(points.y, guess) : splitCost(kind, points);
  let least = costOf(guess);
  let best = guess;
  for (let at = shortest; at <= n - shortest; at++) {
    const cost = costOf(at);
    if (cost < least) {
      least = cost;
      best = at;
    }
  }
  return best;
}

function splitCost(kind: SegmentKind, { x, y }: Points): (at: number) => number {
  const n = y.length;
  const cost = kind === "slope" ? lineCost(x, y) : meanCost(y);
  return (at) => cost(0, at) + cost(at, n);
}

function deviationsAbout(y: Float64Array, guess: number): (at: number) => number {
  const left = median(y.subarray(0, guess));
  const right = median(y.subarray(guess));
  /** What the points before an index cost more on the left level than on the right one. */
  const more = new Float64Array(y.length + 1);
  for (let i = 0; i < y.length; i++) {
    const value = y[i] as number;
    more[i + 1] = (more[i] as number) + Math.abs(value - left) - Math.abs(value - right);
  }
  return (at) => more[at] as number;
}

/** `level + slope·(x − centre) + turn·max(0, x − at)`. */
export interface KinkFit {
  /** Where both lines meet, in units of `x`. */
  readonly at: number;
  /** First index whose `x` is at least `at`. */
  readonly index: number;
  readonly centre: number;
  readonly level: number;
  readonly slope: number;
  readonly turn: number;
}

/**
 * Least squares over two lines that meet: the meeting point is at one of the evaluations, or it lies between two of them
 * where the lines fitted to each side cross there (Hudson 1966). Both sides keep three points. Null where fewer than six
 * points or no spread in `x` are left. O(n).
 */
export function locateKink({ x, y }: Points): KinkFit | null {
  const n = x.length;
  const sums = new MomentSums(x, y);
  let best: KinkFit | null = null;
  let least = Infinity;
  const shortest = MIN_SEGMENT.slope;
  for (let index = shortest - 1; index <= n - shortest; index++) {
    const here = sums.fitWithKink(index, x[index] as number);
    if (here && here.squares < least) {
      least = here.squares;
      best = here.fit;
    }
    if (index < shortest) continue;
    const at = sums.crossing(index);
    if (!(at > (x[index - 1] as number) && at < (x[index] as number))) continue;
    const between = sums.fitWithKink(index, at);
    if (between && between.squares < least) {
      least = between.squares;
      best = between.fit;
    }
  }
  return best;
}

export function kinkAt({ at, centre, level, slope, turn }: KinkFit, x: number): number {
  return level + slope * (x - centre) + turn * Math.max(0, x - at);
}

/** Running sums about the means, from which lines and pairs of lines are fitted in constant time. */
class MomentSums {
  private readonly centreX: number;
  private readonly centreY: number;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly xx: Float64Array;
  private readonly xy: Float64Array;
  private readonly yy: number;

  constructor(
    x: Float64Array,
    y: Float64Array,
    private readonly n = x.length,
  ) {
    this.centreX = x.reduce((sum, value) => sum + value, 0) / n;
    this.centreY = y.reduce((sum, value) => sum + value, 0) / n;
    this.x = new Float64Array(n + 1);
    this.y = new Float64Array(n + 1);
    this.xx = new Float64Array(n + 1);
    this.xy = new Float64Array(n + 1);
    let yy = 0;
    for (let i = 0; i < n; i++) {
      const u = (x[i] as number) - this.centreX;
      const v = (y[i] as number) - this.centreY;
      this.x[i + 1] = (this.x[i] as number) + u;
      this.y[i + 1] = (this.y[i] as number) + v;
      this.xx[i + 1] = (this.xx[i] as number) + u * u;
      this.xy[i + 1] = (this.xy[i] as number) + u * v;
      yy += v * v;
    }
    this.yy = yy;
  }

  /** Where the lines before and from `index` on cross; not finite where they are parallel. */
  crossing(index: number): number {
    const [leftSlope, leftLevel] = this.line(0, index);
    const [rightSlope, rightLevel] = this.line(index, this.n);
    return this.centreX + (leftLevel - rightLevel) / (rightSlope - leftSlope);
  }

  /** Slope, and value at the centre. */
  private line(from: number, to: number): [slope: number, level: number] {
    const points = to - from;
    const x = (this.x[to] as number) - (this.x[from] as number);
    const y = (this.y[to] as number) - (this.y[from] as number);
    const xx = (this.xx[to] as number) - (this.xx[from] as number) - (x * x) / points;
    const xy = (this.xy[to] as number) - (this.xy[from] as number) - (x * y) / points;
    const slope = xx > 0 ? xy / xx : 0;
    return [slope, (y - slope * x) / points];
  }

  /** The fit with the kink at `at`, which the points from `index` on are not before. */
  fitWithKink(index: number, at: number): { fit: KinkFit; squares: number } | null {
    const { n } = this;
    const points = n - index;
    const kink = at - this.centreX;
    const x = (this.x[n] as number) - (this.x[index] as number);
    const y = (this.y[n] as number) - (this.y[index] as number);
    const xx = (this.xx[n] as number) - (this.xx[index] as number);
    const xy = (this.xy[n] as number) - (this.xy[index] as number);
    // With z = max(0, x − at): sums of z, z², xz and yz, about their means.
    const z = x - points * kink;
    const zz = xx - 2 * kink * x + points * kink * kink - (z * z) / n;
    const xz = xx - kink * x;
    const yz = xy - kink * y;
    const allXX = this.xx[n] as number;
    const allXY = this.xy[n] as number;
    const determinant = allXX * zz - xz * xz;
    if (!(determinant > 1e-12 * allXX * zz)) return null;
    const slope = (zz * allXY - xz * yz) / determinant;
    const turn = (allXX * yz - xz * allXY) / determinant;
    return {
      fit: {
        at,
        index,
        centre: this.centreX,
        level: this.centreY - (turn * z) / n,
        slope,
        turn,
      },
      squares: this.yy - slope * allXY - turn * yz,
    };
  }
}
