import assert from "node:assert/strict";
import { findOnset } from "../../../src/core/analysis/findOnset.js";
import {
  countLearning,
  findFirstLearned,
  intervalOf,
  onsetsOf,
} from "../../../src/core/analysis/firstLearned.js";
import { outcomesOf, randomOutcomes } from "../../support/outcomes.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const STEPS = [0, 10, 20, 30, 40];

describe("findFirstLearned", () => {
  // Outcomes, persistence, after, by, confirmed, forgetting events.
  for (const [row, persistence, after, by, confirmed, forgotten] of [
    ["00111", 1, 10, 20, 1, 0],
    ["00000", 1, 40, null, 0, 0],
    ["11111", 1, null, 0, 1, 0],
    ["01011", 1, 0, 10, 1, 1],
    ["01011", 2, 20, 30, 1, 1],
    ["01010", 2, 40, null, 0, 2],
    ["00001", 1, 30, 40, 1, 0],
    ["00001", 2, 30, 40, 0, 0],
    ["0?1??", 1, 0, 20, 1, 0],
    ["0?1??", 2, 0, 20, 0, 0],
    ["?0?1?", 1, 10, 30, 1, 0],
    ["?1???", 1, null, 10, 1, 0],
    ["??0??", 1, 20, null, 0, 0],
    ["?????", 1, null, null, 0, 0],
    ["1?0?1", 1, null, 0, 1, 1],
    ["10101", 1, null, 0, 1, 2],
  ] as const) {
    it(`${row} for ${persistence}: (${after}, ${by}], forgotten ${forgotten} times`, () => {
      const learning = findFirstLearned(outcomesOf(STEPS, [row]), persistence);
      assert.deepEqual(intervalOf(learning, 0), { after, by });
      assert.deepEqual([learning.confirmed[0], learning.forgotten[0]], [confirmed, forgotten]);
      assert.equal(learning.evaluations[0], row.replaceAll("?", "").length);
      assert.equal(learning.correct[0], row.replace(/[^1]/g, "").length);
    });
  }

  it("has nothing to say of no examples, or of none at any checkpoint", () => {
    assert.deepEqual(onsetsOf(findFirstLearned(outcomesOf(STEPS, []))), []);
    const learning = findFirstLearned({ step: new Float64Array(), columns: [], examples: 2 });
    assert.deepEqual(onsetsOf(learning), [
      { after: null, by: null },
      { after: null, by: null },
    ]);
  });

  it("of one checkpoint: learned at the first evaluation, or not by it", () => {
    const learning = findFirstLearned(outcomesOf([7], ["1", "0", "?"]));
    assert.deepEqual(onsetsOf(learning), [
      { after: null, by: 7 },
      { after: 7, by: null },
      { after: null, by: null },
    ]);
  });

  it("is M1 on each example's own series, and counts falls over its known evaluations", () => {
    forSeeds(200, (random) => {
      const { step, rows, outcomes } = randomOutcomes(random);
      const persistence = wholeNumber(random, 1, 4);
      const learning = findFirstLearned(outcomes, persistence);
      for (const [i, row] of rows.entries()) {
        const series = {
          step: Float64Array.from(step),
          value: Float64Array.from(row, (outcome) => (outcome === "?" ? NaN : Number(outcome))),
          stderr: null,
          notRecorded: 0,
          reduced: false,
        };
        const { after, by, confirmed, evaluations } = findOnset(
          series,
          (value) => value === 1,
          persistence,
        );
        assert.deepEqual(intervalOf(learning, i), { after, by });
        assert.equal(learning.confirmed[i] === 1, confirmed);
        assert.equal(learning.evaluations[i], evaluations);
        const falls = row.replaceAll("?", "").match(/1(?=0)/g)?.length ?? 0;
        assert.equal(learning.forgotten[i], falls);
      }
    });
  });
});

describe("countLearning", () => {
  it("counts examples by what became of them", () => {
    const rows = ["11111", "10101", "00111", "00110", "00000", "?????"];
    assert.deepEqual(countLearning(findFirstLearned(outcomesOf(STEPS, rows))), {
      examples: 6,
      learned: 4,
      learnedAtFirst: 2,
      neverLearned: 1,
      unknown: 1,
      unforgettable: 2,
      forgotten: 2,
      forgettingEvents: 3,
    });
  });
});
