import assert from "node:assert/strict";
import { parseStep } from "../../../src/protocol/parseStep.js";
import { forSeeds } from "../../support/random.js";

describe("parseStep", () => {
  const cases: readonly (readonly [string, number | null])[] = [
    ["0", 0],
    ["1000", 1000],
    [" 143,000 ", 143_000],
    ["1_000", 1000],
    ["12.5", 12.5],
    ["1k", 1000],
    ["1.1k", 1100],
    ["1.5 K", 1500],
    ["2M", 2_000_000],
    ["1b", 1_000_000_000],
    ["", null],
    ["k", null],
    ["-5", null],
    ["1e3", null],
    ["1.2.3", null],
    ["step 5", null],
  ];
  for (const [text, step] of cases) {
    it(`reads "${text}" as ${step}`, () => {
      assert.equal(parseStep(text), step);
    });
  }

  it("reads every step that it is shown with commas", () => {
    forSeeds(200, (random) => {
      const step = Math.floor(random() * 10 ** Math.floor(1 + random() * 12));
      assert.equal(parseStep(step.toLocaleString("en-US")), step);
      assert.equal(parseStep(String(step)), step);
    });
  });
});
