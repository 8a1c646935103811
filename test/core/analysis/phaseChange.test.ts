import assert from "node:assert/strict";
import { findPhaseChange } from "../../../src/core/analysis/phaseChange.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { mulberry32 } from "../../support/random.js";
import { everyTen, seriesOf } from "../../support/series.js";

/** A score at 80 steps from 1 to 10^4, 20 to a decade. */
function overDecades(scoreAt: (decade: number) => number, noise = 0, seed = 1) {
  const normal = createNormal(mulberry32(seed));
  return seriesOf(
    Array.from({ length: 80 }, (_, i) => {
      const decade = i / 20;
      return [10 ** decade, scoreAt(decade) + noise * normal()] as const;
    }),
  );
}

/** Falls by 0.4 between 10^1.5 and 10^2.5. */
const DROP = (decade: number): number => -0.4 * Math.min(1, Math.max(0, decade - 1.5));

describe("findPhaseChange", () => {
  it("finds where the drop of the score begins and ends", () => {
    for (const noise of [0, 0.01]) {
      const result = findPhaseChange(overDecades(DROP, noise), null);
      assert.ok(result.ok, `${noise}`);
      const { onset, end, drop, perDecade } = result.phase;
      assert.ok((onset.after ?? 0) < 10 ** 1.55 && (onset.by ?? 0) > 10 ** 1.45);
      assert.ok((end.after ?? 0) < 10 ** 2.55 && (end.by ?? 0) > 10 ** 2.45);
      assert.ok(Math.abs(drop - 0.4) < 0.04 && Math.abs(perDecade - 0.4) < 0.06, `${drop}`);
    }
  });

  it("takes the steepest of two drops", () => {
    const score = overDecades(
      (d) => -0.2 * Math.min(1, Math.max(0, d - 0.5)) - 2 * Math.min(0.4, Math.max(0, d - 3)),
      0.005,
    );
    const result = findPhaseChange(score, null);
    assert.ok(result.ok);
    assert.ok((result.phase.onset.after ?? 0) > 10 ** 2.8, `${result.phase.onset.after}`);
  });

  it("finds the drop of a jump between two evaluations", () => {
    const result = findPhaseChange(
      overDecades((d) => (d < 2 ? 0 : -0.5), 0.01),
      null,
    );
    assert.ok(result.ok);
    const { onset, drop } = result.phase;
    assert.ok((onset.after ?? Infinity) < 100 && 100 <= (onset.by ?? 0) && (onset.by ?? 0) < 115);
    assert.ok(Math.abs(drop - 0.5) < 0.05);
  });

  it("reads the prefix-matching score on both sides", () => {
    const prefix = overDecades((d) => (d < 2 ? 0.02 : 0.8));
    const result = findPhaseChange(overDecades(DROP), prefix);
    assert.ok(result.ok);
    assert.equal(result.phase.prefixMatching?.before?.value, 0.02);
    assert.equal(result.phase.prefixMatching.behind?.value, 0.8);
  });

  const none: readonly [what: string, score: ReturnType<typeof seriesOf>][] = [
    ["no point", everyTen()],
    ["one point", everyTen(1)],
    ["all equal", everyTen(1, 1, 1, 1, 1, 1, 1, 1, 1)],
    ["all NaN", everyTen(NaN, NaN, NaN, NaN, NaN, NaN, NaN)],
    ["noise", overDecades(() => 0, 1)],
    ["what only rises", overDecades((d) => -DROP(d), 0.005)],
  ];
  for (const [what, score] of none) {
    it(`finds no phase change in ${what}`, () => {
      const result = findPhaseChange(score, null);
      assert.ok(!result.ok);
      assert.match(result.reason, /no change point|no drop/);
    });
  }
});
