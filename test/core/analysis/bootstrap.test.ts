import assert from "node:assert/strict";
import { bootstrapRuns } from "../../../src/core/analysis/bootstrap.js";

const pointOf = (values: readonly number[]) => (drawn: Int32Array) => {
  const sum = drawn.reduce((total, run) => total + values[run]!, 0);
  return [sum / drawn.length, sum / drawn.length] as const;
};

describe("bootstrapRuns", () => {
  it("holds the middle 95 % of what the repetitions give", () => {
    // The mean of 0, 0, …, 1, 1 (50 of each) over draws is normal to a good degree: 0.5 ± 1.96·0.05.
    const values = Array.from({ length: 100 }, (_, i) => i % 2);
    const { interval } = bootstrapRuns(100, 1, { repetitions: 4000 }, pointOf(values));
    assert.ok(Math.abs(interval![0] - 0.402) < 0.0101 && Math.abs(interval![1] - 0.598) < 0.0101);
  });

  it("takes lower and upper ends apart, infinite ones too", () => {
    const { interval } = bootstrapRuns(3, 1, {}, () => [-Infinity, Infinity]);
    assert.deepEqual(interval, [-Infinity, Infinity]);
  });

  it("says nothing of fewer than three runs", () => {
    const none = { interval: null, repetitions: 0, seed: 1 };
    for (const runs of [0, 1, 2])
      assert.deepEqual(
        bootstrapRuns(runs, 1, {}, () => [0, 0]),
        none,
      );
  });

  it("repeats 1,000 times, fewer where each is dear, or as often as asked", () => {
    const repetitions = (work: number, asked?: number): number =>
      bootstrapRuns(3, work, asked === undefined ? {} : { repetitions: asked }, () => [0, 0])
        .repetitions;
    assert.deepEqual([repetitions(1), repetitions(2000), repetitions(1e9)], [1000, 500, 200]);
    assert.equal(repetitions(1e9, 50), 50);
  });

  it("is the same again with the same seed, and another with another", () => {
    const values = [1, 2, 4, 8, 16, 32, 64];
    const of = (seed: number): unknown =>
      bootstrapRuns(7, 1, { seed, repetitions: 100 }, pointOf(values)).interval;
    assert.deepEqual(of(1), of(1));
    assert.notDeepEqual(of(1), of(2));
  });
});
