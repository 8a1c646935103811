import assert from "node:assert/strict";
import { turnbullMedian } from "../../../src/core/analysis/turnbullMedian.js";
import type { Interval } from "../../../src/core/model/interval.js";
import { forSeeds } from "../../support/random.js";

const at = (after: number | null, by: number | null): Interval => ({ after, by });

describe("turnbullMedian", () => {
  const table: readonly [what: string, onsets: Interval[], expected: Interval | null][] = [
    ["the interval of the middle run", [at(4, 5), at(1, 2), at(2, 3)], at(2, 3)],
    [
      "the lower one where half is reached exactly",
      [at(1, 2), at(2, 3), at(3, 4), at(4, 5)],
      at(2, 3),
    ],
    [
      "not reached where fewer than half show it",
      [at(1, 2), at(9, null), at(9, null)],
      at(9, null),
    ],
    ["before the first evaluations", [at(null, 5), at(null, 5), at(7, 8)], at(null, 5)],
    [
      "a run that is watched but briefly does not make it late",
      [at(1, null), at(4, 5), at(7, 8)],
      at(4, 5),
    ],
    ["one run", [at(3, 7)], at(3, 7)],
    ["runs without data", [at(null, null)], null],
    ["no run", [], null],
  ];
  for (const [what, onsets, expected] of table) {
    it(what, () => assert.deepEqual(turnbullMedian(onsets).median, expected));
  }

  it("has an interval from three runs on, which says how it was drawn", () => {
    const two = turnbullMedian([at(1, 2), at(2, 3)]);
    assert.deepEqual([two.interval, two.repetitions], [null, 0]);
    const three = turnbullMedian([at(1, 2), at(2, 3), at(3, 4), at(null, null)], { seed: 7 });
    const { interval, repetitions, seed, runs, noData } = three;
    // Of three runs, (1, 2] alone is drawn in 1 of 27 repetitions: more than 2.5 %.
    assert.deepEqual(interval, at(1, 4));
    assert.deepEqual(
      { repetitions, seed, runs, noData },
      { repetitions: 1000, seed: 7, runs: 3, noData: 1 },
    );
  });

  it("is open where half is often not reached", () => {
    const onsets = [at(1, 2), at(1, 2), at(9, null), at(9, null)];
    assert.deepEqual(turnbullMedian(onsets).interval, at(1, null));
    assert.deepEqual(turnbullMedian([at(null, 2), at(null, 2), at(null, 2)]).interval, at(null, 2));
  });

  it("is the same again with the same seed", () => {
    const onsets = Array.from({ length: 15 }, (_, i) => at(i * i, i * i + 9));
    assert.deepEqual(turnbullMedian(onsets, { seed: 3 }), turnbullMedian(onsets, { seed: 3 }));
  });

  it("its interval holds it", () => {
    forSeeds(20, (random) => {
      const onsets = Array.from({ length: 12 }, () => {
        const after = Math.floor(random() * 30);
        return at(after, random() < 0.3 ? null : after + 5);
      });
      const { median, interval } = turnbullMedian(onsets, { repetitions: 200 });
      assert.ok((interval?.after ?? -Infinity) <= (median?.after ?? -Infinity));
      assert.ok((interval?.by ?? Infinity) >= (median?.by ?? Infinity));
    });
  });

  it("repeats less often where there is much to draw from", () => {
    const onsets = Array.from({ length: 2000 }, (_, i) => at(i, i + 1));
    assert.equal(turnbullMedian(onsets).repetitions, 200);
  });
});
