/** Method M25: a curve's end, predicted from its beginning by a law (M23, M24). */

import type { Series } from "../model/series.js";
import { fitPoints, type LawFit } from "./fitLaw.js";
import { packLaw, PackedLaw, valueOfLaw, type Breaks } from "./law.js";
import { bootstrapLaw, type BootstrapOptions } from "./lawBootstrap.js";
import { lastIndexUpTo } from "./findOnset.js";
import { logPointsOf, thinned } from "./logPoints.js";
import { createRandom, quantile } from "./statistics.js";

export interface ForecastOptions extends BootstrapOptions {
  /** Steps to predict, ascending; unless given, the series' own steps after k, at most 200 of them with the last. */
  readonly at?: ArrayLike<number>;
}

/** Two ends for each predicted step. */
export interface Band {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface Forecast {
  readonly ok: true;
  readonly fit: LawFit;
  readonly step: Float64Array;
  readonly value: Float64Array;
  /** Where a single evaluation at the step is expected to lie, noise included. */
  readonly band80: Band;
  readonly band95: Band;
}

export type ForecastResult = Forecast | { readonly ok: false; readonly reason: string };

const MOST_PREDICTED = 200;
const MOST_FITTED = 2000;
/** Noise values put on each refitted law. */
const DRAWS = 25;

/**
 * Fits the law to the evaluations at steps ≤ k and predicts later ones. The bands hold the noise of an evaluation and of
 * the fit, by residual bootstrap; that the law goes on to hold they take for granted: `backtest` says how far it did.
 *
 * No result where the law cannot be fitted to the beginning, and where nothing lies after k. Of more than 2,000
 * evaluations every k-th is fitted. Seeded.
 */
export function forecast(
  series: Series,
  k: number,
  breaks: Breaks,
  options: ForecastOptions = {},
): ForecastResult {
  const { step, value } = series;
  const early = lastIndexUpTo(step, k) + 1;
  const points = logPointsOf([{ x: step.subarray(0, early), y: value.subarray(0, early) }]);
  if (!points.ok) return points;
  const at = Float64Array.from(options.at ?? evenly(step.subarray(early), MOST_PREDICTED)).filter(
    (s) => s > 0 && s < Infinity,
  );
  if (at.length === 0) return { ok: false, reason: "there is no step to predict" };
  const fitted = thinned(points, MOST_FITTED);
  const fit = fitPoints(fitted, breaks);
  if (!fit.ok) return fit;
  const bootstrap = bootstrapLaw(fitted, fit, options);
  const random = createRandom(options.seed ?? 1);
  const noise = Float64Array.from(
    { length: bootstrap.laws.length * DRAWS },
    () => bootstrap.noise[Math.floor(random() * bootstrap.noise.length)] as number,
  );
  const packed = bootstrap.laws.map((law) => new PackedLaw(packLaw(law, 0)));
  const drawn = new Float64Array(noise.length);
  const bands = [0.1, 0.9, 0.025, 0.975].map(() => new Float64Array(at.length));
  for (const [i, s] of at.entries()) {
    for (const [b, law] of packed.entries()) {
      const centre = law.logAt(Math.log(s), null);
      for (let d = 0; d < DRAWS; d++)
        drawn[b * DRAWS + d] = centre + (noise[b * DRAWS + d] as number);
    }
    drawn.sort();
    for (const [j, q] of [0.1, 0.9, 0.025, 0.975].entries()) {
      (bands[j] as Float64Array)[i] = Math.exp(quantile(drawn, q));
    }
  }
  const [low80, high80, low95, high95] = bands as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return {
    ok: true,
    fit,
    step: at,
    value: at.map((s) => valueOfLaw(fit.law, s)),
    band80: { low: low80, high: high80 },
    band95: { low: low95, high: high95 },
  };
}

/** Every k-th of the values with the last, at most `most`. */
function evenly(values: Float64Array, most: number): Float64Array {
  const k = Math.max(1, Math.ceil(values.length / most));
  return values.filter((_, i) => (values.length - 1 - i) % k === 0);
}
