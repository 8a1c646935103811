import assert from "node:assert/strict";
import { dip, dipTail } from "../../../src/core/analysis/dip.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const near = (actual: number | null, expected: number): void => {
  assert.ok(Math.abs((actual ?? NaN) - expected) < 1e-12, `${actual} is not ${expected}`);
};

describe("dip", () => {
  const table: readonly [what: string, values: number[], expected: number][] = [
    ["one value is its own mode", [3], 1 / 2],
    ["equal values are one mode", [2, 2, 2, 2], 1 / 8],
    ["evenly spread values are as near as n values can be", [1, 2, 3, 4, 5], 1 / 10],
    ["values that crowd around one", [0, 3, 4, 4.5, 5, 6, 9], 1 / 14],
    ["two values of equal weight are as far as it goes", [0, 0, 0, 1, 1, 1], 1 / 4],
    ["a single value apart can be a tail", [0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 1 / 20],
    ["two values apart cannot", [0, 0, 0, 0, 0, 0, 0, 0, 1, 1], 2 / 20],
  ];
  for (const [what, values, expected] of table) {
    it(what, () => near(dip(values), expected));
  }

  it("leaves out what is not finite", () => {
    assert.equal(dip([NaN, 0, 0, Infinity, 1, 1, -Infinity]), dip([0, 0, 1, 1]));
    assert.equal(dip([NaN, Infinity]), null);
    assert.equal(dip([]), null);
  });

  it("does not depend on order, place or scale, up to ranges beyond numbers", () => {
    forSeeds(50, (random) => {
      const values = Array.from({ length: wholeNumber(random, 2, 40) }, () =>
        wholeNumber(random, -9, 9),
      );
      const expected = dip(values) ?? NaN;
      near(dip(values.toReversed()), expected);
      near(dip(values.map((value) => 3 - 8 * value)), expected);
      near(dip(values.map((value) => value * (Number.MAX_VALUE / 10))), expected);
      near(dip(values.map((value) => value * 1e-310)), expected);
    });
  });

  it("takes 10,000 values", () => {
    const values = Float64Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? i : 1e6 + i));
    near(Math.round((dip(values) ?? NaN) * 1e4) / 1e4, 0.2475);
  });
});

describe("dipTail", () => {
  it("is 1 at the least dip there is, and falls", () => {
    for (const n of [10, 14, 33, 500, 20_000]) {
      let last = dipTail(0.5 / n, n) ?? NaN;
      assert.equal(last, 1);
      for (let value = 0.5 / n; value < 0.25; value += 0.001) {
        const p = dipTail(value, n) ?? NaN;
        assert.ok(p <= last && p > 0, `p(${value}; ${n}) = ${p}`);
        last = p;
      }
      assert.equal(last, 0.0001);
    }
  });

  it("says nothing of fewer than ten values", () => {
    assert.equal(dipTail(0.2, 9), null);
  });
});
