import assert from "node:assert/strict";
import { flattenConfig, formatConfigValue, sameValue } from "../../../src/core/model/config.js";

describe("flattenConfig", () => {
  it("makes dotted keys, and texts of lists", () => {
    assert.deepEqual(
      [...flattenConfig({ a: { b: 1, c: [1, "x"] }, d: null, e: true })],
      [
        ["a.b", 1],
        ["a.c", '[1,"x"]'],
        ["d", null],
        ["e", true],
      ],
    );
  });

  it("keeps dates and large integers as text", () => {
    assert.deepEqual(
      [...flattenConfig({ a: new Date(0), b: 2n ** 60n, c: [1n] })],
      [
        ["a", "1970-01-01T00:00:00.000Z"],
        ["b", "1152921504606846976"],
        ["c", "[…]"],
      ],
    );
  });

  it("stays small for a hostile document", () => {
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]));
    assert.equal(flattenConfig(wide).size, 5000);
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = { x: deep };
    assert.equal(flattenConfig({ deep, a: 1 }).get("a"), 1);
  });

  it("has nothing of a document that is no map", () => {
    assert.equal(flattenConfig("text").size, 0);
    assert.equal(flattenConfig(null).size, 0);
  });
});

describe("formatConfigValue and sameValue", () => {
  it("write values as people compare them", () => {
    assert.deepEqual([1.0, "a", null, false, undefined].map(formatConfigValue), [
      "1",
      "a",
      "null",
      "false",
      "not set",
    ]);
  });

  it("find NaN equal to NaN, and 1 different from its text", () => {
    assert.deepEqual(
      [sameValue(NaN, NaN), sameValue(1, "1"), sameValue(null, undefined)],
      [true, false, false],
    );
  });
});
