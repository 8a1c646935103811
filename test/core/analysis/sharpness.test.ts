import assert from "node:assert/strict";
import { measureSharpness } from "../../../src/core/analysis/sharpness.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { everyTen, seriesOf } from "../../support/series.js";

describe("measureSharpness", () => {
  it("is 1 for one sudden step", () => {
    assert.equal(measureSharpness(everyTen(0, 0, 1, 1), "higher").sharpness, 1);
  });

  it("is the largest step over the range", () => {
    assert.equal(measureSharpness(everyTen(0, 1, 4, 5), "higher").sharpness, 3 / 5);
  });

  it("is the same for a metric that falls", () => {
    assert.equal(measureSharpness(everyTen(5, 4, 1, 0), "lower").sharpness, 3 / 5);
  });

  it("looks past NaN and infinities", () => {
    const series = everyTen(0, NaN, 2, Infinity, 4);
    assert.equal(measureSharpness(series, "higher").sharpness, 2 / 4);
  });

  it("does not exist for a flat series, for one point and for none", () => {
    for (const values of [[3, 3, 3], [3], []]) {
      assert.deepEqual(measureSharpness(everyTen(...values), "higher"), {
        sharpness: null,
        width: null,
      });
    }
  });

  it("has a width of the decades between 10 % and 90 % of the range", () => {
    // A rise in ten equal parts: 10 % is passed at step 10, 90 % at step 1000.
    const series = seriesOf([
      [1, 0],
      [10, 0.2],
      [100, 0.5],
      [1000, 1],
      [10_000, 1],
    ]);
    assert.equal(measureSharpness(series, "higher").width, 2);
  });

  it("leaves steps below 1 as they are in the logarithm", () => {
    const epochs = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3];
    const rise = seriesOf(epochs.map((epoch) => [epoch, epoch < 0.1 ? 0 : epoch < 1 ? 0.5 : 1]));
    assert.equal(measureSharpness(rise, "higher").width, 1);
  });

  it("does not exist where the range is too large for a number", () => {
    const huge = everyTen(-1.5e308, 1.5e308, 1.5e308);
    assert.equal(measureSharpness(huge, "higher").sharpness, null);
  });

  it("lies in (0, 1] for every series that varies", () => {
    forSeeds(100, (random) => {
      const values = Array.from({ length: wholeNumber(random, 2, 20) }, () => random());
      const { sharpness } = measureSharpness(everyTen(...values), "higher");
      assert.ok(sharpness !== null && sharpness > 0 && sharpness <= 1, `${sharpness}`);
    });
  });
});
