import assert from "node:assert/strict";
import { fitTwoGaussians } from "../../../src/core/analysis/twoGaussians.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

describe("fitTwoGaussians", () => {
  it("finds two groups apart, with their shares", () => {
    const fit = fitTwoGaussians([0.9, 1.1, 1.0, 1.05, 4.9, 5.1]);
    assert.ok(fit);
    assert.ok(fit.deltaBic > 6, `${fit.deltaBic}`);
    assert.ok(Math.abs(fit.lower.mean - 1.0125) < 1e-6 && Math.abs(fit.upper.mean - 5) < 1e-6);
    assert.ok(Math.abs(fit.lower.share - 4 / 6) < 1e-6);
  });

  it("holds two values exactly: infinitely more likely than one Gaussian", () => {
    assert.deepEqual(fitTwoGaussians([1, 0, 1, 0, 1]), {
      deltaBic: Infinity,
      lower: { mean: 0, share: 2 / 5 },
      upper: { mean: 1, share: 3 / 5 },
      sd: 0,
    });
  });

  it("has no answer for equal values, fewer than three, or none that is finite", () => {
    for (const values of [[], [1], [1, 2], [3, 3, 3, 3], [NaN, Infinity, 1, 2]]) {
      assert.equal(fitTwoGaussians(values), null);
    }
  });

  it("never tells less than one Gaussian but for the price of two more parameters", () => {
    forSeeds(40, (random) => {
      const n = wholeNumber(random, 3, 40);
      const values = Array.from({ length: n }, () => Math.round(10 * random()) / 10 + random() / 9);
      const { deltaBic, lower, upper, sd } = fitTwoGaussians(values)!;
      assert.ok(deltaBic >= -2 * Math.log(n) - 1e-9, `${deltaBic}`);
      assert.ok(lower.mean <= upper.mean && sd >= 0);
      assert.ok(Math.abs(lower.share + upper.share - 1) < 1e-12);
    });
  });

  it("does not depend on place and scale, up to ranges beyond numbers", () => {
    forSeeds(10, (random) => {
      const normal = createNormal(random);
      const values = Array.from({ length: 15 }, (_, i) => normal() + 3 * (i % 2));
      const { deltaBic } = fitTwoGaussians(values)!;
      for (const scale of [-1, 1e-3, 1e300, 1e-300, Number.MAX_VALUE / 20]) {
        const scaled = fitTwoGaussians(values.map((value) => value * scale))!;
        assert.ok(Math.abs(scaled.deltaBic - deltaBic) < 1e-8, `${scale}: ${scaled.deltaBic}`);
        assert.ok(Number.isFinite(scaled.lower.mean) && Number.isFinite(scaled.sd));
      }
    });
  });

  it("takes 10,000 values", () => {
    const values = Float64Array.from({ length: 10_000 }, (_, i) => (i % 100) + (i % 2) * 500);
    assert.ok((fitTwoGaussians(values)?.deltaBic ?? 0) > 1000);
  });
});
