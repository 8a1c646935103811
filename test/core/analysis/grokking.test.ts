import assert from "node:assert/strict";
import {
  findGrokking,
  type AttainableRange,
  type Grokking,
} from "../../../src/core/analysis/grokking.js";
import type { Series } from "../../../src/core/model/series.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { seriesOf } from "../../support/series.js";

const STEPS = [1, 100, 200, 400, 800, 1600, 3200];
const series = (...values: readonly number[]): Series =>
  seriesOf(values.map((value, i) => [STEPS[i] ?? NaN, value]));
const accuracies: { train: AttainableRange; heldOut: AttainableRange } = {
  train: { chance: 0, best: 1 },
  heldOut: { chance: 0, best: 1 },
};

function grokkingOf(train: Series, heldOut: Series, ranges = accuracies): Grokking {
  const result = findGrokking(train, heldOut, "higher", ranges, 2);
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result.grokking;
}

describe("findGrokking", () => {
  const memorised = series(0, 0.5, 1, 1, 1, 1, 1);

  it("names a held-out rise long after memorisation", () => {
    const found = grokkingOf(memorised, series(0, 0, 0, 0, 0.05, 1, 1));
    assert.equal(found.isGrokking, true);
    assert.deepEqual(found.onset, { after: 800, by: 1600 });
    assert.equal(found.train.by, 200);
    assert.deepEqual(found.delay, { min: 800 - 200, max: 1600 - 100 });
    assert.deepEqual(found.ratio, { value: 8, min: 4, max: 16 });
    assert.equal(found.heldOutThen, 0);
  });

  it("needs the held-out onset at twice the training step at least", () => {
    assert.equal(grokkingOf(memorised, series(0, 0, 0, 1, 1, 1, 1)).isGrokking, true);
    const together = grokkingOf(memorised, series(0, 0, 1, 1, 1, 1, 1));
    assert.equal(together.isGrokking, false);
    assert.deepEqual(together.onset, { after: 3200, by: null });
  });

  it("needs held-out below 10 % of its range when training had its onset", () => {
    assert.equal(grokkingOf(memorised, series(0, 0, 0.09, 0.2, 1, 1, 1)).isGrokking, true);
    assert.equal(grokkingOf(memorised, series(0, 0, 0.11, 0.2, 1, 1, 1)).isGrokking, false);
  });

  it("is not there, and right-censored, where held-out never rises", () => {
    const found = grokkingOf(memorised, series(0, 0, 0, 0.01, 0, 0, 0));
    assert.equal(found.isGrokking, false);
    assert.deepEqual(found.onset, { after: 3200, by: null });
    assert.equal(found.delay, null);
  });

  it("has its threshold at 0.9 between chance and 1 for accuracies", () => {
    const ranges = { train: { chance: 0.5, best: 1 }, heldOut: { chance: 0.5, best: 1 } };
    const found = grokkingOf(memorised, series(0.5, 0.5, 0.5, 0.5, 0.94, 0.96, 0.96), ranges);
    assert.deepEqual(found.onset, { after: 800, by: 1600 });
    assert.ok(Math.abs((found.parameters["heldOutThreshold"] as number) - 0.95) < 1e-12);
  });

  it("has its threshold between the first value and the best of the compared runs otherwise", () => {
    const ranges = { train: { chance: null, best: 0 }, heldOut: { chance: null, best: 0 } };
    const falling = findGrokking(
      series(4, 2, 0.1, 0.1, 0.1, 0.1, 0.1),
      series(4, 4, 4, 4, 4, 0.1, 0.1),
      "lower",
      ranges,
      2,
    );
    assert.ok(falling.ok);
    assert.deepEqual(falling.grokking.onset, { after: 800, by: 1600 });
    assert.ok(Math.abs((falling.grokking.parameters["trainThreshold"] as number) - 0.4) < 1e-12);
  });

  it("judges a run that never generalises by what its neighbours reached", () => {
    const ranges = { train: { chance: null, best: 1 }, heldOut: { chance: null, best: 1 } };
    const flat = series(0, 0.01, 0, 0.01, 0, 0.01, 0);
    const found = grokkingOf(memorised, flat, ranges);
    assert.deepEqual(found.onset, { after: 3200, by: null });
  });

  it("says that nothing can be told from fewer than two evaluations", () => {
    const result = findGrokking(series(1), series(0), "higher", accuracies, 2);
    assert.equal(result.ok, false);
  });

  it("does not guess the delay where training was memorised before the first evaluation", () => {
    const late = seriesOf([
      [1000, 1],
      [1200, 1],
      [1400, 1],
    ]);
    const heldOut = seriesOf([
      [1000, 0],
      [1200, 1],
      [1400, 1],
    ]);
    const result = findGrokking(late, heldOut, "higher", accuracies, 2);
    assert.equal(result.ok, false);
  });

  it("does not guess what held-out was at the training onset where it was not evaluated by then", () => {
    const heldOut = seriesOf([
      [400, 0],
      [800, 0],
      [1600, 1],
      [3200, 1],
    ]);
    const result = findGrokking(memorised, heldOut, "higher", accuracies, 2);
    assert.deepEqual(result, {
      ok: false,
      reason: "held-out metric: no evaluation by the training onset at 200",
    });
  });

  it("needs no held-out evaluation by the training onset where held-out never rises", () => {
    const heldOut = seriesOf([
      [400, 0],
      [800, 0],
    ]);
    assert.deepEqual(grokkingOf(memorised, heldOut).onset, { after: 800, by: null });
  });

  it("never has a delay outside the true one, for random times of both jumps", () => {
    forSeeds(100, (random) => {
      const trainAt = wholeNumber(random, 2, 40);
      const heldOutAt = wholeNumber(random, trainAt, 90);
      const jump = (at: number): Series =>
        seriesOf(Array.from({ length: 100 }, (_, i) => [10 * (i + 1), i >= at ? 1 : 0] as const));
      const found = grokkingOf(jump(trainAt), jump(heldOutAt));
      const truth = 10 * (heldOutAt - trainAt);
      assert.ok(found.delay && found.delay.min <= truth && truth <= found.delay.max);
      const ratio = (heldOutAt + 1) / (trainAt + 1);
      assert.equal(found.isGrokking, ratio >= 2);
    });
  });
});
