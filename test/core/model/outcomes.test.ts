import assert from "node:assert/strict";
import { outcomeIn, packRows } from "../../../src/core/model/outcomes.js";
import { outcomesOf, randomOutcomes } from "../../support/outcomes.js";
import { forSeeds } from "../../support/random.js";

describe("packRows", () => {
  it("packs four outcomes into a byte, the first one lowest, each row from a byte of its own on", () => {
    const outcomes = outcomesOf([1, 2, 3, 4, 5], ["01?00", "11111"]);
    assert.deepEqual([...packRows(outcomes, [0]).bytes], [0b00_11_01_00, 0]);
    assert.deepEqual([...packRows(outcomes, [1, 0]).bytes], [0b01_01_01_01, 1, 0b00_11_01_00, 0]);
  });

  it("takes what lies behind the end of a column for unknown", () => {
    const outcomes = { step: Float64Array.of(1), columns: [Uint8Array.of(1)], examples: 2 };
    assert.deepEqual([...packRows(outcomes, [0, 1]).bytes], [1, 3]);
    assert.deepEqual(packRows(outcomes, []).bytes, new Uint8Array());
  });

  it("gives back what was packed", () => {
    forSeeds(40, (random) => {
      const { step, rows, outcomes } = randomOutcomes(random);
      const order = rows.map((_, i) => i).sort(() => random() - 0.5);
      const raster = packRows(outcomes, order);
      for (const [r, row] of order.entries()) {
        for (let c = 0; c < step.length; c++) {
          assert.equal(outcomeIn(raster, r, c), outcomes.columns[c]?.[row]);
        }
      }
    });
  });
});
