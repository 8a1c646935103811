import assert from "node:assert/strict";
import {
  createNormal,
  createRandom,
  mean,
  median,
  medianAbsoluteDeviation,
  quantile,
  standardDeviation,
} from "../../../src/core/analysis/statistics.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

describe("statistics", () => {
  it("has the middle of an odd number and the mean of the two middle ones of an even number", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([10, 9, 100]), 10);
    assert.ok(Number.isNaN(median([])));
  });

  it("has the median distance from the median", () => {
    assert.equal(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9]), 1);
  });

  it("has the mean and the sample standard deviation", () => {
    assert.equal(mean([1, 2, 6]), 3);
    assert.equal(standardDeviation([1, 2, 3]), 1);
    assert.ok(Number.isNaN(standardDeviation([1])));
  });

  it("does not change its input", () => {
    const values = [3, 1, 2];
    median(values);
    medianAbsoluteDeviation(values);
    assert.deepEqual(values, [3, 1, 2]);
  });

  it("moves with the values and scales with them", () => {
    forSeeds(40, (random) => {
      const values = Array.from({ length: wholeNumber(random, 2, 30) }, () => random());
      const moved = values.map((value) => 2 * value + 5);
      const close = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-9);
      close(median(moved), 2 * median(values) + 5);
      close(mean(moved), 2 * mean(values) + 5);
      close(standardDeviation(moved), 2 * standardDeviation(values));
      close(medianAbsoluteDeviation(moved), 2 * medianAbsoluteDeviation(values));
    });
  });

  it("draws the same numbers for the same seed, others for another", () => {
    const draw = (seed: number): number[] => {
      const random = createRandom(seed);
      return [random(), random(), random()];
    };
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
  });

  it("draws uniform and normal numbers", () => {
    const random = createRandom(42);
    const uniform = Array.from({ length: 20_000 }, random);
    assert.ok(uniform.every((value) => value >= 0 && value < 1));
    assert.ok(Math.abs(mean(uniform) - 0.5) < 0.01);
    const normal = createNormal(createRandom(43));
    const normals = Array.from({ length: 20_000 }, normal);
    assert.ok(Math.abs(mean(normals)) < 0.03);
    assert.ok(Math.abs(standardDeviation(normals) - 1) < 0.03);
  });
});

describe("quantile", () => {
  it("lies on the line between the two nearest values", () => {
    const sorted = [10, 20, 40];
    assert.deepEqual(
      [0, 0.25, 0.5, 0.75, 1].map((q) => quantile(sorted, q)),
      [10, 15, 20, 30, 40],
    );
  });

  it("is the only value of one, NaN of none, and infinite between infinities", () => {
    assert.equal(quantile([3], 0.9), 3);
    assert.ok(Number.isNaN(quantile([], 0.5)));
    assert.equal(quantile([Infinity, Infinity], 0.5), Infinity);
  });
});
