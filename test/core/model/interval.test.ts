import assert from "node:assert/strict";
import { formatInterval, formatStep, statusOf } from "../../../src/core/model/interval.js";

describe("statusOf and formatInterval", () => {
  const cases: readonly [after: number | null, by: number | null, status: string, text: string][] =
    [
      [1000, 1250, "observed", "(1,000, 1,250]"],
      [0, 1, "observed", "(0, 1]"],
      [null, 50, "left-censored", "(−∞, 50] present at the first evaluation"],
      [10_000, null, "right-censored", "not by 10,000"],
      [null, null, "no-data", "no data"],
    ];
  for (const [after, by, status, text] of cases) {
    it(`say ${status} and "${text}" for ${after} and ${by}`, () => {
      assert.equal(statusOf({ after, by }), status);
      assert.equal(formatInterval({ after, by }), text);
    });
  }
});

describe("formatStep", () => {
  it("separates thousands and keeps fractions", () => {
    assert.deepEqual([0, 999, 143_000, 0.5, 1e9].map(formatStep), [
      "0",
      "999",
      "143,000",
      "0.5",
      "1,000,000,000",
    ]);
  });
});
