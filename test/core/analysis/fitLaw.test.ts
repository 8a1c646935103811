import assert from "node:assert/strict";
import { DELTA, fitLaw, type LawFit } from "../../../src/core/analysis/fitLaw.js";
import {
  namedParameters,
  valueOfLaw,
  type Breaks,
  type Law,
} from "../../../src/core/analysis/law.js";
import type { Curve } from "../../../src/core/analysis/logPoints.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const scaling: Law = { logA: Math.log(2), logB: Math.log(15), c0: 0.4, breaks: [] };
const broken: Law = {
  logA: Math.log(0.5),
  logB: Math.log(8),
  c0: 0.1,
  breaks: [{ c: 0.8, logD: Math.log(2000), logF: Math.log(0.5) }],
};

function geometric(low: number, high: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => low * (high / low) ** (i / (n - 1)));
}

/** A law's values with multiplicative noise. */
function planted(law: Law, x: readonly number[], sd = 0, random?: () => number): Curve {
  const normal = random ? createNormal(random) : () => 0;
  return { x, y: x.map((at) => valueOfLaw(law, at) * Math.exp(sd * normal())) };
}

function objectiveOf(law: Law, { x, y }: Curve): number {
  return Array.from(y, (value, i) => {
    const r = Math.abs(Math.log(valueOfLaw(law, x[i] ?? NaN) / value));
    return r <= DELTA ? (r * r) / 2 : DELTA * (r - DELTA / 2);
  }).reduce((sum, loss) => sum + loss, 0);
}

function fitted(curves: readonly Curve[], breaks: Breaks): LawFit {
  const fit = fitLaw(curves, breaks);
  assert.ok(fit.ok, fit.ok ? "" : fit.reason);
  return fit;
}

function assertParameters(fit: LawFit, expected: Record<string, number>, error: number): void {
  const named = namedParameters(fit.law);
  for (const [name, value] of Object.entries(expected)) {
    assert.ok(Math.abs((named[name] ?? NaN) / value - 1) < error, `${name}: ${named[name]}`);
  }
}

