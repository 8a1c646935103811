import assert from "node:assert/strict";
import { findOnlineChanges, OnlineChange } from "../../../src/core/analysis/onlineChange.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { forSeeds, mulberry32 } from "../../support/random.js";
import { everyTen } from "../../support/series.js";

function noisy(n: number, seed: number, levelAt: (i: number) => number): number[] {
  const normal = createNormal(mulberry32(seed));
  return Array.from({ length: n }, (_, i) => levelAt(i) + normal());
}

/** `ln Γ` by Stirling's series, far enough out for it to be exact. */
function logGamma(x: number): number {
  if (x < 20) return logGamma(x + 1) - Math.log(x);
  return (
    (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + 1 / (12 * x) - 1 / (360 * x ** 3)
  );
}

/** P(run length ≤ 10) by Adams and MacKay's recursion, every run length kept and each posterior summed anew. */
function recentByDefinition(values: readonly number[]): number {
  const student = (x: number, run: readonly number[]): number => {
    const n = run.length;
    const average = n === 0 ? 0 : run.reduce((a, b) => a + b, 0) / n;
    const squares = run.reduce((sum, v) => sum + (v - average) ** 2, 0);
    const kappa = 1 + n;
    const alpha = 1 + n / 2;
    const beta = 1 + squares / 2 + (n * average ** 2) / (2 * kappa);
    const scale = (beta * (kappa + 1)) / (alpha * kappa);
    const t = (x - (n * average) / kappa) ** 2 / (2 * alpha * scale);
    const logDensity =
      logGamma(alpha + 0.5) - logGamma(alpha) - Math.log(2 * Math.PI * alpha * scale) / 2;
    return Math.exp(logDensity - (alpha + 0.5) * Math.log1p(t));
  };
  let runs = [1];
  for (const [t, x] of values.entries()) {
    const next = [0];
    for (const [r, p] of runs.entries()) {
      const evidence = p * student(x, values.slice(t - r, t));
      next[0] = (next[0] as number) + evidence / 250;
      next[r + 1] = (evidence * 249) / 250;
    }
    const total = next.reduce((a, b) => a + b, 0);
    runs = next.map((p) => p / total);
  }
  return runs.slice(0, 11).reduce((a, b) => a + b, 0);
}

describe("OnlineChange", () => {
  it("says soon after a change that it was one, and where", () => {
    const alarms = findOnlineChanges(everyTen(...noisy(200, 1, (i) => (i < 100 ? 0 : 5))));
    assert.equal(alarms.length, 1);
    const [alarm] = alarms;
    assert.ok(alarm && alarm.seenAt >= 1010 && alarm.seenAt <= 1060, `${alarm?.seenAt}`);
    assert.ok((alarm.after ?? 0) <= 1000 && 1010 <= (alarm.by ?? 0), `${alarm.after} ${alarm.by}`);
    assert.equal(alarm.direction, "up");
    assert.ok(alarm.probability > 0.9 && alarm.probability <= 1);
  });

  it("tells up from down, and one change from the next", () => {
    const values = noisy(400, 2, (i) => (i < 100 ? 0 : i < 250 ? 6 : -2));
    const alarms = findOnlineChanges(everyTen(...values));
    assert.deepEqual(
      alarms.map(({ direction }) => direction),
      ["up", "down"],
    );
  });

  it("does not depend on the metric's unit, nor on where its zero is", () => {
    const values = noisy(200, 3, (i) => (i < 100 ? 0 : 5));
    const at = (of: readonly number[]): unknown[] =>
      findOnlineChanges(everyTen(...of)).map(({ after, by, seenAt }) => [after, by, seenAt]);
    assert.deepEqual(at(values.map((v) => 2 ** 20 * v + 2 ** 24)), at(values));
  });

  it("sees the change of what rested", () => {
    const values = Array.from({ length: 60 }, (_, i) => (i < 40 ? 2 : 3));
    const [alarm, ...others] = findOnlineChanges(everyTen(...values));
    assert.equal(others.length, 0);
    assert.deepEqual([alarm?.after, alarm?.by, alarm?.direction], [400, 410, "up"]);
  });

  const none: readonly [what: string, values: readonly number[]][] = [
    ["no point", []],
    ["one point", [1]],
    ["a baseline only", Array.from({ length: 20 }, (_, i) => i)],
    ["all equal", Array.from({ length: 100 }, () => 3)],
    ["all NaN", Array.from({ length: 100 }, () => NaN)],
    ["infinities", Array.from({ length: 100 }, () => Infinity)],
  ];
  for (const [what, values] of none) {
    it(`raises no alarm in ${what}`, () => {
      assert.deepEqual(findOnlineChanges(everyTen(...values)), []);
    });
  }

  it("passes over NaN and infinities", () => {
    const values = noisy(200, 1, (i) => (i < 100 ? 0 : 5));
    const holes = values.flatMap((v, i) => (i % 7 === 3 ? [v, i % 2 === 0 ? NaN : Infinity] : [v]));
    assert.equal(findOnlineChanges(everyTen(...holes)).length, 1);
  });

  it("has defined results for huge values", () => {
    const values = noisy(100, 4, (i) => (i < 50 ? 0 : 8)).map((v) => v * 2 ** 1018);
    const alarms = findOnlineChanges(everyTen(...values));
    assert.equal(alarms.length, 1);
    assert.ok(Number.isFinite(alarms[0]?.probability));
  });

  it("has the posterior of Adams and MacKay's recursion", () => {
    forSeeds(5, (random) => {
      const normal = createNormal(random);
      // A baseline with median 0 and scaled MAD 1, so that values are as they are.
      const baseline = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1 : -1) / 1.4826);
      const values = [
        ...baseline,
        ...Array.from({ length: 50 }, (_, i) => (i < 30 ? 0 : 2.5) + normal()),
      ];
      const detector = new OnlineChange();
      for (const [i, value] of values.entries()) {
        detector.add(i, value);
        if (i < 20) continue;
        // Run lengths less likely than 1e-4 are forgotten.
        const exact = recentByDefinition(values.slice(0, i + 1));
        assert.ok(Math.abs(detector.recent - exact) < 5e-3, `${i}: ${detector.recent} ${exact}`);
      }
    });
  });
});
