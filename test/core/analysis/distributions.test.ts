import assert from "node:assert/strict";
import {
  chiSquareTail,
  logGamma,
  normalTail,
  studentQuantile,
  studentTail,
  Z95,
} from "../../../src/core/analysis/distributions.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const near = (actual: number, expected: number): void => {
  assert.ok(Math.abs(actual / expected - 1) < 1e-11, `${actual} is not ${expected}`);
};

describe("distributions", () => {
  it("have the values that closed forms give", () => {
    near(logGamma(5), Math.log(24));
    near(logGamma(0.5), Math.log(Math.PI) / 2);
    // One degree of freedom is Cauchy's distribution, χ² with two an exponential one.
    near(studentTail(1, 1), 0.5);
    near(studentQuantile(0.05, 1), Math.tan(0.475 * Math.PI));
    near(chiSquareTail(3, 2), Math.exp(-1.5));
    near(normalTail(Z95), 0.05);
  });

  it("have tails of 1 at 0, of 0 at infinity, and of NaN at NaN", () => {
    assert.deepEqual([studentTail(0, 3), chiSquareTail(0, 3), normalTail(0)], [1, 1, 1]);
    assert.deepEqual([studentTail(-Infinity, 3), chiSquareTail(Infinity, 3)], [0, 0]);
    for (const tail of [studentTail(NaN, 3), chiSquareTail(NaN, 3), normalTail(NaN)]) {
      assert.ok(Number.isNaN(tail));
    }
    assert.equal(studentQuantile(1, 5), 0);
  });

  it("the quantile is where the tail is what was asked for", () => {
    forSeeds(200, (random) => {
      const tail = random() ** 4 + 1e-9;
      const freedom = wholeNumber(random, 1, 10_000);
      near(studentTail(studentQuantile(tail, freedom), freedom), tail);
    });
  });
});
