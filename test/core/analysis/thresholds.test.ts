import assert from "node:assert/strict";
import {
  aboveBaseline,
  aboveChance,
  baselineFactor,
  bestOf,
  fractionBetween,
  fractionOfRange,
  type Threshold,
} from "../../../src/core/analysis/thresholds.js";
import { findOnset } from "../../../src/core/analysis/findOnset.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { mulberry32 } from "../../support/random.js";
import { everyTen, seriesOf } from "../../support/series.js";

function levelOf(threshold: Threshold, index = 0): number {
  assert.ok(threshold.ok, threshold.ok ? "" : threshold.reason);
  return threshold.at(index);
}

describe("fractionOfRange", () => {
  it("is y_first + α·(y_best − y_first)", () => {
    const rise = everyTen(1, 1, 1, 5, 5, 5);
    assert.equal(levelOf(fractionOfRange(rise, "higher", 0.5)), 3);
    assert.equal(levelOf(fractionOfRange(rise, "higher", 0.1)), 1.4);
  });

  it("goes down for a metric of which lower is better", () => {
    const fall = everyTen(10, 10, 10, 0, 0, 0);
    assert.equal(levelOf(fractionOfRange(fall, "lower", 0.9)), 1);
  });

  it("starts from the first value, not from the worst one", () => {
    const series = everyTen(20, 19, 21, 20, 60, 61, 60, 61);
    assert.equal(levelOf(fractionOfRange(series, "higher", 0.5)), 40.5);
  });

  it("is not available for a flat noisy curve", () => {
    const random = mulberry32(7);
    const noise = everyTen(...Array.from({ length: 200 }, () => random()));
    assert.equal(fractionOfRange(noise, "higher", 0.5).ok, false);
  });

  it("is available for a clean jump", () => {
    assert.equal(fractionOfRange(everyTen(0, 0, 0, 1), "higher", 0.9).ok, true);
  });

  it("is not available for a constant, one point, none, or only NaN", () => {
    for (const values of [[1, 1, 1], [1], [], [NaN, NaN]]) {
      assert.equal(
        fractionOfRange(everyTen(...values), "higher", 0.5).ok,
        false,
        `[${values.join(" ")}]`,
      );
    }
  });

  it("needs five times the noise exactly", () => {
    assert.equal(fractionBetween(0, 5, 0.5, 1).ok, true);
    assert.equal(fractionBetween(0, 4.99, 0.5, 1).ok, false);
  });
});

describe("bestOf", () => {
  it("is the best finite value by direction", () => {
    assert.equal(bestOf([1, Infinity, 3, NaN], "higher"), 3);
    assert.equal(bestOf([1, -Infinity, 3, NaN], "lower"), 1);
    assert.ok(Number.isNaN(bestOf([NaN], "higher")));
  });
});

describe("aboveBaseline", () => {
  it("needs twenty evaluations in the first tenth", () => {
    const values = Array.from({ length: 190 }, (_, i) => i % 7);
    assert.equal(aboveBaseline(everyTen(...values), "higher", 2).ok, false);
  });

  it("needs a baseline that varies", () => {
    const values = Array.from({ length: 300 }, (_, i) => (i < 200 ? 0 : 1));
    assert.equal(aboveBaseline(everyTen(...values), "higher", 2).ok, false);
  });

  it("is the baseline's median plus k times its scaled MAD, on the better side", () => {
    const normal = createNormal(mulberry32(3));
    const values = Array.from({ length: 400 }, () => 10 + normal());
    const up = levelOf(aboveBaseline(everyTen(...values), "higher", 2));
    const down = levelOf(aboveBaseline(everyTen(...values), "lower", 2));
    assert.ok(up > 11.5 && up < 15, `${up}`);
    assert.ok(Math.abs((up + down) / 2 - 10) < 0.5, "symmetric about the median");
  });

  it("is passed by about one in a hundred series of pure noise", () => {
    const series = 400;
    let passed = 0;
    for (let seed = 1; seed <= series; seed++) {
      const normal = createNormal(mulberry32(1000 + seed));
      const noise = everyTen(...Array.from({ length: 400 }, () => normal()));
      const threshold = aboveBaseline(noise, "higher", 2);
      assert.ok(threshold.ok);
      const level = threshold.at(0);
      if (findOnset(noise, (value) => value > level, 2).presence[0]?.confirmed) passed += 1;
    }
    // The baseline's own autocorrelation is estimated from 40 points, which costs some of the exactness.
    assert.ok(passed <= 0.04 * series, `${passed} of ${series}`);
  });

  it("asks for more above correlated noise and above longer series, and less with persistence", () => {
    assert.ok(baselineFactor(400, 40, 0.8, 1) > 0);
    assert.ok(baselineFactor(2000, 40, 0, 1) > baselineFactor(200, 40, 0, 1));
    assert.ok(baselineFactor(400, 40, 0, 3) < baselineFactor(400, 40, 0, 1));
    assert.ok(baselineFactor(400, 40, 0.8, 3) > baselineFactor(400, 40, 0, 3));
  });

  it("gives the same factor each time", () => {
    assert.equal(baselineFactor(300, 30, 0.2, 2), baselineFactor(300, 30, 0.2, 2));
  });
});

describe("aboveChance", () => {
  it("is c + 3·√(c(1−c)/N) for a known number of items", () => {
    const threshold = aboveChance(everyTen(0.2, 0.3), { rate: 0.25, items: 300 });
    assert.ok(Math.abs(levelOf(threshold) - (0.25 + 3 * Math.sqrt((0.25 * 0.75) / 300))) < 1e-12);
  });

  it("is c + 3·stderr, point by point, where standard errors are reported", () => {
    const series = seriesOf(
      [
        [1, 0.3],
        [2, 0.4],
      ],
      [0.01, 0.02],
    );
    const threshold = aboveChance(series, { rate: 0.25, items: null });
    assert.ok(Math.abs(levelOf(threshold, 0) - 0.28) < 1e-12);
    assert.ok(Math.abs(levelOf(threshold, 1) - 0.31) < 1e-12);
  });

  it("keeps standard errors beside their values when an evaluation is NaN", () => {
    const series = seriesOf(
      [
        [1, NaN],
        [2, 0.4],
      ],
      [0.01, 0.02],
    );
    const threshold = aboveChance(series, { rate: 0.25, items: null });
    assert.ok(Math.abs(levelOf(threshold, 0) - 0.31) < 1e-12);
  });

  it("is not available where neither is known", () => {
    assert.equal(aboveChance(everyTen(0.2), { rate: 0.25, items: null }).ok, false);
  });

  it("is not passed by a point without standard error where items are not known", () => {
    const series = seriesOf(
      [
        [1, 0.99],
        [2, 0.99],
      ],
      [NaN, 0.01],
    );
    assert.equal(levelOf(aboveChance(series, { rate: 0.25, items: null }), 0), Infinity);
  });
});
