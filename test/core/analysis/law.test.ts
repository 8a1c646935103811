import assert from "node:assert/strict";
import {
  logOfLaw,
  namedParameters,
  packLaw,
  unpackLaw,
  valueOfLaw,
  type Law,
} from "../../../src/core/analysis/law.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const near = (actual: number, expected: number, error = 1e-12): boolean =>
  Math.abs(actual - expected) <= error * Math.abs(expected);

const scaling: Law = { logA: Math.log(2), logB: Math.log(16), c0: 0.5, breaks: [] };
const broken: Law = {
  logA: Math.log(2),
  logB: Math.log(16),
  c0: 0.5,
  breaks: [{ c: 1, logD: Math.log(100), logF: Math.log(0.5) }],
};

function randomLaw(random: () => number): Law {
  const between = (low: number, high: number): number => low + (high - low) * random();
  return {
    logA: between(-3, 2),
    logB: between(0, 4),
    c0: between(-0.5, 1),
    breaks: Array.from({ length: wholeNumber(random, 0, 2) }, (_, i) => ({
      c: between(-1, 1),
      logD: between(2 + 4 * i, 5 + 4 * i),
      logF: between(-2, 1),
    })),
  };
}

describe("valueOfLaw", () => {
  it("is E + A·x^−α without a break", () => {
    assert.ok(near(valueOfLaw(scaling, 1), 18));
    assert.ok(near(valueOfLaw(scaling, 4), 10));
    assert.ok(near(valueOfLaw(scaling, 1e300), 2));
  });

  it("is Caballero's product with one", () => {
    const x = 300;
    const expected = 2 + 16 * x ** -0.5 * (1 + (x / 100) ** 2) ** -0.5;
    assert.ok(near(valueOfLaw(broken, x), expected));
  });

  it("has the exponents c0 before and c0 + c behind a break", () => {
    const noFloor = { ...broken, logA: -Infinity };
    const slope = (x: number): number =>
      Math.log(valueOfLaw(noFloor, 1.01 * x) / valueOfLaw(noFloor, x)) / Math.log(1.01);
    assert.ok(near(slope(1e-3), -0.5, 1e-6));
    assert.ok(near(slope(1e8), -1.5, 1e-6));
  });

  it("has a corner where the width goes to 0, and no NaN on it", () => {
    const corner = { ...broken, breaks: [{ c: 1, logD: Math.log(100), logF: -1000 }] };
    assert.ok(near(valueOfLaw(corner, 100), 2 + 1.6, 1e-4));
    assert.ok(near(valueOfLaw(corner, 1000), 2 + (16 * 1000 ** -0.5) / 10, 1e-4));
  });

  it("does not overflow between its ends", () => {
    const steep = { ...scaling, logB: 800, c0: 60 };
    assert.ok(near(valueOfLaw(steep, Math.exp(14)), 2));
  });
});

describe("namedParameters", () => {
  it("are those of the literature", () => {
    const close = (named: Record<string, number>): Record<string, number> =>
      Object.fromEntries(Object.entries(named).map(([name, x]) => [name, Number(x.toFixed(9))]));
    assert.deepEqual(close(namedParameters(scaling)), { E: 2, A: 16, alpha: 0.5 });
    assert.deepEqual(close(namedParameters(broken)), {
      ...{ a: 2, b: 16, c0: 0.5 },
      ...{ c1: 1, d1: 100, f1: 0.5 },
    });
  });
});

describe("packLaw", () => {
  it("is undone by unpackLaw, whatever the centre, with the breaks in order", () => {
    forSeeds(50, (random) => {
      const law = randomLaw(random);
      const centre = 10 * random() - 5;
      const turned = { ...law, breaks: law.breaks.toReversed() };
      const back = namedParameters(unpackLaw(packLaw(turned, centre), centre));
      for (const [name, value] of Object.entries(namedParameters(law))) {
        assert.ok(near(back[name] ?? NaN, value, 1e-9), name);
      }
      const packed = logOfLaw(packLaw(law, centre), 3 - centre, null);
      assert.ok(near(Math.exp(packed), valueOfLaw(law, Math.exp(3)), 1e-9));
    });
  });
});

describe("logOfLaw", () => {
  it("has the derivatives that small differences have", () => {
    forSeeds(50, (random) => {
      const packed = packLaw(randomLaw(random), 4);
      const u = 8 * random() - 4;
      const gradient = new Float64Array(packed.length);
      logOfLaw(packed, u, gradient);
      for (let j = 0; j < packed.length; j++) {
        const moved = (by: number): number =>
          logOfLaw(
            packed.map((p, i) => (i === j ? p + by : p)),
            u,
            null,
          );
        const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        assert.ok(Math.abs((gradient[j] ?? NaN) - slope) < 1e-7, `parameter ${j} at ${u}`);
      }
    });
  });
});
