import assert from "node:assert/strict";
import { orderAndLag, orderOf } from "../../../src/core/analysis/orderAndLag.js";
import { wilson } from "../../../src/core/analysis/seedShare.js";
import type { Interval } from "../../../src/core/model/interval.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const at = (after: number | null, by: number | null): Interval => ({ after, by });

describe("orderOf", () => {
  const table: readonly [what: string, x: Interval, y: Interval, expected: -1 | 0 | 1 | null][] = [
    ["before", at(1, 2), at(3, 4), -1],
    ["behind", at(3, 4), at(1, 2), 1],
    ["touching intervals are apart", at(1, 2), at(2, 3), -1],
    ["the same interval", at(1, 2), at(1, 2), 0],
    ["overlapping intervals", at(1, 3), at(2, 4), null],
    ["one inside the other", at(1, 4), at(2, 3), null],
    ["before a behaviour that never came", at(1, 2), at(5, null), -1],
    ["not seen while the other one could have come", at(1, 9), at(5, null), null],
    ["neither came", at(5, null), at(5, null), null],
    ["there at the first evaluation, before the other", at(null, 1), at(1, 2), -1],
    ["both there at the first evaluation", at(null, 1), at(null, 1), null],
    ["no data", at(null, null), at(1, 2), null],
    ["NaN", at(NaN, NaN), at(NaN, NaN), null],
  ];
  for (const [what, x, y, expected] of table) {
    it(what, () => {
      assert.equal(orderOf(x, y), expected);
      assert.equal(orderOf(y, x), expected === null ? null : 0 - expected);
    });
  }
});

describe("orderAndLag", () => {
  it("counts every run in one place, and the share over known orders only", () => {
    const pairs: [Interval, Interval][] = [
      [at(1, 2), at(3, 4)],
      [at(1, 2), at(9, null)],
      [at(3, 4), at(1, 2)],
      [at(1, 2), at(1, 2)],
      [at(1, 3), at(2, 4)],
      [at(9, null), at(9, null)],
      [at(null, null), at(1, 2)],
    ];
    const { lag, ...counts } = orderAndLag(
      pairs.map(([x]) => x),
      pairs.map(([, y]) => y),
    );
    assert.deepEqual(counts, {
      ...{ xFirst: 2, yFirst: 1, tied: 1, overlapping: 1, neither: 1, noData: 1 },
      share: 2 / 3,
      interval: wilson(2, 3),
    });
    assert.equal(lag.runs, 5);
  });

  it("has the lag of a run between the ends of its intervals", () => {
    assert.deepEqual(orderAndLag([at(100, 200)], [at(500, 700)]).lag.median, at(300, 600));
    assert.deepEqual(orderAndLag([at(100, 200)], [at(100, 200)]).lag.median, at(-100, 100));
    assert.deepEqual(orderAndLag([at(100, 200)], [at(500, null)]).lag.median, at(300, null));
    assert.deepEqual(orderAndLag([at(null, 200)], [at(500, 700)]).lag.median, at(300, null));
    assert.deepEqual(orderAndLag([at(500, null)], [at(1, 2)]).lag.median, at(null, -498));
  });

  it("bounds the median of an even number by both middle ones", () => {
    const x = [at(0, 1), at(0, 1)];
    assert.deepEqual(orderAndLag(x, [at(5, 6), at(9, 10)]).lag.median, at(4, 10));
  });

  it("has a bootstrap interval from three runs on, which holds the median", () => {
    assert.equal(orderAndLag([at(0, 1), at(0, 1)], [at(2, 3), at(2, 3)]).lag.interval, null);
    forSeeds(20, (random) => {
      const onset = (): Interval => {
        const after = wholeNumber(random, 0, 50);
        return at(after, random() < 0.2 ? null : after + 10);
      };
      const n = wholeNumber(random, 3, 20);
      const x = Array.from({ length: n }, onset);
      const y = Array.from({ length: n }, onset);
      const { median, interval, runs } = orderAndLag(x, y, { repetitions: 200 }).lag;
      if (runs < 3) return;
      assert.ok((interval!.after ?? -Infinity) <= (median!.after ?? -Infinity));
      assert.ok((interval!.by ?? Infinity) >= (median!.by ?? Infinity));
    });
  });

  it("has neither share nor lag without runs", () => {
    const { share, interval, lag } = orderAndLag([], []);
    assert.deepEqual([share, interval, lag.median, lag.interval], [null, null, null, null]);
  });

  it("counts a run that has only one of them as without data", () => {
    assert.equal(orderAndLag([at(1, 2), at(3, 4)], [at(1, 2)]).noData, 1);
  });

  it("takes 10,000 runs", () => {
    const x = Array.from({ length: 10_000 }, (_, i) => at(i, i + 1));
    const y = x.map(({ after }) => at(after! + 5, after! + 6));
    const { lag, share } = orderAndLag(x, y);
    assert.deepEqual([share, lag.median, lag.repetitions], [1, at(4, 6), 200]);
  });
});
