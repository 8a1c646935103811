import assert from "node:assert/strict";
import { kendall, spearman } from "../../../src/core/analysis/rankCorrelation.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

describe("kendall", () => {
  const table: readonly [
    what: string,
    x: number[],
    y: number[],
    tau: number | null,
    p: number | null,
  ][] = [
    ["the same order", [1, 2, 3], [10, 20, 30], 1, 2 / 6],
    ["the opposite one", [1, 2, 3], [3, 2, 1], -1, 2 / 6],
    ["one exchange in three", [1, 2, 3], [2, 1, 3], 1 / 3, 1],
    ["two values", [1, 2], [5, 9], 1, 1],
    ["infinities have their place", [-Infinity, 0, Infinity], [1, 2, Infinity], 1, 2 / 6],
    ["pairs with NaN are left out", [1, NaN, 2, 3], [1, 0, NaN, 3], 1, 1],
    ["equal values have no order", [1, 1, 1], [1, 2, 3], null, null],
    ["one pair", [1], [1], null, null],
    ["none", [], [], null, null],
  ];
  for (const [what, x, y, tau, expected] of table) {
    it(what, () => {
      const { coefficient, p } = kendall(x, y);
      assert.equal(coefficient, tau);
      assert.ok(p === expected || Math.abs((p ?? NaN) - (expected ?? NaN)) < 1e-12, `p is ${p}`);
    });
  }

  it("counts pairs as a plain loop does", () => {
    forSeeds(100, (random) => {
      const n = wholeNumber(random, 2, 40);
      const x = Array.from({ length: n }, () => wholeNumber(random, 0, 9));
      const y = Array.from({ length: n }, () => wholeNumber(random, 0, 9));
      let score = 0;
      let untiedX = 0;
      let untiedY = 0;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) {
          score += Math.sign(x[i]! - x[j]!) * Math.sign(y[i]! - y[j]!);
          if (x[i] !== x[j]) untiedX++;
          if (y[i] !== y[j]) untiedY++;
        }
      }
      const { coefficient } = kendall(x, y);
      if (untiedX * untiedY === 0) assert.equal(coefficient, null);
      else assert.ok(Math.abs(coefficient! - score / Math.sqrt(untiedX * untiedY)) < 1e-12);
    });
  });

  it("counts what it left out, as far as both columns go", () => {
    const { n, unknown } = kendall([1, NaN, 3, 4], [2, 3, NaN]);
    assert.deepEqual({ n, unknown }, { n: 1, unknown: 2 });
  });

  it("takes 10,000 pairs", () => {
    const x = Float64Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_007);
    assert.equal(kendall(x, x).coefficient, 1);
  });
});

describe("spearman", () => {
  it("is Pearson's correlation of the ranks", () => {
    assert.equal(spearman([1, 2, 3, 4], [1, 10, 100, 1000]).coefficient, 1);
    // Squared rank differences 1, 1, 0: 1 − 6·2/(3·8).
    assert.equal(spearman([1, 2, 3], [2, 1, 3]).coefficient, 0.5);
  });

  it("gives equal values the mean of their ranks", () => {
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    assert.ok(
      Math.abs(spearman([1, 5, 5, 9], [1, 2, 3, 4]).coefficient! - 4.5 / Math.sqrt(22.5)) < 1e-12,
    );
  });

  it("has no p-value below three pairs, and nothing for equal values", () => {
    assert.deepEqual(spearman([1, 2], [3, 4]), { n: 2, unknown: 0, coefficient: 1, p: null });
    for (const [x, y] of [
      [[], []],
      [[1], [2]],
      [
        [1, 1, 1],
        [1, 2, 3],
      ],
      [
        [NaN, 1],
        [2, NaN],
      ],
    ] as const) {
      const { coefficient, p } = spearman(x, y);
      assert.deepEqual({ coefficient, p }, { coefficient: null, p: null });
    }
  });

  it("sees only the order", () => {
    forSeeds(50, (random) => {
      const x = Array.from({ length: wholeNumber(random, 3, 30) }, random);
      const y = x.map((value) => value + random());
      const stretched = y.map((value) => Math.exp(5 * value));
      assert.deepEqual(spearman(x, y), spearman(x, stretched));
      assert.deepEqual(kendall(x, y), kendall(x, stretched));
    });
  });
});
