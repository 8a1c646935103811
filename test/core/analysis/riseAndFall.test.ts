import assert from "node:assert/strict";
import { findRisesAndFalls } from "../../../src/core/analysis/riseAndFall.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { forSeeds, mulberry32 } from "../../support/random.js";
import { everyTen } from "../../support/series.js";

function levels(length: number, ...of: readonly number[]): number[] {
  return of.flatMap((level) => Array.from({ length }, () => level));
}

describe("findRisesAndFalls", () => {
  it("marks rise, peak and fall", () => {
    const { peaks } = findRisesAndFalls(everyTen(...levels(10, 0, 4, 1)), { shape: "peak" });
    assert.deepEqual(peaks, [
      {
        rise: { after: 100, by: 110 },
        peak: { after: 100, by: 210 },
        fall: { after: 200, by: 210 },
        level: 4,
        prominence: 3,
        prominenceInNoise: null,
      },
    ]);
  });

  it("has prominence as in topography, and rise and fall at half of it", () => {
    // Of 5 and 3 the lower one is 2 above the saddle at 1, the higher one 5 above what surrounds all.
    const values = levels(10, 0, 2, 5, 1, 3, 0);
    const { peaks } = findRisesAndFalls(everyTen(...values), { shape: "peak" });
    assert.deepEqual(
      peaks.map(({ level, prominence, rise, fall }) => [
        Math.round(level),
        Math.round(prominence),
        rise.by,
        fall.by,
      ]),
      [
        [5, 5, 210, 310],
        [3, 2, 410, 510],
      ],
    );
  });

  it("finds a dip where a peak of the negative values is", () => {
    const options = { shape: "dip" } as const;
    const { peaks } = findRisesAndFalls(everyTen(...levels(10, 4, 1, 4)), options);
    assert.deepEqual(
      peaks.map(({ level, prominence, rise, fall }) => [level, prominence, rise.by, fall.by]),
      [[1, 3, 110, 210]],
    );
  });

  it("finds the top of a smooth curve between its sides", () => {
    const values = Array.from({ length: 100 }, (_, i) => Math.exp(-(((i - 60) / 8) ** 2) / 2));
    const { peaks } = findRisesAndFalls(everyTen(...values), { shape: "peak", axis: "step" });
    assert.equal(peaks.length, 1);
    const { rise, peak, fall } = peaks[0] ?? assert.fail();
    // Half of the height is 9.4 evaluations off the top, at 610.
    assert.ok(Math.abs((rise.by ?? 0) - 516) < 25 && Math.abs((fall.by ?? 0) - 704) < 25);
    assert.ok((peak.after ?? Infinity) < 610 && 610 <= (peak.by ?? 0));
    assert.ok((rise.by ?? 0) <= (peak.by ?? 0) && (peak.after ?? 0) <= (fall.after ?? 0));
  });

  const none: readonly [what: string, values: readonly number[]][] = [
    ["no point", []],
    ["one point", [1]],
    ["all equal", levels(30, 1)],
    ["all NaN", levels(30, NaN)],
    ["what only rises", levels(10, 0, 1, 2, 3)],
    ["what only falls", levels(10, 3, 2, 1)],
    ["what begins on its highest level", levels(10, 3, 1, 2)],
    ["what ends on its highest level", levels(10, 1, 0, 2)],
    ["one high value", [...levels(10, 0), 9, ...levels(10, 0)]],
  ];
  for (const [what, values] of none) {
    it(`finds no peak in ${what}`, () => {
      assert.deepEqual(findRisesAndFalls(everyTen(...values), { shape: "peak" }).peaks, []);
    });
  }

  it("takes no peak for one that does not stand out from the noise", () => {
    const peaksOf = (height: number): number => {
      const normal = createNormal(mulberry32(8));
      const values = levels(60, 0, height, 0).map((level) => level + normal());
      return findRisesAndFalls(everyTen(...values), { shape: "peak" }).peaks.length;
    };
    assert.equal(peaksOf(3), 0);
    assert.equal(peaksOf(8), 1);
  });

  it("finds what it finds from right to left, with rise and fall exchanged", () => {
    forSeeds(30, (random) => {
      // No two levels are the same.
      const heights = Array.from({ length: 7 }, () => Math.floor(1e6 * random()));
      const options = { shape: "peak" } as const;
      const there = findRisesAndFalls(everyTen(...levels(6, ...heights)), options).peaks;
      const back = findRisesAndFalls(
        everyTen(...levels(6, ...heights.toReversed())),
        options,
      ).peaks;
      const mirrored = back.toReversed().map(({ rise, fall, level, prominence }) => ({
        rise: 430 - (fall.by ?? NaN) + 10,
        fall: 430 - (rise.by ?? NaN) + 10,
        level,
        prominence,
      }));
      assert.deepEqual(
        there.map(({ rise, fall, level, prominence }) => ({
          rise: rise.by,
          fall: fall.by,
          level,
          prominence,
        })),
        mirrored,
      );
    });
  });
});
