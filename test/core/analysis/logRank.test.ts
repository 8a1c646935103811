import assert from "node:assert/strict";
import { logRank } from "../../../src/core/analysis/logRank.js";
import type { Interval } from "../../../src/core/model/interval.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const at = (after: number | null, by: number | null): Interval => ({ after, by });
const shown = (...steps: number[]): Interval[] => steps.map((by) => at(by - 1, by));
const never = (...steps: number[]): Interval[] => steps.map((after) => at(after, null));

describe("logRank", () => {
  it("compares what was seen with what was to be expected", () => {
    // At 1: 1 of 2 + 2 at risk. At 2: 1 of 1 + 2. At 3: 1 of 2. At 4: the last.
    const { groups, chiSquare, freedom } = logRank([shown(1, 2), shown(3, 4)]);
    assert.deepEqual(
      groups.map(({ observed, runs }) => ({ observed, runs })),
      [
        { observed: 2, runs: 2 },
        { observed: 2, runs: 2 },
      ],
    );
    assert.ok(Math.abs(groups[0]!.expected - (1 / 2 + 1 / 3)) < 1e-12);
    assert.ok(Math.abs(groups[1]!.expected - (1 / 2 + 2 / 3 + 2)) < 1e-12);
    assert.ok(Math.abs(chiSquare! - (7 / 6) ** 2 / (1 / 4 + 2 / 9)) < 1e-12);
    assert.equal(freedom, 1);
  });

  it("counts all ways to deal out few runs: 2 of 6 are as far apart as they can be", () => {
    const { p, method, permutations } = logRank([shown(1, 2), shown(3, 4)]);
    assert.deepEqual(
      { p, method, permutations },
      { p: 1 / 3, method: "all permutations", permutations: 6 },
    );
  });

  it("counts two groups exactly up to 19 runs, and takes χ² from 20 on", () => {
    const early = Array.from({ length: 9 }, (_, i) => at(i, i + 1));
    const late = Array.from({ length: 10 }, (_, i) => at(i + 3, i + 4));
    const few = logRank([early, late]);
    assert.deepEqual([few.method, few.permutations], ["all permutations", 92_378]);
    const many = logRank([early, [...late, at(5, null)]]);
    assert.deepEqual([many.method, many.permutations], ["chi-square", 0]);
    assert.ok(Math.abs(few.p! - many.p!) < 0.1);
  });

  it("draws at random where there are too many ways, the same again with the same seed", () => {
    const groups = [shown(1, 2, 3, 5, 6), shown(2, 4, 7, 9, 11), shown(3, 6, 8, 12, 13)];
    const { method, permutations, p } = logRank(groups, 5);
    assert.deepEqual([method, permutations], ["random permutations", 10_000]);
    assert.equal(logRank(groups, 5).p, p);
    assert.ok(Math.abs(logRank(groups, 6).p! - p!) < 0.02);
  });

  it("keeps runs that never show it, and counts those without data apart", () => {
    const { groups, p } = logRank([
      [...shown(1, 2, 3, 4), at(null, null)],
      [...never(9, 9, 9, 9), at(null, null), at(NaN, 2)],
    ]);
    assert.deepEqual(
      groups.map(({ runs, noData, observed }) => [runs, noData, observed]),
      [
        [4, 1, 4],
        [4, 2, 0],
      ],
    );
    assert.equal(p, 2 / 70);
  });

  it("has nothing to compare without two groups or without an event", () => {
    const nothing: readonly (readonly (readonly Interval[])[])[] = [
      [],
      [shown(1, 2)],
      [[], []],
      [shown(1, 2), []],
      [never(3, 4), never(5)],
      [shown(2), shown(2)],
      [[at(null, null)], shown(3)],
    ];
    for (const groups of nothing) {
      const { chiSquare, p, method, freedom } = logRank(groups);
      assert.deepEqual([chiSquare, p, method, freedom], [null, null, null, 0]);
    }
  });

  it("leaves an empty group out of the comparison", () => {
    const { freedom, chiSquare } = logRank([shown(1, 2), [], shown(3, 4)]);
    assert.deepEqual([freedom, chiSquare], [1, logRank([shown(1, 2), shown(3, 4)]).chiSquare]);
  });

  it("does not depend on the order of groups and runs", () => {
    forSeeds(40, (random) => {
      const groups = Array.from({ length: wholeNumber(random, 2, 3) }, () =>
        Array.from({ length: wholeNumber(random, 1, 3) }, () => {
          const step = wholeNumber(random, 1, 6);
          return random() < 0.3 ? at(step, null) : at(step - 1, step);
        }),
      );
      const one = logRank(groups);
      const other = logRank(groups.map((group) => group.toReversed()).toReversed());
      assert.ok(Math.abs((one.chiSquare ?? -1) - (other.chiSquare ?? -1)) < 1e-9);
      assert.equal(one.p, other.p);
    });
  });

  it("finds no difference where there is none in 95 of 100 comparisons", () => {
    let found = 0;
    forSeeds(400, (random) => {
      const group = (): Interval[] =>
        Array.from({ length: 12 }, () => {
          const step = Math.ceil(-20 * Math.log(random()));
          return step > 30 ? at(30, null) : at(step - 1, step);
        });
      if (logRank([group(), group()]).p! < 0.05) found++;
    });
    assert.ok(found >= 8 && found <= 33, `${found} of 400`);
  });

  it("takes 10,000 runs", () => {
    const many = Array.from({ length: 5000 }, (_, i) => at(i, i % 2 === 0 ? null : i + 1));
    assert.ok(logRank([many, many]).p! > 0.9);
  });
});
