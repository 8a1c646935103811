import assert from "node:assert/strict";
import {
  difference,
  noiseFloor,
  noiseOfDifference,
} from "../../../src/core/analysis/differences.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { everyTen } from "../../support/series.js";

describe("difference", () => {
  const verdicts: readonly [b: number, noise: number | null, expected: string][] = [
    [1, 0.1, "equal"],
    [1, null, "equal"],
    [1.1, null, "noise unknown"],
    [1.19, 0.1, "within noise"],
    [1.25, 0.1, "marginal"],
    [1.31, 0.1, "likely real"],
    [0.69, 0.1, "likely real"],
  ];
  for (const [b, noise, expected] of verdicts) {
    it(`of 1 to ${b} with noise ${noise} is ${expected}`, () => {
      assert.equal(difference(1, b, noise, "higher").verdict, expected);
    });
  }

  it("has 2 and 3 times the noise as its exact limits", () => {
    assert.equal(difference(0, 2, 1, "higher").verdict, "marginal");
    assert.equal(difference(0, 3, 1, "higher").verdict, "likely real");
  });

  it("is b − a, also relative to |a| and in units of noise", () => {
    const { delta, relative, ratio } = difference(-4, -1, 1.5, "higher");
    assert.deepEqual({ delta, relative, ratio }, { delta: 3, relative: 0.75, ratio: 2 });
  });

  it("has no relative size where the baseline is 0 or not finite", () => {
    assert.equal(difference(0, 1, null, "higher").relative, null);
    assert.equal(difference(Infinity, 1, null, "higher").relative, null);
  });

  it("is better or worse by the metric's direction", () => {
    assert.equal(difference(1, 2, null, "higher").better, true);
    assert.equal(difference(1, 2, null, "lower").better, false);
    assert.equal(difference(1, 2, null, null).better, null);
    assert.equal(difference(1, 1, null, "higher").better, null);
  });

  it("keeps NaN and never calls it better, equal or real", () => {
    for (const [a, b] of [
      [NaN, 1],
      [1, NaN],
      [NaN, NaN],
    ] as const) {
      const { delta, better, verdict } = difference(a, b, 0.1, "lower");
      assert.ok(Number.isNaN(delta));
      assert.equal(better, null);
      assert.equal(verdict, "noise unknown");
    }
  });

  it("finds two equal infinities equal", () => {
    assert.equal(difference(Infinity, Infinity, 1, "lower").verdict, "equal");
  });

  it("changes its sign when the runs are exchanged", () => {
    forSeeds(50, (random) => {
      const [a, b, noise] = [random(), random(), random() + 0.01];
      const there = difference(a, b, noise, "higher");
      const back = difference(b, a, noise, "higher");
      assert.equal(there.delta, -back.delta);
      assert.equal(there.ratio, back.ratio);
      assert.equal(there.verdict, back.verdict);
      assert.notEqual(there.better, back.better);
    });
  });
});

describe("noiseOfDifference", () => {
  it("is s·√(1/nA + 1/nB) with the sd over seeds", () => {
    // The sd of 1, 2, 3 is 1.
    assert.equal(noiseOfDifference([1, 2, 3], [], 1, 1), Math.SQRT2);
    assert.equal(noiseOfDifference([1, 2, 3], [], 3, 3), Math.sqrt(2 / 3));
  });

  it("pools both groups by their degrees of freedom", () => {
    // Variances 1 (2 degrees) and 4 (3 degrees; sd of 0, 2, 2, 4 is √(8/3)).
    const variance = (1 * 2 + (8 / 3) * 3) / 5;
    assert.ok(
      Math.abs((noiseOfDifference([1, 2, 3], [0, 2, 2, 4], 1, 1) ?? 0) - Math.sqrt(2 * variance)) <
        1e-12,
    );
  });

  it("counts a group that both runs belong to once", () => {
    const group = [1, 2, 3];
    assert.equal(noiseOfDifference(group, group, 1, 1), Math.SQRT2);
  });

  it("takes no group of fewer than three seeds", () => {
    assert.equal(noiseOfDifference([1, 2], [5], 1, 1), null);
    assert.equal(noiseOfDifference([1, 2], [1, 2, 3], 1, 1), Math.SQRT2);
  });

  it("does not count seeds whose value is not finite", () => {
    assert.equal(noiseOfDifference([1, 2, NaN], [], 1, 1), null);
    assert.equal(noiseOfDifference([1, 2, 3, Infinity], [], 1, 1), Math.SQRT2);
  });

  it("scales with the metric", () => {
    forSeeds(30, (random) => {
      const group = Array.from({ length: wholeNumber(random, 3, 8) }, () => random());
      const scaled = group.map((value) => value * 1000);
      const one = noiseOfDifference(group, [], 1, 1) ?? NaN;
      const thousand = noiseOfDifference(scaled, [], 1, 1) ?? NaN;
      assert.ok(Math.abs(thousand / one - 1000) < 1e-6);
    });
  });
});

describe("noiseFloor", () => {
  // Residuals +1, −2, 0, +2, −1 about a line: 10 in squares, 3 degrees of freedom.
  const wavering = everyTen(2, 0, 3, 6, 4);
  const alone = { values: [], series: [wavering], n: 1 };

  it("is that of the seeds where one group has three", () => {
    const seeds = { values: [1, 2, 3], series: [wavering, wavering, wavering], n: 3 };
    assert.deepEqual(noiseFloor(seeds, alone), {
      noise: noiseOfDifference([1, 2, 3], [], 3, 1),
      source: "seeds",
    });
  });

  it("else that of the last checkpoints about their trend, pooled over the runs of both", () => {
    const { noise, source } = noiseFloor(alone, { ...alone, series: [everyTen(4, 0, 6, 12, 8)] });
    assert.ok(Math.abs((noise ?? NaN) - Math.sqrt((10 + 40) / 6) * Math.SQRT2) < 1e-12);
    assert.equal(source, "last checkpoints");
  });

  it("counts a run that is on both sides once", () => {
    const { noise } = noiseFloor(alone, alone);
    assert.ok(Math.abs((noise ?? NaN) - Math.sqrt(10 / 3) * Math.SQRT2) < 1e-12);
  });

  it("is not known without either", () => {
    const short = { values: [1, 2], series: [everyTen(1, 2, 3)], n: 1 };
    assert.deepEqual(noiseFloor(short, short), { noise: null, source: null });
    const still = { values: [], series: [everyTen(1, 1, 1, 1, 1)], n: 1 };
    assert.deepEqual(noiseFloor(still, still), { noise: null, source: null });
  });
});
