import assert from "node:assert/strict";
import {
  formatCompactStep,
  formatConfigValue,
  formatSigned,
  formatStep,
  formatTick,
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

  it("writes round values short on axes", () => {
    const ticks = [0, 0.5, 1e-5, 2e-7, -5e-4, 9999, 220_000, 1.5e6, -20_000, 1e20];
    assert.deepEqual(ticks.map(formatTick), [
      ...["0", "0.5", "1e−5", "2e−7", "−5e−4", "9999"],
      ...["220k", "1.5M", "−20k", "1e20"],
    ]);
  });

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
