import assert from "node:assert/strict";
import { sparkline } from "../../../src/core/analysis/sparkline.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { everyTen, seriesOf } from "../../support/series.js";

const UNIT = { low: 0, high: 1 };

describe("sparkline", () => {
  it("is low before a jump and high behind it", () => {
    const series = seriesOf([
      [0, 0],
      [1, 0],
      [100, 1],
      [10_000, 1],
    ]);
    const text = sparkline(series, 8, UNIT, 10_000);
    assert.match(text, /^▁+█+$/);
    assert.equal(text.length, 8);
  });

  it("places steps by their logarithm", () => {
    // 99 is half way from 0 to 9,999 in log(1 + step).
    const series = seriesOf([
      [0, 0],
      [99, 1],
      [9999, 1],
    ]);
    assert.equal(sparkline(series, 8, UNIT, 9999), "▁▁▁█████");
  });

  it("is flat without a range and without points", () => {
    assert.equal(sparkline(everyTen(), 4, UNIT, 100), "▁▁▁▁");
    assert.equal(sparkline(everyTen(1, 1), 4, { low: 1, high: 1 }, 100), "▁▁▁▁");
  });

  it("has as many blocks as asked for, whatever the values are", () => {
    forSeeds(50, (random) => {
      const values = Array.from({ length: wholeNumber(random, 0, 9) }, () => {
        const roll = random();
        return roll < 0.1 ? NaN : roll < 0.2 ? Infinity : 3 * random() - 1;
      });
      const length = wholeNumber(random, 1, 20);
      const text = sparkline(everyTen(...values), length, UNIT, 90);
      assert.match(text, new RegExp(`^[▁▂▃▄▅▆▇█]{${length}}$`));
    });
  });
});
