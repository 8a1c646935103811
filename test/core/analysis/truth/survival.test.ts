import assert from "node:assert/strict";
import { cases, repeatCase } from "../../../../bench/truth/survival.js";

// `node bench/truth/survival.mjs` repeats each case a thousand times, within narrower bounds.
describe("seed groups and onsets across runs, where the truth is planted", function () {
  this.timeout(60_000);
  for (const [index, { name, counted }] of cases.entries()) {
    it(`${name}: ${counted}`, () => {
      const { rate, within } = repeatCase(index, 20);
      assert.ok(within[0] <= rate && rate <= within[1], `${rate} is not in ${within.join(" to ")}`);
    });
  }
});
