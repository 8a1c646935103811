import assert from "node:assert/strict";
import { detrendedLast, signalToNoise } from "../../../src/core/analysis/signalToNoise.js";
import { everyTen } from "../../support/series.js";

const near = (actual: number | null | undefined, expected: number): void => {
  assert.ok(Math.abs((actual ?? NaN) - expected) < 1e-12, `${actual} is not ${expected}`);
};

describe("signalToNoise", () => {
  it("is the spread of the final values over that of the last checkpoints, both relative", () => {
    // sd of 1, 2, 3 is 1; of 2, 4, 6 it is 2: both half of the mean. Finals 3 and 6.
    const { signal, noise, ratio } = signalToNoise([everyTen(9, 1, 2, 3), everyTen(9, 2, 4, 6)], 3);
    near(signal, 3 / 4.5);
    near(noise, 1 / 2);
    near(ratio, 4 / 3);
  });

  it("has no signal of one run, no noise of short ones, and no ratio without both", () => {
    assert.deepEqual(signalToNoise([everyTen(1, 2, 3, 4)]), {
      ...{ runs: 1, signal: null, noise: null, runsWithNoise: 0, ratio: null, checkpoints: 5 },
    });
    assert.equal(signalToNoise([]).runs, 0);
    const still = signalToNoise([everyTen(1, 1, 1), everyTen(2, 2, 2)], 3);
    assert.deepEqual([still.noise, still.ratio], [0, null]);
  });

  it("leaves out NaN and infinities, and has nothing about a mean of 0", () => {
    const { signal, runs } = signalToNoise([
      everyTen(1, NaN),
      everyTen(3, Infinity),
      everyTen(NaN),
    ]);
    assert.deepEqual([signal, runs], [1, 2]);
    assert.equal(signalToNoise([everyTen(-1), everyTen(1)]).signal, null);
  });
});

describe("detrendedLast", () => {
  it("is what a straight line leaves of the last five", () => {
    // About the line 1, 2, 3, 4, 5 at even steps: +1, −2, 0, +2, −1 has no slope and no mean.
    const residuals = detrendedLast(everyTen(50, 2, 0, 3, 6, 4));
    near(residuals?.squares, 10);
    assert.equal(residuals?.freedom, 3);
  });

  it("does not see the trend", () => {
    const wavering = [1, -2, 0, 2, -1];
    const of = (slope: number): number | undefined =>
      detrendedLast(everyTen(...wavering.map((value, i) => value + slope * i)))?.squares;
    near(of(7), of(0)!);
  });

  it("is not known where values cannot waver, or are fewer than five", () => {
    assert.equal(detrendedLast(everyTen(0.3, 1, 1, 1, 1, 1)), null);
    assert.equal(detrendedLast(everyTen(0.1, 0.2, 0.3, 0.4, 0.5, 0.6)), null);
    assert.equal(detrendedLast(everyTen(1, 3, 2, 5)), null);
    assert.equal(detrendedLast(everyTen()), null);
  });

  it("takes the last finite ones", () => {
    const plain = detrendedLast(everyTen(1, 3, 2, 5, 4));
    const { step, value, ...rest } = everyTen(1, 3, 2, 5, 4, NaN, Infinity);
    assert.deepEqual(detrendedLast({ step, value, ...rest }), plain);
  });
});
