/** A curve through points that are at hand as columns. */

import type { Curve, Extremes } from "../model/series.js";
import { ExtremesFinder, Pyramid } from "./pyramid.js";

export class SeriesCurve implements Curve {
  private readonly pyramid = new Pyramid();

  constructor(
    private readonly step: Float64Array,
    private readonly value: Float64Array,
  ) {}

  get length(): number {
    return this.step.length;
  }

  /** But for those of its pyramid, which are a tenth of them. */
  get bytes(): number {
    return this.step.byteLength + this.value.byteLength;
  }

  stepAt(index: number): number {
    return this.step[index] as number;
  }

  valueAt(index: number): number {
    return this.value[index] as number;
  }

  /** O(log n), but for the first time: then all values are looked through. */
  extremes(from: number, to: number): Extremes {
    const finder = new ExtremesFinder();
    const valueAt = (i: number): number => this.value[i] as number;
    this.pyramid.grow(valueAt, this.length);
    this.pyramid.find(from, to, 0, finder, valueAt);
    return finder;
  }
}
