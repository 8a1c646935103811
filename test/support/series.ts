/** Series as analyses take them, from tables that a reader takes in at a glance. */

import { createNormal } from "../../src/core/analysis/statistics.js";
import type { Series } from "../../src/core/model/series.js";

/** A series from `[step, value]` pairs. */
export function seriesOf(
  points: readonly (readonly [step: number, value: number])[],
  stderr: readonly number[] | null = null,
): Series {
  return {
    step: Float64Array.from(points, ([step]) => step),
    value: Float64Array.from(points, ([, value]) => value),
    stderr: stderr && Float64Array.from(stderr),
    notRecorded: 0,
    reduced: false,
  };
}

/** A series at steps 10, 20, 30 …. */
export function everyTen(...values: readonly number[]): Series {
  return seriesOf(values.map((value, i) => [10 * (i + 1), value]));
}

/** `2 + 15·x^−0.4` at n steps from 100 to 100,000, with multiplicative noise. */
export function noisyLaw(n: number, sd: number, random: () => number = () => 0.5): Series {
  const normal = sd === 0 ? () => 0 : createNormal(random);
  return seriesOf(
    Array.from({ length: n }, (_, i) => {
      const step = Math.round(100 * 10 ** ((3 * i) / (n - 1)));
      return [step, (2 + 15 * step ** -0.4) * Math.exp(sd * normal())];
    }),
  );
}
