import assert from "node:assert/strict";
import {
  axisToStep,
  STEP_SCALES,
  stepToAxis,
  stepToShare,
} from "../../../src/protocol/stepScale.js";
import { forSeeds } from "../../support/random.js";

const near = (a: number, b: number): void =>
  assert.ok(Math.abs(a - b) <= 1e-9 * (1 + Math.abs(b)), `${a} is not ${b}`);

describe("stepScale", () => {
  it("gives step 0 a place on the symmetric logarithmic axis, and none on the logarithmic one", () => {
    assert.equal(stepToAxis(0, "symlog"), 0);
    assert.equal(stepToAxis(9, "symlog"), 1);
    assert.equal(stepToAxis(-9, "symlog"), -1);
    assert.equal(stepToAxis(999, "symlog"), 3);
    assert.equal(stepToAxis(1000, "log"), 3);
    assert.equal(stepToAxis(0, "log"), -Infinity);
    assert.ok(Number.isNaN(stepToAxis(-1, "log")));
  });

  it("leaves steps as they are on the linear one", () => {
    assert.equal(stepToAxis(1234, "linear"), 1234);
    assert.equal(axisToStep(1234, "linear"), 1234);
  });

  it("has 0 and 1 at the ends of the range, whatever it is", () => {
    for (const scale of STEP_SCALES) {
      near(stepToShare(5, [5, 500], scale), 0);
      near(stepToShare(500, [5, 500], scale), 1);
      assert.ok(stepToShare(1000, [5, 500], scale) > 1);
    }
    assert.equal(stepToShare(50, [0, 100], "linear"), 0.5);
  });

  it("puts a single step in the middle", () => {
    assert.equal(stepToShare(5, [5, 5], "log"), 0.5);
  });

  it("goes there and back, and never backwards", () => {
    forSeeds(100, (random) => {
      const a = 1e6 * random();
      const b = a + 1 + 1e6 * random();
      for (const scale of STEP_SCALES) {
        near(axisToStep(stepToAxis(a, scale), scale), a);
        assert.ok(stepToAxis(b, scale) > stepToAxis(a, scale));
      }
    });
  });
});
