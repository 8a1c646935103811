import assert from "node:assert/strict";
import { kaplanMeier } from "../../../src/core/analysis/kaplanMeier.js";
import type { Interval } from "../../../src/core/model/interval.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const at = (after: number | null, by: number | null): Interval => ({ after, by });
const survivals = (...onsets: Interval[]): [number, number][] =>
  kaplanMeier(onsets).points.map(({ step, survival }) => [step, survival]);

describe("kaplanMeier", () => {
  it("without censoring is the share of runs that do not show it yet", () => {
    assert.deepEqual(survivals(at(3, 4), at(0, 1), at(1, 2), at(1, 2)), [
      [1, 3 / 4],
      [2, 1 / 4],
      [4, 0],
    ]);
  });

  it("keeps a run that never shows it at risk until it was last seen, and behind the events there", () => {
    const { points, censored } = kaplanMeier([at(1, 2), at(2, null), at(2, 3)]);
    assert.deepEqual(
      points.map(({ step, atRisk, events, censored }) => ({ step, atRisk, events, censored })),
      [
        { step: 2, atRisk: 3, events: 1, censored: 1 },
        { step: 3, atRisk: 1, events: 1, censored: 0 },
      ],
    );
    assert.equal(censored, 1);
    assert.deepEqual(survivals(at(1, 2), at(2, null), at(2, 3)), [
      [2, 2 / 3],
      [3, 0],
    ]);
  });

  it("counts runs without data apart, and those present at the first evaluation", () => {
    const result = kaplanMeier([at(null, null), at(null, 5), at(2, 5), at(NaN, 4), at(5, 5)]);
    const { runs, noData, events, leftCensored } = result;
    assert.deepEqual(
      { runs, noData, events, leftCensored },
      { runs: 2, noData: 3, events: 2, leftCensored: 1 },
    );
  });

  it("has an interval but where the curve is 1 or 0", () => {
    const { points } = kaplanMeier([at(1, null), at(1, 2), at(2, 3), at(3, 4)]);
    assert.deepEqual(
      points.map(({ interval }) => interval !== null),
      [false, true, true, false],
    );
  });

  it("never rises, and its interval holds it", () => {
    forSeeds(100, (random) => {
      const onsets = Array.from({ length: wholeNumber(random, 1, 30) }, () => {
        const after = wholeNumber(random, 0, 9);
        return at(after, random() < 0.4 ? null : after + 1);
      });
      let last = 1;
      for (const { survival, interval } of kaplanMeier(onsets).points) {
        assert.ok(survival <= last);
        last = survival;
        if (!interval) continue;
        assert.ok(0 <= interval[0] && interval[0] <= survival);
        assert.ok(survival <= interval[1] && interval[1] <= 1);
      }
    });
  });

  it("has no points without a run, and stays at 1 where none shows it", () => {
    assert.deepEqual(kaplanMeier([]).points, []);
    assert.deepEqual(survivals(at(5, null), at(9, null)), [
      [5, 1],
      [9, 1],
    ]);
    assert.deepEqual(survivals(at(null, 7), at(null, 7)), [[7, 0]]);
  });

  it("takes 10,000 runs", () => {
    const onsets = Array.from({ length: 10_000 }, (_, i) => at(i, i % 3 === 0 ? null : i + 0.5));
    assert.equal(kaplanMeier(onsets).points.length, 10_000);
  });
});
