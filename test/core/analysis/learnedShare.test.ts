import assert from "node:assert/strict";
import { findFirstLearned, onsetsOf } from "../../../src/core/analysis/firstLearned.js";
import { learnedByShare, learnedShare } from "../../../src/core/analysis/learnedShare.js";
import { shareBy } from "../../../src/core/analysis/seedShare.js";
import { outcomesOf, randomOutcomes } from "../../support/outcomes.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

describe("learnedShare", () => {
  it("is the share that is right, of those that are known", () => {
    const series = learnedShare(outcomesOf([0, 10, 20], ["0?1", "1?1", "0?0", "???"]));
    assert.deepEqual([...series.step], [0, 20]);
    assert.deepEqual([...series.value], [1 / 3, 2 / 3]);
    assert.deepEqual([...series.items], [3, 3]);
    assert.deepEqual([series.notRecorded, series.stderr], [1, null]);
  });

  it("is empty without checkpoints or examples", () => {
    assert.equal(
      learnedShare({ step: new Float64Array(), columns: [], examples: 0 }).step.length,
      0,
    );
    const none = learnedShare(outcomesOf([1, 2], []));
    assert.deepEqual([none.step.length, none.notRecorded], [0, 2]);
  });
});

describe("learnedByShare", () => {
  it("grows with each example that is learned, and does not fall when one is forgotten", () => {
    const outcomes = outcomesOf([0, 10, 20], ["010", "001", "000"]);
    const series = learnedByShare(outcomes, findFirstLearned(outcomes));
    assert.deepEqual([...series.value], [0, 1 / 3, 2 / 3]);
    assert.deepEqual([...series.items], [3, 3, 3]);
  });

  it("leaves out an example whose interval holds the checkpoint, and one not evaluated so far", () => {
    const outcomes = outcomesOf([0, 10, 20], ["0?1", "??1", "0??"]);
    const series = learnedByShare(outcomes, findFirstLearned(outcomes));
    assert.deepEqual([...series.step], [0, 20]);
    assert.deepEqual([...series.value], [0, 1]);
    assert.deepEqual([...series.items], [2, 2]);
  });

  it("is M13's share over the examples' intervals", () => {
    forSeeds(100, (random) => {
      const { step, outcomes } = randomOutcomes(random);
      const learning = findFirstLearned(outcomes, wholeNumber(random, 1, 3));
      const series = learnedByShare(outcomes, learning);
      const expected = step
        .map((at) => ({ at, ...shareBy(onsetsOf(learning), at) }))
        .filter(({ known }) => known > 0);
      assert.deepEqual(
        expected.map(({ at, present, known }) => [at, present / known, known]),
        Array.from(series.step, (at, i) => [at, series.value[i], series.items[i]]),
      );
    });
  });
});
