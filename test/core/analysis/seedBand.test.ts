import assert from "node:assert/strict";
import { seedBand, SPREADS, type Curve } from "../../../src/core/analysis/seedBand.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const curve = (...points: readonly (readonly [number, number])[]): Curve => ({
  x: Float64Array.from(points, ([x]) => x),
  value: Float64Array.from(points, ([, value]) => value),
});

describe("seedBand", () => {
  it("is mean and spread where three runs have a value", () => {
    const runs = [1, 2, 3].map((value) => curve([0, value], [10, value]));
    const band = seedBand(runs, "sd");
    assert.deepEqual([...band.x], [0, 10]);
    assert.deepEqual([...band.mean], [2, 2]);
    assert.deepEqual([...band.low], [1, 1]);
    assert.deepEqual([...band.high], [3, 3]);
    assert.deepEqual([...band.n], [3, 3]);
    assert.deepEqual([...seedBand(runs, "min-max").high], [3, 3]);
    const se = seedBand(runs, "se").high[0] ?? 0;
    assert.ok(Math.abs(se - (2 + 1 / Math.sqrt(3))) < 1e-12);
    assert.ok((seedBand(runs, "ci").high[0] ?? 0) > 3);
  });

  it("has no point where there are fewer, and no band of two runs", () => {
    assert.equal(seedBand([curve([0, 1]), curve([0, 2])], "sd").x.length, 0);
    assert.equal(seedBand([], "sd").x.length, 0);
    const band = seedBand(
      [curve([0, 1], [5, 1]), curve([0, 1], [5, NaN]), curve([0, 1], [5, 1])],
      "sd",
    );
    assert.deepEqual([...band.x], [0]);
  });

  it("interpolates between a run's points and never beyond them", () => {
    const band = seedBand(
      [curve([0, 0], [10, 10]), curve([0, 0], [10, 10]), curve([5, 5], [20, 5])],
      "min-max",
    );
    assert.deepEqual([...band.x], [5, 10]);
    assert.deepEqual([...band.mean], [5, (10 + 10 + 5) / 3]);
  });

  it("lies around its mean, whatever the runs", () => {
    forSeeds(40, (random) => {
      const runs = Array.from({ length: wholeNumber(random, 3, 6) }, () => {
        let at = random();
        const points = Array.from({ length: wholeNumber(random, 1, 20) }, () => {
          at += random();
          return [at, random() < 0.1 ? NaN : random()] as const;
        });
        return curve(...points);
      });
      for (const spread of SPREADS) {
        const { x, mean, low, high, n } = seedBand(runs, spread);
        for (const [i, at] of x.entries()) {
          assert.ok(i === 0 || at > (x[i - 1] ?? Infinity));
          assert.ok((n[i] ?? 0) >= 3);
          const [a, b, c] = [low[i] ?? NaN, mean[i] ?? NaN, high[i] ?? NaN];
          assert.ok(a <= b + 1e-12 && b <= c + 1e-12, `${spread}: ${a} ${b} ${c}`);
        }
      }
    });
  });
});
