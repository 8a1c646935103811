import assert from "node:assert/strict";
import { valueAt } from "../../../src/core/analysis/valueAt.js";
import { forSeeds } from "../../support/random.js";
import { everyTen } from "../../support/series.js";

describe("valueAt", () => {
  const series = everyTen(1, 3, 2);

  it("is what was measured at a measured step", () => {
    assert.deepEqual(valueAt(series, 20), { value: 3, interpolated: false });
    assert.deepEqual(valueAt(series, 30), { value: 2, interpolated: false });
  });

  it("is on the straight line between two measurements, and marked", () => {
    assert.deepEqual(valueAt(series, 15), { value: 2, interpolated: true });
    assert.deepEqual(valueAt(series, 25), { value: 2.5, interpolated: true });
  });

  it("does not exist outside the measured range", () => {
    assert.equal(valueAt(series, 9), null);
    assert.equal(valueAt(series, 31), null);
    assert.equal(valueAt(everyTen(), 10), null);
  });

  it("is NaN where a neighbour is, and NaN where NaN was measured", () => {
    assert.ok(Number.isNaN(valueAt(everyTen(1, NaN), 15)?.value));
    assert.deepEqual(valueAt(everyTen(1, NaN), 20), { value: NaN, interpolated: false });
  });

  it("lies between its neighbours", () => {
    forSeeds(50, (random) => {
      const [a, b] = [random(), random()];
      const found = valueAt(everyTen(a, b), 10 + 10 * random())?.value ?? NaN;
      assert.ok(found >= Math.min(a, b) - 1e-12 && found <= Math.max(a, b) + 1e-12);
    });
  });
});
