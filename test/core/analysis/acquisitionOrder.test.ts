import assert from "node:assert/strict";
import { acquisitionOrder, orderAgreement } from "../../../src/core/analysis/acquisitionOrder.js";
import { kendall } from "../../../src/core/analysis/rankCorrelation.js";
import type { Interval } from "../../../src/core/model/interval.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const at = (after: number | null, by: number | null): Interval => ({ after, by });
const shown = (...steps: number[]): Interval[] => steps.map((by) => at(by - 1, by));

describe("orderAgreement", () => {
  it("is 1 for the same order, −1 for the opposite one", () => {
    assert.equal(orderAgreement(shown(1, 2, 3), shown(10, 20, 30)).tau, 1);
    assert.equal(orderAgreement(shown(1, 2, 3), shown(30, 20, 10)).tau, -1);
  });

  it("counts pairs that it cannot compare, and ties by run", () => {
    // Of a, b, c: a and b tie in the first run; in the second c overlaps both.
    const first = [at(1, 2), at(1, 2), at(5, 6)];
    const second = [at(1, 2), at(2, 3), at(0, 4)];
    assert.deepEqual(orderAgreement(first, second), {
      ...{ tau: null, concordant: 0, discordant: 0 },
      ...{ tiedInA: 1, tiedInB: 0, tiedInBoth: 0, notCompared: 2 },
    });
  });

  it("knows that what came was before what never did", () => {
    const { tau, notCompared } = orderAgreement(
      [...shown(1, 2), at(9, null), at(9, null)],
      shown(1, 2, 3, 4),
    );
    assert.deepEqual({ tau, notCompared }, { tau: 1, notCompared: 1 });
  });

  it("is Kendall's τ-b where all intervals are narrow", () => {
    forSeeds(50, (random) => {
      const steps = (): number[] => Array.from({ length: 8 }, () => wholeNumber(random, 1, 9));
      const [a, b] = [steps(), steps()];
      const { tau } = orderAgreement(shown(...a), shown(...b));
      assert.ok(Math.abs((tau ?? 9) - (kendall(a, b).coefficient ?? 9)) < 1e-12);
    });
  });
});

describe("acquisitionOrder", () => {
  it("is the mean over pairs of runs, with its extremes", () => {
    const { tau, min, max, runPairs } = acquisitionOrder([
      shown(1, 2, 3),
      shown(1, 2, 3),
      shown(3, 2, 1),
    ]);
    assert.deepEqual({ tau, min, max, runPairs }, { tau: -1 / 3, min: -1, max: 1, runPairs: 3 });
  });

  it("counts pairs of runs that leave nothing to compare", () => {
    const { runPairs, runPairsWithout, compared, notCompared } = acquisitionOrder([
      shown(1, 2),
      shown(1, 2),
      [at(null, null), at(1, 2)],
    ]);
    assert.deepEqual(
      { runPairs, runPairsWithout, compared, notCompared },
      { runPairs: 1, runPairsWithout: 2, compared: 1, notCompared: 2 },
    );
  });

  it("has no τ for one run, one behaviour or none", () => {
    for (const runs of [[], [shown(1, 2)], [shown(1), shown(2)], [[], []]]) {
      assert.equal(acquisitionOrder(runs).tau, null);
    }
  });

  it("looks at a sample of the pairs where there are too many, the same again with the same seed", () => {
    const runs = Array.from({ length: 10_000 }, (_, i) =>
      Array.from({ length: 8 }, (_, b) => at(b * 10 + (i % 3), b * 10 + (i % 3) + 1)),
    );
    const result = acquisitionOrder(runs);
    assert.ok(result.runPairs < result.allRunPairs);
    assert.equal(result.tau, 1);
    assert.deepEqual(acquisitionOrder(runs), result);
  });
});
