import assert from "node:assert/strict";
import { predictEnd, type Proportion } from "../../../src/core/analysis/memorisation.js";
import { wilson } from "../../../src/core/analysis/seedShare.js";
import { outcomesOf, randomOutcomes } from "../../support/outcomes.js";
import { forSeeds } from "../../support/random.js";

const counts = (share: Proportion | null | undefined): unknown =>
  share && [share.successes, share.of];

describe("predictEnd", () => {
  it("compares each checkpoint with the last one", () => {
    // Two are memorised at 10, one of which is lost again; three at the end.
    const [first, middle, end] = predictEnd(
      outcomesOf([0, 10, 20], ["011", "010", "001", "001", "000", "01?"]),
    );
    assert.equal(first?.precision, null);
    assert.deepEqual(counts(first.recall), [0, 3]);
    const [low, high] = wilson(1, 2);
    assert.deepEqual(middle?.precision, { successes: 1, of: 2, value: 0.5, low, high });
    assert.deepEqual([counts(middle.recall), middle.known], [[1, 3], 5]);
    assert.deepEqual(
      [counts(end?.precision), counts(end?.recall)],
      [
        [3, 3],
        [3, 3],
      ],
    );
  });

  it("has no recall where nothing is memorised at the end, and no curve without checkpoints", () => {
    const [only] = predictEnd(outcomesOf([5], ["0", "?"]));
    assert.deepEqual([only?.precision, only?.recall, only?.known], [null, null, 1]);
    assert.deepEqual(predictEnd({ step: new Float64Array(), columns: [], examples: 0 }), []);
  });

  it("equals sets of examples, counted one by one", () => {
    forSeeds(60, (random) => {
      const { step, rows, outcomes } = randomOutcomes(random);
      const curve = predictEnd(outcomes);
      for (const [c, { precision, recall }] of curve.entries()) {
        const known = rows.filter((row) => row[c] !== "?" && row[step.length - 1] !== "?");
        const now = known.filter((row) => row[c] === "1");
        const then = known.filter((row) => row[step.length - 1] === "1");
        const both = now.filter((row) => then.includes(row)).length;
        assert.equal(precision?.value, now.length === 0 ? undefined : both / now.length);
        assert.equal(recall?.value, then.length === 0 ? undefined : both / then.length);
      }
    });
  });
});
