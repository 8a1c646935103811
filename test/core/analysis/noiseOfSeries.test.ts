import assert from "node:assert/strict";
import {
  evidentNoise,
  noiseAutocorrelation,
  noiseScale,
} from "../../../src/core/analysis/noiseOfSeries.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { mulberry32 } from "../../support/random.js";

function normals(length: number, seed: number): number[] {
  const normal = createNormal(mulberry32(seed));
  return Array.from({ length }, () => normal());
}

describe("noiseScale", () => {
  it("is 1.4826·MAD of the differences over √2", () => {
    // Differences 1, −2, 3: median 1, distances 0, 3, 2, MAD 2.
    assert.ok(Math.abs(noiseScale([0, 1, -1, 2]) - (1.4826 * 2) / Math.SQRT2) < 1e-12);
  });

  it("is the smallest change over √2 where most differences are equal", () => {
    assert.ok(Math.abs(noiseScale([0, 0, 0, 0, 2, 2]) - 2 / Math.SQRT2) < 1e-12);
  });

  it("is 0 for a constant and unknown below two points", () => {
    assert.equal(noiseScale([4, 4, 4]), 0);
    assert.ok(Number.isNaN(noiseScale([4])));
  });

  it("finds the sd of white noise, with a jump in it or a slope under it", () => {
    const noise = normals(4000, 5).map((value) => 0.3 * value);
    const jump = noise.map((value, i) => value + (i > 2000 ? 50 : 0));
    const slope = noise.map((value, i) => value + 0.01 * i);
    for (const values of [noise, jump, slope]) {
      assert.ok(Math.abs(noiseScale(values) - 0.3) < 0.02, `${noiseScale(values)}`);
    }
  });

  it("leaves infinities and NaN out", () => {
    assert.equal(noiseScale([0, 1, NaN, -1, Infinity, 2]), noiseScale([0, 1, -1, 2]));
  });
});

describe("evidentNoise", () => {
  it("is 0 for a clean jump, which is no noise", () => {
    assert.equal(evidentNoise([0, 0, 0, 1, 1, 1]), 0);
  });

  it("is the smallest change where a resting series goes up and down", () => {
    assert.ok(Math.abs(evidentNoise([0, 0, 0, 0, 1, 0, 0, 0, 0]) - 1 / Math.SQRT2) < 1e-12);
  });
});

describe("noiseAutocorrelation", () => {
  it("is about 0 for white noise", () => {
    assert.ok(noiseAutocorrelation(normals(4000, 9)) < 0.1);
  });

  it("is about ρ for AR(1) noise", () => {
    let last = 0;
    const ar = normals(8000, 11).map((value) => (last = 0.7 * last + value));
    assert.ok(Math.abs(noiseAutocorrelation(ar) - 0.7) < 0.08, `${noiseAutocorrelation(ar)}`);
  });

  it("is clipped to [0, 0.95], and 0 below four points", () => {
    assert.equal(noiseAutocorrelation([0, 1, 3, 6, 10, 15, 21]) <= 0.95, true);
    assert.equal(noiseAutocorrelation([0, 1, 0, 1, 0, 1]), 0);
    assert.equal(noiseAutocorrelation([1, 2, 3]), 0);
  });
});
