import assert from "node:assert/strict";
import {
  casesOfGoals,
  goals,
  judge,
  repeatCase,
  type Row,
} from "../../../../bench/truth/onsets.js";

// `npm run bench:truth` plants a thousand of each case, where the goals hold without slack; its table is docs/truth.md.
describe("onsets of one curve, where the truth is planted", function () {
  this.timeout(120_000);
  let rows: readonly Row[] = [];
  before(() => {
    rows = casesOfGoals().map((index) => repeatCase(index, 20));
  });
  for (const goal of goals) {
    it(goal.name, () => {
      const { rate, of } = judge(goal, rows);
      const [low, high] = goal.within;
      const wanted = high < 1 ? high : low;
      // Three standard errors of so few.
      const slack = 3 * Math.sqrt((wanted * (1 - wanted)) / of);
      assert.ok(low - slack <= rate && rate <= high + slack, `${rate} of ${of}`);
    });
  }
});
