import assert from "node:assert/strict";
import { mapExamples } from "../../../src/core/analysis/cartography.js";
import { outcomesOf } from "../../support/outcomes.js";

const outcomes = outcomesOf([1, 2, 3], ["011", "0??", "???"]);

describe("mapExamples", () => {
  it("gives the share of right answers, and nothing else where only those are logged", () => {
    const map = mapExamples(outcomes, null);
    assert.deepEqual([...map.correctness], [2 / 3, 0, NaN]);
    assert.deepEqual([map.confidence, map.variability], [null, null]);
    assert.equal(mapExamples(outcomes, outcomes.columns).confidence, null);
  });

  it("gives mean and population standard deviation of probabilities", () => {
    const scores = [
      Float32Array.of(0.25, 0.5, NaN),
      Float32Array.of(0.75, NaN),
      Float32Array.of(0.5),
    ];
    const { confidence, variability } = mapExamples(outcomes, scores);
    assert.deepEqual(confidence, Float64Array.of(0.5, 0.5, NaN));
    assert.ok(Math.abs((variability?.[0] ?? 0) - Math.sqrt(0.125 / 3)) < 1e-12);
    assert.deepEqual([variability?.[1], variability?.[2]], [0, NaN]);
  });

  it("takes no score outside of [0, 1] for a probability", () => {
    for (const score of [-0.5, 1.5, Infinity]) {
      assert.equal(mapExamples(outcomes, [Float32Array.of(0.5, score)]).confidence, null);
    }
  });

  it("is empty without examples", () => {
    const none = mapExamples(outcomesOf([1], []), null);
    assert.equal(none.correctness.length, 0);
  });
});
