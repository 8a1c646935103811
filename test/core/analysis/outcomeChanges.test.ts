import assert from "node:assert/strict";
import { countChanges } from "../../../src/core/analysis/outcomeChanges.js";
import { outcomesOf } from "../../support/outcomes.js";

describe("countChanges", () => {
  it("counts each pair of outcomes once", () => {
    const rows = ["01", "01", "10", "11", "00", "0?", "?1", "??"];
    const [a, b] = outcomesOf([1, 2], rows).columns as [Uint8Array, Uint8Array];
    assert.deepEqual(countChanges(a, b, rows.length), {
      gained: 2,
      lost: 1,
      bothRight: 1,
      bothWrong: 1,
      unknown: 3,
    });
  });

  it("takes what lies behind the end of a column for unknown", () => {
    const changes = countChanges(Uint8Array.of(0), Uint8Array.of(1, 1), 3);
    assert.deepEqual([changes.gained, changes.unknown], [1, 2]);
  });
});
