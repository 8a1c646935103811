import assert from "node:assert/strict";
import { backtest } from "../../../src/core/analysis/backtest.js";
import { mulberry32 } from "../../support/random.js";
import { noisyLaw, seriesOf } from "../../support/series.js";

describe("backtest", () => {
  it("has small errors, and the end in its bands, where the law holds", function () {
    this.timeout(60_000);
    const series = noisyLaw(40, 0.005, mulberry32(4));
    const result = backtest(series, 0, { beginnings: 6 });
    assert.ok(result.ok);
    assert.equal(result.step, 100_000);
    assert.equal(result.actual, series.value[39]);
    assert.equal(result.points.length, 6);
    for (const { predicted, error, band95, in95 } of result.points) {
      assert.ok(Math.abs(predicted - result.actual - error) < 1e-12);
      assert.equal(in95, band95[0] <= result.actual && result.actual <= band95[1]);
    }
    assert.ok(Math.abs(result.points.at(-1)?.error ?? NaN) < 0.05);
    assert.ok(result.coverage95 >= result.coverage80);
    assert.ok(result.coverage95 >= 0.5);
  });

  it("misses where the law does not hold", function () {
    this.timeout(60_000);
    const series = noisyLaw(40, 0.005, mulberry32(4));
    const dropped = { ...series, value: series.value.map((y, i) => (i > 35 ? y - 1 : y)) };
    const result = backtest(dropped, 0, { beginnings: 6 });
    assert.ok(result.ok);
    const before = result.points.filter(({ k }) => k < (series.step[35] ?? NaN));
    assert.ok(before.length > 2 && before.filter(({ in95 }) => in95).length < before.length / 2);
  });

  it("takes every beginning where there are few, from the least that a fit needs", () => {
    const series = noisyLaw(10, 0.005, mulberry32(2));
    const result = backtest(series, 0, { repetitions: 10 });
    assert.ok(result.ok);
    assert.deepEqual(
      result.points.map(({ k }) => k),
      [...series.step.slice(5, 9)],
    );
  });

  it("says why not", () => {
    const short = noisyLaw(6, 0);
    const flat = seriesOf(Array.from({ length: 20 }, (_, i) => [i + 1, 1]));
    const reasons = [backtest(short, 0), backtest(seriesOf([]), 0), backtest(flat, 0)].map(
      (result) => (result.ok ? "" : result.reason),
    );
    assert.deepEqual(reasons, [
      "6 finite evaluations at steps above 0, fewer than 7",
      "0 finite evaluations at steps above 0, fewer than 7",
      "the values do not vary",
    ]);
  });
});
