import assert from "node:assert/strict";
import { measureBreakthroughness } from "../../../src/core/analysis/breakthroughness.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { everyTen } from "../../support/series.js";

describe("measureBreakthroughness", () => {
  const cases: readonly (readonly [string, readonly number[], number, number, number | string])[] =
    [
      // Differences 1, 1, 1: both roots are 1.
      ["an even rise", [0, 1, 2, 3], 3, 3, 3],
      // Differences 0, 0, 1: mean of squares 1/3, median 0.
      ["one sudden step", [0, 0, 0, 1], 1, Math.sqrt(3), "> 100"],
      // Differences −3, −4: squares 9 and 16.
      ["an even fall", [7, 4, 0], -7, -7 / Math.sqrt(12.5), -7 / Math.sqrt(12.5)],
      ["one sudden fall", [1, 0, 0, 0], -1, -Math.sqrt(3), "< -100"],
      // Differences 1, 3, −1, 1: squares 1, 9, 1, 1; the highest value comes after the lowest.
      ["a rise with a dip", [0, 1, 4, 3, 4], 4, 4 / Math.sqrt(3), 4],
      // Differences 2, −2, 2, −2: the first of equal extremes counts.
      ["equal extremes", [0, 2, 0, 2, 0], 2, 1, 1],
    ];
  for (const [name, values, improvement, linearity, breakthroughness] of cases) {
    it(`of ${name}`, () => {
      const measured = measureBreakthroughness(everyTen(...values));
      assert.equal(measured.improvement, improvement);
      assert.ok(Math.abs((measured.linearity ?? NaN) - linearity) < 1e-12);
      if (typeof breakthroughness === "string") {
        assert.equal(measured.breakthroughness, breakthroughness);
      } else {
        assert.ok(typeof measured.breakthroughness === "number");
        assert.ok(Math.abs(measured.breakthroughness - breakthroughness) < 1e-12);
      }
    });
  }

  it("looks past NaN and infinities", () => {
    assert.deepEqual(
      measureBreakthroughness(everyTen(0, NaN, 1, Infinity, 2)),
      measureBreakthroughness(everyTen(0, 1, 2)),
    );
  });

  it("gains nothing in a flat series, and is not known below two evaluations", () => {
    assert.deepEqual(measureBreakthroughness(everyTen(3, 3, 3)), {
      improvement: 0,
      linearity: null,
      breakthroughness: null,
    });
    for (const values of [[3], [NaN, 3], []]) {
      assert.equal(measureBreakthroughness(everyTen(...values)).improvement, null);
    }
  });

  it("changes its sign with the values, and nothing else with their unit", () => {
    forSeeds(50, (random) => {
      const values = Array.from({ length: wholeNumber(random, 3, 20) }, () => random());
      const plain = measureBreakthroughness(everyTen(...values));
      const turned = measureBreakthroughness(everyTen(...values.map((y) => -8 * y)));
      assert.ok(typeof plain.breakthroughness === "number");
      assert.ok(Math.abs((turned.linearity ?? NaN) + (plain.linearity ?? NaN)) < 1e-9);
      assert.ok(Math.abs((turned.breakthroughness as number) + plain.breakthroughness) < 1e-9);
    });
  });
});
