import assert from "node:assert/strict";
import type { Extremes } from "../../../src/core/model/series.js";
import { ExtremesFinder, Pyramid } from "../../../src/core/tables/pyramid.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

/** What a look at each value finds. */
function looked(values: readonly number[], from: number, to: number): Extremes {
  const all = Array.from({ length: to - from }, (_, i) => from + i);
  const finite = all.filter((i) => Number.isFinite(values[i])).map((i) => values[i] as number);
  const first = (is: (value: number) => boolean): number =>
    all.find((i) => is(values[i] as number)) ?? -1;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return {
    lowest: finite.length === 0 ? -1 : first((value) => value === low),
    highest: finite.length === 0 ? -1 : first((value) => value === high),
    nan: first(Number.isNaN),
    infinite: first((value) => Math.abs(value) === Infinity),
  };
}

describe("Pyramid", () => {
  it("finds in any part what a look at each value finds, while it grows", () => {
    forSeeds(60, (random) => {
      const pyramid = new Pyramid();
      const values: number[] = [];
      const valueAt = (i: number): number => values[i] as number;
      const odd = random() < 0.5 ? 0.002 : random() < 0.5 ? 0.9 : 0;
      for (let growth = 0; growth < 4; growth++) {
        for (let more = wholeNumber(random, 0, 1500); more > 0; more--) {
          const isOdd = random() < odd;
          const kind = [NaN, Infinity, -Infinity][wholeNumber(random, 0, 2)] ?? NaN;
          values.push(isOdd ? kind : wholeNumber(random, -40, 40));
        }
        pyramid.grow(valueAt, values.length);
        for (let part = 0; part < 8; part++) {
          const from = wholeNumber(random, 0, values.length);
          const to = part === 0 ? values.length : wholeNumber(random, from, values.length);
          const shift = wholeNumber(random, 0, 3);
          const found = new ExtremesFinder();
          pyramid.find(from, to, shift, found, valueAt);
          const { lowest, highest, nan, infinite } = looked(values, from, to);
          const called = (i: number): number => (i < 0 ? i : i + shift);
          assert.deepEqual(
            [found.lowest, found.highest, found.nan, found.infinite],
            [lowest, highest, nan, infinite].map(called),
          );
        }
      }
    });
  });

  it("takes less than two bytes for each value", () => {
    const pyramid = new Pyramid();
    pyramid.grow((i) => i, 100_000);
    assert.ok(pyramid.bytes < 200_000, String(pyramid.bytes));
  });
});
