import assert from "node:assert/strict";
import { forecast, type Forecast } from "../../../src/core/analysis/forecast.js";
import { forSeeds, mulberry32 } from "../../support/random.js";
import { noisyLaw, seriesOf } from "../../support/series.js";

function made(result: ReturnType<typeof forecast>): Forecast {
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result;
}

describe("forecast", () => {
  it("goes on along the planted law where there is no noise", () => {
    const series = noisyLaw(40, 0);
    const { step, value, fit } = made(forecast(series, 3000, 0));
    assert.deepEqual(
      step,
      series.step.filter((s) => s > 3000),
    );
    assert.equal(fit.points, series.step.length - step.length);
    for (const [i, s] of step.entries()) {
      assert.ok(Math.abs((value[i] ?? NaN) / (2 + 15 * s ** -0.4) - 1) < 1e-4, `step ${s}`);
    }
  });

  it("looks at nothing after k", () => {
    const series = noisyLaw(40, 0.01, mulberry32(1));
    const changed = { ...series, value: series.value.map((y, i) => (i > 25 ? 9 * y : y)) };
    const k = series.step[25] ?? NaN;
    assert.deepEqual(forecast(series, k, 0), forecast(changed, k, 0));
  });

  it("holds the end in its bands about as often as they say", function () {
    this.timeout(60_000);
    let in80 = 0;
    let in95 = 0;
    forSeeds(40, (random) => {
      const series = noisyLaw(40, 0.01, random);
      const end = series.value[39] ?? NaN;
      const { band80, band95, step } = made(
        forecast(series, 13_000, 0, { at: [100_000], repetitions: 60 }),
      );
      assert.deepEqual([...step], [100_000]);
      const holds = ({ low, high }: typeof band80): boolean =>
        (low[0] ?? NaN) <= end && end <= (high[0] ?? NaN);
      if (holds(band80)) in80 += 1;
      if (holds(band95)) in95 += 1;
    });
    // Three standard errors about 32 and 38 of 40.
    assert.ok(in80 >= 24 && in80 <= 39, `${in80} of 40 in the 80 % band`);
    assert.ok(in95 >= 34, `${in95} of 40 in the 95 % band`);
  });

  it("has the 80 % band inside the 95 % one, wider the further it looks", () => {
    forSeeds(5, (random) => {
      const { band80, band95 } = made(
        forecast(noisyLaw(40, 0.02, random), 3000, 0, { at: [3500, 1e7] }),
      );
      for (const i of [0, 1]) {
        assert.ok((band95.low[i] ?? NaN) < (band80.low[i] ?? NaN));
        assert.ok((band80.high[i] ?? NaN) < (band95.high[i] ?? NaN));
      }
      const width = (i: number): number => (band95.high[i] ?? NaN) / (band95.low[i] ?? NaN);
      assert.ok(width(1) > width(0));
    });
  });

  it("predicts at most 200 of the run's own steps, with the last", () => {
    const series = seriesOf(Array.from({ length: 2000 }, (_, i) => [i + 1, 2 + 1 / (i + 1)]));
    const { step } = made(forecast(series, 500, 0, { repetitions: 5 }));
    assert.ok(step.length <= 200);
    assert.equal(step.at(-1), 2000);
  });

  it("says why not", () => {
    const series = noisyLaw(40, 0);
    const reasons = [
      forecast(series, 150, 0),
      forecast(series, 0, 0),
      forecast(series, 1e9, 0),
      forecast(series, 3000, 0, { at: [0, NaN] }),
      forecast(seriesOf([]), 3000, 0),
      forecast(seriesOf([...series.step].map((s) => [s, -1])), 3000, 0),
    ].map((result) => (result.ok ? "" : result.reason));
    assert.deepEqual(reasons, [
      "3 points, fewer than 6",
      "0 points, fewer than 6",
      "there is no step to predict",
      "there is no step to predict",
      "there is no step to predict",
      "there are values at or below 0, which have no logarithm",
    ]);
  });
});
