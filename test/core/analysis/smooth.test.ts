import assert from "node:assert/strict";
import { centredMedian, smooth, timeWeightedAverage } from "../../../src/core/analysis/smooth.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const of = (...values: number[]): Float64Array => Float64Array.from(values);
const near = (actual: Float64Array, expected: readonly number[]): void => {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs((actual[i] ?? NaN) - value) < 1e-12, `${actual.join()} at ${i}`);
  }
};

describe("timeWeightedAverage", () => {
  it("begins at the first value, and forgets by distance", () => {
    const half = Math.exp(-1);
    near(timeWeightedAverage(of(0, 1), of(0, 1), 1), [0, 1 / (1 + half)]);
    near(timeWeightedAverage(of(0, 1000), of(0, 1), 1), [0, 1]);
  });

  it("takes points at one place as equals", () => {
    near(timeWeightedAverage(of(5, 5, 5), of(1, 2, 6), 1), [1, 1.5, 3]);
  });

  it("leaves what is not finite as it is, and what comes behind untouched by it", () => {
    const values = timeWeightedAverage(of(0, 1, 2), of(3, NaN, 3), 1);
    assert.ok(Number.isNaN(values[1]));
    near(values.subarray(2), [3]);
  });

  it("is the values themselves without a width, and nothing of nothing", () => {
    near(timeWeightedAverage(of(0, 1, 2), of(4, 5, 6), 0), [4, 5, 6]);
    near(timeWeightedAverage(of(), of(), 1), []);
  });

  it("is the weighted mean that its formula says", () => {
    forSeeds(50, (random) => {
      const n = wholeNumber(random, 1, 30);
      let at = 0;
      const x = Float64Array.from({ length: n }, () => (at += random()));
      const value = x.map(() => random());
      const tau = 0.1 + random();
      const expected = Array.from(x, (to, i) => {
        const weights = Array.from(x.subarray(0, i + 1), (from) => Math.exp(-(to - from) / tau));
        const sum = weights.reduce((all, weight, j) => all + weight * (value[j] ?? 0), 0);
        return sum / weights.reduce((all, weight) => all + weight, 0);
      });
      near(timeWeightedAverage(x, value, tau), expected);
    });
  });
});

describe("centredMedian", () => {
  it("takes a single spike away, and fewer points at the ends", () => {
    near(centredMedian(of(1, 1, 9, 1, 1), 3), [1, 1, 1, 1, 1]);
    near(centredMedian(of(1, 2, 9), 5), [1, 2, 9]);
  });

  it("takes no notice of what is not finite, and keeps it", () => {
    const values = centredMedian(of(1, NaN, 3, 5, 4), 3);
    assert.ok(Number.isNaN(values[1]));
    near(
      values.filter((value) => !Number.isNaN(value)),
      [1, 4, 4, 4],
    );
  });

  it("sorts numbers as numbers", () => {
    near(centredMedian(of(9, 10, 100), 3), [9, 10, 100]);
  });
});

describe("smooth", () => {
  it("measures an average by the length of the axis", () => {
    const [x, value] = [of(0, 10), of(0, 1)];
    const expected = timeWeightedAverage(x, value, 5);
    assert.deepEqual(smooth(x, value, { kind: "ema", share: 0.5 }, 10), expected);
    assert.deepEqual(smooth(x, value, { kind: "median", points: 3 }, 10), value);
  });
});
