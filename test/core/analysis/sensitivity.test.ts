import assert from "node:assert/strict";
import { compare, sensitivityOf } from "../../../src/core/analysis/sensitivity.js";
import { findOnset } from "../../../src/core/analysis/findOnset.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { everyTen } from "../../support/series.js";

describe("compare", () => {
  it("compares with the operator that the user wrote", () => {
    const results = ([">", ">=", "<", "<=", "==", "!="] as const).map((operator) =>
      [1, 2, 3].map((value) => compare(value, operator, 2)),
    );
    assert.deepEqual(results, [
      [false, false, true],
      [false, true, true],
      [true, false, false],
      [true, true, false],
      [false, true, false],
      [true, false, true],
    ]);
  });
});

describe("sensitivityOf", () => {
  it("takes 81 thresholds over the central 80 % of the range", () => {
    const { thresholds } = sensitivityOf(everyTen(0, 10), ">", 5, 1) ?? { thresholds: [] };
    assert.equal(thresholds.length, 81);
    assert.ok(Math.abs((thresholds[0] ?? 0) - 1) < 1e-12);
    assert.ok(Math.abs((thresholds[40] ?? 0) - 5) < 1e-12);
    assert.ok(Math.abs((thresholds[80] ?? 0) - 9) < 1e-12);
  });

  it("gives the onset's right end for each threshold", () => {
    // Values 0, 1 … 10 at steps 10, 20 … 110.
    const result = sensitivityOf(everyTen(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), ">=", 5, 1);
    assert.equal(result?.by[0], 20, "1 is reached at step 20");
    assert.equal(result.by[40], 60, "5 is reached at step 60");
    assert.equal(result.by[80], 100, "9 is reached at step 100");
  });

  it("says NaN for a threshold that is not passed with persistence", () => {
    const result = sensitivityOf(everyTen(0, 10, 0, 0), ">", 5, 2);
    assert.ok(result?.by.every((step) => Number.isNaN(step)));
  });

  it("is robust for one sudden step", () => {
    assert.equal(sensitivityOf(everyTen(0, 0, 1, 1), ">", 0.5, 2)?.robust, true);
  });

  it("is not robust where 10 % of the range are several evaluations", () => {
    const rise = Array.from({ length: 101 }, (_, i) => i);
    assert.equal(sensitivityOf(everyTen(...rise), ">", 50, 2)?.robust, false);
  });

  it("counts an onset that vanishes within the 10 % as one that moves", () => {
    const series = everyTen(0, 0, 0.55, 0.55, 0.55, 1, 0, 0);
    assert.equal(sensitivityOf(series, ">", 0.5, 2)?.robust, false);
  });

  it("does not exist for a flat series, an empty one, and equality", () => {
    assert.equal(sensitivityOf(everyTen(1, 1), ">", 1, 1), null);
    assert.equal(sensitivityOf(everyTen(), ">", 1, 1), null);
    assert.equal(sensitivityOf(everyTen(0, 1), "==", 1, 1), null);
  });

  it("is M1 for every threshold, operator and persistence, with NaN and infinities", () => {
    forSeeds(60, (random) => {
      const values = Array.from({ length: wholeNumber(random, 2, 30) }, () =>
        random() < 0.15
          ? ([NaN, Infinity, -Infinity][wholeNumber(random, 0, 2)] as number)
          : wholeNumber(random, 0, 9),
      );
      const series = everyTen(0, ...values, 10);
      const persistence = wholeNumber(random, 1, 5);
      for (const operator of [">", ">=", "<", "<="] as const) {
        const result = sensitivityOf(series, operator, 5, persistence);
        assert.ok(result);
        const onsetAt = (level: number): number =>
          findOnset(series, (v) => compare(v, operator, level), persistence).by ?? NaN;
        assert.deepEqual(result.by, result.thresholds.map(onsetAt), `${operator} ${persistence}`);
        const known = series.step.filter((_, i) => !Number.isNaN(series.value[i]));
        const indexAt = (level: number): number => {
          const by = onsetAt(level);
          return Number.isNaN(by) ? known.length : known.indexOf(by);
        };
        // Each threshold within ± 10 % of the range, in steps of a thousandth.
        const near = Array.from({ length: 201 }, (_, i) => indexAt(5 - 1 + i / 100));
        assert.equal(result.robust, Math.max(...near) - Math.min(...near) <= 1, operator);
      }
    });
  });
});
