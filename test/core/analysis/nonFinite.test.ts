import assert from "node:assert/strict";
import { countNonFinite, findNonFinite } from "../../../src/core/analysis/nonFinite.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { everyTen } from "../../support/series.js";

describe("findNonFinite", () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    it(`finds the first ${bad} and what came before it`, () => {
      const onset = findNonFinite(everyTen(1, 2, bad, bad));
      assert.deepEqual([onset.status, onset.after, onset.by], ["observed", 20, 30]);
      assert.ok(Object.is(onset.value, bad));
      assert.equal(onset.confirmed, true);
    });
  }

  it("is right-censored where all values are finite", () => {
    const onset = findNonFinite(everyTen(1, 2, 3));
    assert.deepEqual([onset.status, onset.after, onset.by], ["right-censored", 30, null]);
  });

  it("is left-censored where the first value is not finite", () => {
    const onset = findNonFinite(everyTen(NaN, 1));
    assert.deepEqual([onset.status, onset.after, onset.by], ["left-censored", null, 10]);
  });

  it("has no data in an empty series", () => {
    assert.equal(findNonFinite(everyTen()).status, "no-data");
  });

  it("lists when values were finite again", () => {
    const { presence } = findNonFinite(everyTen(1, NaN, 1, Infinity));
    assert.deepEqual(
      presence.map(({ onset, offset }) => [onset.by, offset?.by ?? null]),
      [
        [20, 30],
        [40, null],
      ],
    );
  });

  it("agrees with a look at each value", () => {
    forSeeds(50, (random) => {
      const values = Array.from({ length: wholeNumber(random, 0, 12) }, () =>
        random() < 0.2 ? NaN : random(),
      );
      const index = values.findIndex((value) => !Number.isFinite(value));
      const { by } = findNonFinite(everyTen(...values));
      assert.equal(by, index < 0 ? null : 10 * (index + 1));
    });
  });
});

describe("countNonFinite", () => {
  it("counts NaN and both infinities", () => {
    assert.equal(countNonFinite(everyTen(1, NaN, Infinity, -Infinity, 0)), 3);
  });
});
