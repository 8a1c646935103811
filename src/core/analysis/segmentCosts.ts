/** Costs of segments for an exact partition: sums of squares about a mean or about a line, from running sums. */

import { mean } from "./statistics.js";
import type { SegmentCost } from "./optimalPartition.js";

/** Squared deviations from the segment's mean, less the squared deviations from the mean of all. O(1) after O(n). */
export function meanCost(values: Float64Array): SegmentCost {
  const n = values.length;
  const centre = mean(values);
  const sum = new Float64Array(n + 1);
  // A product is several times as fast as a quotient here.
  const perPoint = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    sum[i + 1] = (sum[i] as number) + ((values[i] as number) - centre);
    perPoint[i + 1] = -1 / (i + 1);
  }
  return (from, to) => {
    const total = (sum[to] as number) - (sum[from] as number);
    return total * total * (perPoint[to - from] as number);
  };
}

const BLOCK_BITS = 10;
const BLOCK = 1 << BLOCK_BITS;

/**
 * Squared deviations from the segment's least-squares line over `x` (not descending), less the squared deviations from
 * the mean of all. O(1) after O(n).
 *
 * Sums start anew every 1,024 points, about a centre of their own: a sum over a long series has no digits left for the
 * spread of three late points in log-step, which is 10⁻¹² there.
 */
export function lineCost(x: Float64Array, y: Float64Array): SegmentCost {
  const n = x.length;
  const blocks = (n >> BLOCK_BITS) + 1;
  const centreX = mean(x);
  const centreY = mean(y);
  /** By point, over its block up to and with it, about the block's first point. */
  const sumX = new Float64Array(n);
  const sumY = new Float64Array(n);
  const sumXX = new Float64Array(n);
  const sumXY = new Float64Array(n);
  /** By block, over all blocks before it, about the centre of all. */
  const beforeX = new Float64Array(blocks + 1);
  const beforeY = new Float64Array(blocks + 1);
  const beforeXX = new Float64Array(blocks + 1);
  const beforeXY = new Float64Array(blocks + 1);
  for (let block = 0; block < blocks; block++) {
    const begin = block << BLOCK_BITS;
    const end = Math.min(n, begin + BLOCK);
    let u = 0;
    let v = 0;
    let uu = 0;
    let uv = 0;
    let gx = 0;
    let gy = 0;
    let gxx = 0;
    let gxy = 0;
    for (let i = begin; i < end; i++) {
      const dx = (x[i] as number) - (x[begin] as number);
      const dy = (y[i] as number) - (y[begin] as number);
      sumX[i] = u += dx;
      sumY[i] = v += dy;
      sumXX[i] = uu += dx * dx;
      sumXY[i] = uv += dx * dy;
      const cx = (x[i] as number) - centreX;
      const cy = (y[i] as number) - centreY;
      gx += cx;
      gy += cy;
      gxx += cx * cx;
      gxy += cx * cy;
    }
    beforeX[block + 1] = (beforeX[block] as number) + gx;
    beforeY[block + 1] = (beforeY[block] as number) + gy;
    beforeXX[block + 1] = (beforeXX[block] as number) + gxx;
    beforeXY[block + 1] = (beforeXY[block] as number) + gxy;
  }

  return (from, to) => {
    const points = to - from;
    if (points === 0) return 0;
    const last = to - 1;
    const block = last >> BLOCK_BITS;
    const begin = block << BLOCK_BITS;
    // What lies in the last block, about that block's first point.
    let u = sumX[last] as number;
    let v = sumY[last] as number;
    let uu = sumXX[last] as number;
    let uv = sumXY[last] as number;
    let aboutX = x[begin] as number;
    let aboutY = y[begin] as number;
    if (from > begin) {
      u -= sumX[from - 1] as number;
      v -= sumY[from - 1] as number;
      uu -= sumXX[from - 1] as number;
      uv -= sumXY[from - 1] as number;
    } else if (from < begin) {
      const home = from >> BLOCK_BITS;
      const homeBegin = home << BLOCK_BITS;
      const homeLast = homeBegin + BLOCK - 1;
      if (home < block - 1) {
        // Blocks lie between: about the centre of all.
        const head = to - begin;
        const [dx, dy] = [aboutX - centreX, aboutY - centreY];
        uu +=
          2 * dx * u +
          head * dx * dx +
          (beforeXX[block] as number) -
          (beforeXX[home + 1] as number);
        uv +=
          dx * v +
          dy * u +
          head * dx * dy +
          (beforeXY[block] as number) -
          (beforeXY[home + 1] as number);
        u += head * dx + (beforeX[block] as number) - (beforeX[home + 1] as number);
        v += head * dy + (beforeY[block] as number) - (beforeY[home + 1] as number);
        aboutX = centreX;
        aboutY = centreY;
      }
      let tailU = sumX[homeLast] as number;
      let tailV = sumY[homeLast] as number;
      let tailUU = sumXX[homeLast] as number;
      let tailUV = sumXY[homeLast] as number;
      if (from > homeBegin) {
        tailU -= sumX[from - 1] as number;
        tailV -= sumY[from - 1] as number;
        tailUU -= sumXX[from - 1] as number;
        tailUV -= sumXY[from - 1] as number;
      }
      const tail = homeLast + 1 - from;
      const dx = (x[homeBegin] as number) - aboutX;
      const dy = (y[homeBegin] as number) - aboutY;
      uu += tailUU + 2 * dx * tailU + tail * dx * dx;
      uv += tailUV + dx * tailV + dy * tailU + tail * dx * dy;
      u += tailU + tail * dx;
      v += tailV + tail * dy;
    }
    const spread = uu - (u * u) / points;
    const product = uv - (u * v) / points;
    const total = v + points * (aboutY - centreY);
    return -(total * total) / points - (spread > 0 ? (product * product) / spread : 0);
  };
}
