import assert from "node:assert/strict";
import { flattenConfig } from "../../../src/core/model/config.js";
import { plannedSteps } from "../../../src/core/model/plannedSteps.js";

describe("plannedSteps", () => {
  const cases: readonly [config: unknown, steps: number | null][] = [
    [{ max_steps: 1000 }, 1000],
    [{ "train-iters": 143_000 }, 143_000],
    [{ trainer: { max_steps: 500 } }, 500],
    [{ training: { steps: 10 } }, 10],
    [{ steps: 10 }, null],
    [{ warmup_steps: 10, total_steps: 20 }, null],
    [{ max_steps: -1 }, null],
    [{ max_steps: 0 }, null],
    [{ max_steps: "1000" }, null],
    [{ max_steps: null }, null],
    [{ max_steps: 1000, trainer: { max_steps: 1000 } }, 1000],
    [{ max_steps: 1000, trainer: { max_steps: 500 } }, null],
    [{}, null],
  ];
  for (const [config, steps] of cases) {
    it(`of ${JSON.stringify(config)} is ${steps}`, () => {
      assert.equal(plannedSteps(flattenConfig(config))?.steps ?? null, steps);
    });
  }
});
