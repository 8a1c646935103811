import assert from "node:assert/strict";
import { fitLaw } from "../../../src/core/analysis/fitLaw.js";
import {
  bootstrapLaw,
  parameterIntervals,
  residualAutocorrelation,
  residualsOf,
} from "../../../src/core/analysis/lawBootstrap.js";
import { valueOfLaw, type Law } from "../../../src/core/analysis/law.js";
import { logPointsOf, type Curve, type LogPoints } from "../../../src/core/analysis/logPoints.js";
import { createNormal, standardDeviation } from "../../../src/core/analysis/statistics.js";
import { forSeeds } from "../../support/random.js";

const law: Law = { logA: Math.log(2), logB: Math.log(15), c0: 0.4, breaks: [] };

function planted(random: () => number, n: number, sd: number, rho = 0): Curve {
  const normal = createNormal(random);
  let noise = normal();
  const x = Array.from({ length: n }, (_, i) => 100 * 10 ** ((3 * i) / (n - 1)));
  const y = x.map((at) => {
    noise = rho * noise + Math.sqrt(1 - rho * rho) * normal();
    return valueOfLaw(law, at) * Math.exp(sd * noise);
  });
  return { x, y };
}

function pointsOf(...curves: readonly Curve[]): LogPoints {
  const points = logPointsOf(curves);
  assert.ok(points.ok);
  return points;
}

describe("parameterIntervals", () => {
  it("hold the planted parameters about as often as they say", function () {
    this.timeout(60_000);
    let held = 0;
    forSeeds(25, (random) => {
      const curve = planted(random, 40, 0.01);
      const fit = fitLaw([curve], 0);
      assert.ok(fit.ok);
      const { alpha, E } = parameterIntervals([curve], fit, { repetitions: 60 });
      assert.ok(alpha && E && alpha.low <= alpha.value && alpha.value <= alpha.high);
      for (const [interval, truth] of [
        [alpha, 0.4],
        [E, 2],
      ] as const) {
        if (interval.low <= truth && truth <= interval.high) held += 1;
      }
    });
    // 95 % of 50, of which the two of a curve go together.
    assert.ok(held >= 40, `${held} of 50`);
  });

  it("are wider with more noise", function () {
    this.timeout(60_000);
    forSeeds(3, (random) => {
      const width = (sd: number): number => {
        const curve = planted(random, 40, sd);
        const fit = fitLaw([curve], 0);
        assert.ok(fit.ok);
        const { alpha } = parameterIntervals([curve], fit, { repetitions: 60 });
        assert.ok(alpha);
        return alpha.high - alpha.low;
      };
      assert.ok(width(0.03) > width(0.003));
    });
  });
});

describe("bootstrapLaw", () => {
  it("is the same for a seed, and another for another", () => {
    forSeeds(1, (random) => {
      const curve = planted(random, 30, 0.02);
      const fit = fitLaw([curve], 0);
      assert.ok(fit.ok);
      const laws = (seed: number): readonly Law[] =>
        bootstrapLaw(pointsOf(curve), fit, { repetitions: 5, seed }).laws;
      assert.deepEqual(laws(1), laws(1));
      assert.notDeepEqual(laws(1), laws(2));
    });
  });

  it("draws noise of the planted size, correlated or not", function () {
    this.timeout(60_000);
    forSeeds(3, (random) => {
      for (const rho of [0, 0.7]) {
        const curve = planted(random, 300, 0.02, rho);
        const fit = fitLaw([curve], 0);
        assert.ok(fit.ok);
        const { noise } = bootstrapLaw(pointsOf(curve), fit, { repetitions: 10 });
        const sd = standardDeviation(noise);
        assert.ok(sd > 0.013 && sd < 0.03, `${sd} at ρ = ${rho}`);
      }
    });
  });
});

describe("residualAutocorrelation", () => {
  it("is that of the noise", () => {
    forSeeds(10, (random) => {
      for (const rho of [0, 0.8]) {
        const points = pointsOf(planted(random, 400, 0.02, rho));
        const found = residualAutocorrelation(points, residualsOf(points, law));
        assert.ok(Math.abs(found - rho) < 0.2, `${found} for ${rho}`);
      }
    });
  });

  it("does not cross from one curve to the next, and is 0 for single points", () => {
    const single = Array.from({ length: 10 }, (_, i) => ({ x: [i + 1], y: [i < 5 ? 2 : 4] }));
    const points = pointsOf(...single);
    assert.equal(residualAutocorrelation(points, residualsOf(points, law)), 0);
  });
});