describe("fitLaw", () => {
  it("finds a scaling law again where there is no noise", () => {
    const fit = fitted([planted(scaling, geometric(10, 1e5, 40))], 0);
    assertParameters(fit, { E: 2, A: 15, alpha: 0.4 }, 1e-4);
    assert.ok(fit.objective < 1e-12);
  });

  it("finds a broken law again where there is no noise", function () {
    this.timeout(60_000);
    const fit = fitted([planted(broken, geometric(10, 1e6, 50))], 1);
    assert.ok(fit.objective < 1e-9, `${fit.objective}`);
    assertParameters(fit, { a: 0.5, b: 8, c0: 0.1, c1: 0.8, d1: 2000, f1: 0.5 }, 0.02);
  });

  it("finds a rise: an accuracy that rests, rises and rests", function () {
    this.timeout(60_000);
    const x = geometric(100, 1e5, 40);
    const y = x.map((at) => 0.25 + 0.5 / (1 + (at / 5000) ** -2));
    const fit = fitted([{ x, y }], 1);
    assert.ok(fit.objective < 1e-8, `${fit.objective}`);
  });

  it("is never worse than the planted law, and near to it", () => {
    forSeeds(20, (random) => {
      const sd = 10 ** (-1 - 2 * random());
      const law = { ...scaling, logA: Math.log(4 * random() + 0.1), c0: 0.1 + 0.6 * random() };
      const curve = planted(law, geometric(10, 1e5, wholeNumber(random, 8, 80)), sd, random);
      const fit = fitted([curve], 0);
      const truth = objectiveOf(law, curve);
      assert.ok(fit.objective <= truth * (1 + 1e-9), `${fit.objective} above ${truth}`);
      assert.ok(Math.abs(fit.objective - objectiveOf(fit.law, curve)) < 1e-9 * truth);
      assert.ok(truth < 3 * fit.objective);
    });
  });

  it("is never worse than the planted broken law, nor than the law without its break", function () {
    this.timeout(120_000);
    forSeeds(4, (random) => {
      const curve = planted(broken, geometric(10, 1e5, 40), 0.01, random);
      const fit = fitted([curve], 1);
      assert.ok(fit.objective <= objectiveOf(broken, curve));
      assert.ok(fit.objective <= fitted([curve], 0).objective);
    });
  });

  it("is not bent by a few spikes", () => {
    const curve = planted(scaling, geometric(10, 1e5, 60));
    const y = Array.from(curve.y, (value, i) => (i % 9 === 4 ? 3 * value : value));
    assertParameters(fitted([{ x: curve.x, y }], 0), { E: 2, A: 15, alpha: 0.4 }, 1e-3);
  });

  it("only changes the unit of E and A with the unit of y, and of A with that of x", () => {
    forSeeds(5, (random) => {
      const x = geometric(10, 1e5, 40);
      const curve = planted(scaling, x, 0.01, random);
      const plain = fitted([curve], 0);
      const { E, A, alpha } = namedParameters(plain.law) as { E: number; A: number; alpha: number };
      const scaled = fitted([{ x, y: Array.from(curve.y, (y) => 1000 * y) }], 0);
      assertParameters(scaled, { E: 1000 * E, A: 1000 * A, alpha }, 1e-4);
      const inTokens = fitted([{ x: x.map((at) => 2e6 * at), y: curve.y }], 0);
      assertParameters(inTokens, { E, A: A * 2e6 ** alpha, alpha }, 1e-4);
      assert.ok(Math.abs(inTokens.objective / plain.objective - 1) < 1e-6);
    });
  });

  it("pools the points of several runs", () => {
    const sizes = geometric(1e7, 1e10, 8);
    const { y } = planted({ ...scaling, logB: Math.log(400) }, sizes);
    const runs = sizes.map((size, i) => ({ x: [size], y: [y[i] ?? NaN] }));
    assertParameters(fitted(runs, 0), { E: 2, A: 400, alpha: 0.4 }, 1e-3);
    assert.equal(fitted(runs, 0).objective, fitted([{ x: sizes, y }], 0).objective);
  });

  it("leaves out step 0, NaN and infinities, and counts them", () => {
    const curve = planted(scaling, geometric(10, 1e5, 30));
    const fit = fitted(
      [{ x: [0, 11, 12, ...Array.from(curve.x)], y: [9, NaN, Infinity, ...Array.from(curve.y)] }],
      0,
    );
    assert.deepEqual([fit.points, fit.leftOut], [30, 3]);
    assertParameters(fit, { E: 2, A: 15, alpha: 0.4 }, 1e-4);
  });

  it("gives the same result each time", () => {
    const curve = planted(scaling, geometric(10, 1e5, 30), 0.02, () => 0.3);
    assert.deepEqual(fitLaw([curve], 0), fitLaw([curve], 0));
  });

  it("fits a curve of 30,000 points on a part of them, and says the objective of all", function () {
    this.timeout(60_000);
    const x = Array.from({ length: 30_000 }, (_, i) => i + 1);
    let state = 1;
    const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
    const curve = planted(scaling, x, 0.02, random);
    const fit = fitted([curve], 0);
    assert.equal(fit.points, 30_000);
    assert.ok(fit.objective <= objectiveOf(scaling, curve) * 1.001);
    assert.ok(Math.abs(fit.objective / objectiveOf(fit.law, curve) - 1) < 1e-9);
  });

  const x = geometric(10, 1e4, 20);
  const refused: readonly (readonly [string, readonly Curve[], Breaks, string])[] = [
    ["no curve", [], 0, "0 points, fewer than 6"],
    ["one point", [{ x: [1], y: [1] }], 0, "1 points, fewer than 6"],
    ["only NaN", [{ x, y: x.map(() => NaN) }], 0, "0 points, fewer than 6"],
    [
      "too few points for a break",
      [planted(scaling, x.slice(0, 11))],
      1,
      "11 points, fewer than 12",
    ],
    [
      "too few points for two breaks",
      [planted(scaling, x.slice(3))],
      2,
      "17 points, fewer than 18",
    ],
    [
      "the same few x again and again",
      [{ x: x.map((_, i) => 1 + (i % 2)), y: x.map((_, i) => 1 + i) }],
      0,
      "2 different x, fewer than 3 parameters",
    ],
    ["a flat curve", [{ x, y: x.map(() => 2) }], 0, "the values do not vary"],
    [
      "a value of 0",
      [{ x, y: x.map((_, i) => i) }],
      0,
      "there are values at or below 0, which have no logarithm",
    ],
  ];
  for (const [name, curves, breaks, reason] of refused) {
    it(`says why not: ${name}`, () => {
      assert.deepEqual(fitLaw(curves, breaks), { ok: false, reason });
    });
  }

  it("has a result for values at the ends of what a number holds", () => {
    for (const scale of [1e-300, 1e300]) {
      const { y } = planted(scaling, x);
      const fit = fitted([{ x, y: Array.from(y, (value) => value * scale) }], 0);
      assert.ok(Math.abs(valueOfLaw(fit.law, 1e4) / ((y[19] ?? NaN) * scale) - 1) < 1e-3);
    }
  });
});
