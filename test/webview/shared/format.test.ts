import assert from "node:assert/strict";
import {
  formatCompactStep,
  formatConfigValue,
  formatSigned,
  formatStep,
  formatValue,
} from "../../../webview/shared/format.js";

describe("numbers in pages", () => {
  const values: [number, string][] = [
    [0, "0"],
    [0.5, "0.5"],
    [0.123456, "0.1235"],
    [-2, "−2"],
    [0.00012345, "1.23e−4"],
    [-0.00012345, "−1.23e−4"],
    [1_234_567, "1.23e+6"],
    [NaN, "NaN"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
  ];
  for (const [value, text] of values) {
    it(`writes ${value} as ${text}`, () => {
      assert.equal(formatValue(value), text);
    });
  }

  it("writes the sign of a difference, and none of zero", () => {
    assert.deepEqual([0.5, -0.5, 0].map(formatSigned), ["+0.5", "−0.5", "0"]);
  });

  it("writes steps with separators, and short ones on axes", () => {
    assert.deepEqual([0, 999, 143_000].map(formatStep), ["0", "999", "143,000"]);
    assert.deepEqual([1000, 1250, 143_000, 2e6].map(formatCompactStep), [
      "1k",
      "1.25k",
      "143k",
      "2M",
    ]);
  });

  it("writes config values as they are in the file, and a dash for a key that is not there", () => {
    assert.deepEqual(
      ["adamw", 0.1, null, [1, "a"], undefined].map((value) => formatConfigValue(value)),
      ["adamw", "0.1", "null", '[1,"a"]', "—"],
    );
  });
});
