import assert from "node:assert/strict";
import { median, medianAbsoluteDeviation } from "../../../src/core/analysis/statistics.js";
import { TrailingWindow } from "../../../src/core/analysis/trailingWindow.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

describe("TrailingWindow", () => {
  it("has neither median nor MAD of nothing", () => {
    const window = new TrailingWindow(Float64Array.of(NaN, Infinity), 4);
    window.moveTo(2);
    assert.deepEqual([window.length, window.median(), window.deviation(NaN)], [0, NaN, NaN]);
  });

  it("gives the median and the MAD of the finite values before each place, stepping and jumping", () => {
    forSeeds(60, (random) => {
      const width = wholeNumber(random, 1, 30);
      const values = Float64Array.from({ length: 200 }, () => {
        const kind = random();
        if (kind < 0.1) return [NaN, Infinity, -Infinity, -0][wholeNumber(random, 0, 3)] as number;
        // Few levels: many values are equal.
        return kind < 0.5 ? wholeNumber(random, 0, 3) : random() - 0.5;
      });
      const window = new TrailingWindow(values, width);
      let end = 0;
      while (end <= values.length) {
        window.moveTo(end);
        const before = values.slice(Math.max(0, end - width), end).filter(Number.isFinite);
        assert.equal(window.length, before.length);
        assert.ok(same(window.median(), median(before)));
        const deviation = medianAbsoluteDeviation(before);
        assert.ok(same(window.deviation(window.median()), deviation));
        const limit = random() < 0.3 ? deviation : 2 * random();
        if (deviation < limit) assert.ok(window.mayDeviateLess(window.median(), limit));
        end += random() < 0.9 ? 1 : wholeNumber(random, 1, 2 * width);
      }
    });
  });
});

/** Equal but for the sign of zero, and NaN for both. */
function same(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}
