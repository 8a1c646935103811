import assert from "node:assert/strict";
import { toWallTime } from "../../../src/core/formats/columns.js";

describe("toWallTime", () => {
  const SECONDS = 1_700_000_000;
  const same: readonly (number | string)[] = [
    SECONDS,
    SECONDS * 1e3,
    SECONDS * 1e6,
    SECONDS * 1e9,
    "2023-11-14T22:13:20Z",
    "2023-11-14 22:13:20",
    "2023-11-14T23:13:20+01:00",
  ];
  for (const value of same) {
    it(`reads ${value} as seconds since 1970`, () => {
      assert.equal(toWallTime(value), SECONDS);
    });
  }

  it("takes no duration, text or list for a time", () => {
    for (const value of [0, 12.5, 3600, -1, NaN, "yesterday", "12:30", null, []]) {
      assert.ok(Number.isNaN(toWallTime(value)), String(value));
    }
  });
});
