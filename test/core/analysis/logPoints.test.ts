import assert from "node:assert/strict";
import { logPointsOf, thinned, type LogPoints } from "../../../src/core/analysis/logPoints.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

function pointsOf(...curves: readonly (readonly (readonly [x: number, y: number])[])[]): LogPoints {
  const points = logPointsOf(
    curves.map((curve) => ({ x: curve.map(([x]) => x), y: curve.map(([, y]) => y) })),
  );
  assert.ok(points.ok);
  return points;
}

describe("logPointsOf", () => {
  it("takes logarithms, in the order of x inside each curve", () => {
    const points = pointsOf(
      [
        [Math.E, 1],
        [1, Math.E],
      ],
      [[1, 1]],
    );
    assert.deepEqual([...points.u], [0, 1, 0]);
    assert.deepEqual([...points.v], [1, 0, 0]);
    assert.deepEqual(points.bounds, [0, 2, 3]);
  });

  it("leaves out and counts what is not finite, and what lies at or before 0", () => {
    const points = pointsOf([
      [0, 5],
      [-1, 5],
      [1, NaN],
      [2, Infinity],
      [NaN, 1],
      [3, 1],
    ]);
    assert.deepEqual([points.u.length, points.leftOut], [1, 5]);
  });

  it("refuses values without a logarithm rather than leave out the low ones", () => {
    for (const value of [0, -1]) {
      const points = logPointsOf([{ x: [1, 2], y: [1, value] }]);
      assert.deepEqual(points, {
        ok: false,
        reason: "there are values at or below 0, which have no logarithm",
      });
    }
  });
});

describe("thinned", () => {
  it("keeps what is few enough", () => {
    const points = pointsOf([
      [1, 1],
      [2, 1],
    ]);
    assert.equal(thinned(points, 2), points);
  });

  it("keeps every k-th point of each curve, with its last", () => {
    const curve = Array.from({ length: 10 }, (_, i) => [i + 1, 1] as const);
    const thin = thinned(pointsOf(curve, curve.slice(0, 3)), 5);
    assert.deepEqual(
      [...thin.u].map((u) => Math.round(Math.exp(u))),
      [1, 4, 7, 10, 3],
    );
    assert.deepEqual(thin.bounds, [0, 4, 5]);
  });

  it("keeps no more than was asked for, but for one of each curve", () => {
    forSeeds(50, (random) => {
      const curves = Array.from({ length: wholeNumber(random, 1, 5) }, () =>
        Array.from({ length: wholeNumber(random, 1, 50) }, (_, i) => [i + 1, 1] as const),
      );
      const most = wholeNumber(random, 1, 60);
      const thin = thinned(pointsOf(...curves), most);
      assert.ok(thin.u.length <= most + curves.length);
      assert.equal(thin.bounds.length, curves.length + 1);
    });
  });
});
