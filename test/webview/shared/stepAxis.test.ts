import assert from "node:assert/strict";
import { stepTicks } from "../../../webview/shared/stepAxis.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

describe("stepTicks", () => {
  it("are decades on a logarithmic axis, with zero where it begins there", () => {
    assert.deepEqual(stepTicks(0, 10_000, "symlog", 5), [0, 1, 10, 100, 1000, 10_000]);
    assert.deepEqual(stepTicks(0, 100, "symlog", 20), [0, 1, 2, 5, 10, 20, 50, 100]);
  });

  it("begin where a logarithmic axis begins, below one too", () => {
    assert.deepEqual(stepTicks(0.01, 100, "log", 6), [0.01, 0.1, 1, 10, 100]);
    assert.deepEqual(stepTicks(1e6, 1e9, "log", 4), [1e6, 1e7, 1e8, 1e9]);
  });

  it("leave decades out where there is no room for them", () => {
    const ticks = stepTicks(0, 1e9, "symlog", 3);
    assert.ok(ticks.length <= 5, ticks.join());
    assert.ok(ticks.every((step) => step === 0 || Number.isInteger(Math.log10(step))));
  });

  it("are round and evenly spaced on a linear axis", () => {
    assert.deepEqual(stepTicks(0, 1000, "linear", 5), [0, 200, 400, 600, 800, 1000]);
    assert.deepEqual(stepTicks(130, 990, "linear", 4), [500]);
  });

  it("are there on a logarithmic axis that is shorter than a decade", () => {
    assert.deepEqual(stepTicks(2100, 4900, "symlog", 6), [2500, 3000, 3500, 4000, 4500]);
  });

  it("lie within the axis and ascend, and there are several wherever it is", () => {
    forSeeds(300, (random) => {
      const first = wholeNumber(random, 0, 10 ** wholeNumber(random, 0, 6));
      const last = first + wholeNumber(random, 10, 10 ** wholeNumber(random, 2, 7));
      for (const scale of ["linear", "symlog"] as const) {
        const ticks = stepTicks(first, last, scale, wholeNumber(random, 5, 20));
        const where = `${scale} ${first} to ${last}: ${ticks.join()}`;
        assert.ok(
          ticks.every((step) => step >= first && step <= last),
          where,
        );
        assert.deepEqual(
          ticks,
          [...new Set(ticks)].sort((a, b) => a - b),
          where,
        );
        assert.ok(ticks.length >= 2 && ticks.length <= 60, where);
      }
    });
  });
});
