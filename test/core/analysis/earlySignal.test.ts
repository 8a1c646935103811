import assert from "node:assert/strict";
import { earlySignal, type EarlyRun } from "../../../src/core/analysis/earlySignal.js";
import { spearman } from "../../../src/core/analysis/rankCorrelation.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { everyTen } from "../../support/series.js";

/** Runs with values at steps 10, 20 … and an outcome. */
const runs = (...table: readonly (readonly [outcome: number, ...early: number[]])[]): EarlyRun[] =>
  table.map(([outcome, ...early]) => ({ series: everyTen(...early), outcome }));

describe("earlySignal", () => {
  it("is 1 where the order is that of the end, and 0 where it is the opposite", () => {
    const [early, late] = earlySignal(runs([1, 9, 1], [2, 8, 2], [3, 7, 3]), [10, 20], true);
    assert.deepEqual([early?.decisionAccuracy, early?.rho], [0, -1]);
    assert.deepEqual([late?.decisionAccuracy, late?.rho], [1, 1]);
  });

  it("counts pairs of runs", () => {
    // Of three pairs only the middle and the last run are told the wrong way round.
    const [signal] = earlySignal(runs([1, 1], [2, 3], [3, 2]), [10], true);
    assert.equal(signal?.pairs, 3);
    assert.equal(signal.decisionAccuracy, 2 / 3);
    assert.equal(signal.rho, 0.5);
  });

  it("turns a loss round that is to tell an accuracy", () => {
    const [signal] = earlySignal(runs([0.1, 3], [0.5, 2], [0.9, 1]), [10], false);
    assert.deepEqual([signal?.decisionAccuracy, signal?.rho], [1, 1]);
  });

  it("takes the last value that is known by k", () => {
    const [before, at, after] = earlySignal(runs([1, 1, NaN], [2, 2, 0]), [10, 15, 20], true);
    assert.deepEqual(
      [before, at, after].map((signal) => signal?.decisionAccuracy),
      [1, 1, 0],
    );
  });

  it("leaves out and counts runs without an outcome or without a value by k", () => {
    const [signal] = earlySignal(
      [...runs([1, 1], [2, 2], [NaN, 3], [4, NaN]), ...runs([5])],
      [10],
      true,
    );
    assert.deepEqual([signal?.runs, signal?.leftOut, signal?.pairs], [2, 3, 1]);
  });

  it("counts a tie by k as not told, and leaves out a tie at the end", () => {
    const [signal] = earlySignal(runs([1, 5], [2, 5], [2, 6]), [10], true);
    assert.deepEqual(
      [signal?.pairs, signal?.tiedEarly, signal?.tiedAtEnd, signal?.decisionAccuracy],
      [2, 1, 1, 1 / 2],
    );
  });

  it("is null where there is nothing to order", () => {
    for (const few of [runs(), runs([1, 1]), runs([1, 1], [1, 2])]) {
      const [signal] = earlySignal(few, [10], true);
      assert.equal(signal?.decisionAccuracy, null);
      assert.equal(signal.rho, null);
    }
  });

  it("orders infinities: a run that diverged is the worst", () => {
    const [signal] = earlySignal(runs([1, 1], [2, 2], [Infinity, Infinity]), [10], true);
    assert.deepEqual([signal?.decisionAccuracy, signal?.rho], [1, 1]);
  });

  it("is the share counted out, and the complement when turned round, without ties", () => {
    forSeeds(40, (random) => {
      const table = Array.from({ length: wholeNumber(random, 2, 15) }, () => ({
        early: random(),
        end: random(),
      }));
      const made = table.map(({ early, end }) => ({ series: everyTen(early), outcome: end }));
      const [plain] = earlySignal(made, [10], true);
      const [turned] = earlySignal(made, [10], false);
      assert.ok(plain && turned);
      let told = 0;
      for (const a of table) {
        for (const b of table) if (a.early > b.early && a.end > b.end) told += 1;
      }
      assert.equal(plain.decisionAccuracy, told / plain.pairs);
      assert.ok(Math.abs((turned.decisionAccuracy ?? NaN) + told / plain.pairs - 1) < 1e-12);
      const { coefficient } = spearman(
        table.map(({ early }) => early),
        table.map(({ end }) => end),
      );
      assert.equal(plain.rho, coefficient);
    });
  });
});
