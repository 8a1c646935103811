import assert from "node:assert/strict";
import { chooseLaw } from "../../../src/core/analysis/chooseLaw.js";
import type { Curve } from "../../../src/core/analysis/logPoints.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { mulberry32 } from "../../support/random.js";

function curve(seed: number, valueAt: (x: number) => number): Curve {
  const normal = createNormal(mulberry32(seed));
  const x = Array.from({ length: 40 }, (_, i) => 100 * 10 ** ((3 * i) / 39));
  return { x, y: x.map((at) => valueAt(at) * Math.exp(0.01 * normal())) };
}

const power = (x: number): number => 0.5 + 15 * x ** -0.2;
const broken = (x: number): number => power(x) * (1 + (x / 5000) ** 2) ** -0.3;

describe("chooseLaw", () => {
  it("keeps to the scaling law where there is no break", function () {
    this.timeout(60_000);
    for (const seed of [1, 2, 3]) assert.equal(chooseLaw([curve(seed, power)], 1).chosen, 0);
  });

  it("takes a break where there is one", function () {
    this.timeout(60_000);
    for (const seed of [1, 2, 3]) assert.equal(chooseLaw([curve(seed, broken)], 1).chosen, 1);
  });

  it("reports all candidates, and why one is none", () => {
    const { x, y } = curve(1, power);
    const { candidates, chosen } = chooseLaw([
      { x: Array.from(x).slice(0, 10), y: Array.from(y).slice(0, 10) },
    ]);
    assert.deepEqual(
      candidates.map(({ fit, bic }) => [fit.ok || fit.reason, bic === null]),
      [
        [true, false],
        ["10 points, fewer than 12", true],
        ["10 points, fewer than 18", true],
      ],
    );
    assert.equal(chosen, 0);
  });

  it("chooses none where none can be fitted", () => {
    const { candidates, chosen } = chooseLaw([{ x: [1, 2], y: [1, 0] }]);
    assert.equal(chosen, null);
    assert.equal(candidates.length, 3);
  });
});
