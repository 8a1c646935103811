import assert from "node:assert/strict";
import { summariseGroup } from "../../../src/core/analysis/groupSummary.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

describe("summariseGroup", () => {
  it("of 1, 2, 3 has mean 2, sd 1, se 1/√3 and t(0.975; 2) = 4.3027 times that", () => {
    const { mean, sd, se, ci, min, max, n } = summariseGroup([3, 1, 2]);
    assert.deepEqual({ mean, sd, min, max, n }, { mean: 2, sd: 1, min: 1, max: 3, n: 3 });
    assert.equal(se, 1 / Math.sqrt(3));
    assert.ok(Math.abs((ci?.[1] ?? NaN) - 2 - 4.302652729749464 / Math.sqrt(3)) < 1e-12);
    assert.ok(Math.abs((ci?.[0] ?? NaN) + (ci?.[1] ?? NaN) - 4) < 1e-12);
  });

  it("draws dots below three seeds, a band from three on", () => {
    assert.deepEqual(
      [[], [1], [1, 2], [1, 2, 3], [1, 2, NaN]].map((values) => summariseGroup(values).drawAs),
      ["dots", "dots", "dots", "band", "dots"],
    );
  });

  it("has no spread below two values and nothing but counts without one", () => {
    const none = { mean: null, sd: null, se: null, ci: null, min: null, max: null };
    assert.deepEqual(summariseGroup([]), { n: 0, nonFinite: 0, ...none, drawAs: "dots" });
    assert.deepEqual(summariseGroup([7]), {
      ...{ n: 1, nonFinite: 0, ...none, drawAs: "dots" },
      ...{ mean: 7, min: 7, max: 7 },
    });
  });

  it("counts what is not finite and leaves it out", () => {
    const { n, nonFinite, mean, max } = summariseGroup([1, NaN, 3, Infinity, -Infinity]);
    assert.deepEqual({ n, nonFinite, mean, max }, { n: 2, nonFinite: 3, mean: 2, max: 3 });
  });

  it("of equal values has an interval without width", () => {
    const { sd, ci } = summariseGroup([5, 5, 5, 5]);
    assert.deepEqual({ sd, ci }, { sd: 0, ci: [5, 5] });
  });

  it("holds the true mean of normal values in 95 of 100 groups, however small they are", () => {
    const groups = 4000;
    let held = 0;
    forSeeds(1, (random) => {
      const normal = createNormal(random);
      for (let g = 0; g < groups; g++) {
        const values = Array.from({ length: wholeNumber(random, 2, 6) }, () => 10 + normal());
        const [low, high] = summariseGroup(values).ci ?? [NaN, NaN];
        if (low <= 10 && 10 <= high) held++;
      }
    });
    assert.ok(Math.abs(held / groups - 0.95) < 0.012, `${held / groups}`);
  });
});
