import assert from "node:assert/strict";
import { medianOnset, shareBy, wilson } from "../../../src/core/analysis/seedShare.js";
import type { Interval } from "../../../src/core/model/interval.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const at = (after: number | null, by: number | null): Interval => ({ after, by });
const near = (actual: number | undefined, expected: number): void => {
  assert.ok(Math.abs((actual ?? NaN) - expected) < 5e-5, `${actual} is not ${expected}`);
};

describe("wilson", () => {
  // Values of Wilson's score interval without continuity correction, 95 %.
  const table: readonly [successes: number, n: number, low: number, high: number][] = [
    [5, 5, 0.5655, 1],
    [0, 3, 0, 0.5615],
    [5, 10, 0.2366, 0.7634],
    [8, 10, 0.4902, 0.9433],
    [1, 1, 0.2065, 1],
  ];
  for (const [successes, n, low, high] of table) {
    it(`of ${successes} in ${n} is ${low} to ${high}`, () => {
      const interval = wilson(successes, n);
      near(interval[0], low);
      near(interval[1], high);
    });
  }

  it("always holds the share itself and stays within 0 and 1", () => {
    forSeeds(100, (random) => {
      const n = wholeNumber(random, 1, 50);
      const successes = wholeNumber(random, 0, n);
      const [low, high] = wilson(successes, n);
      assert.ok(0 <= low && low <= successes / n && successes / n <= high && high <= 1);
    });
  });
});

describe("shareBy", () => {
  it("counts present, observed absent and unknown runs apart", () => {
    const onsets = [
      at(100, 200), // present by 300
      at(null, 50), // present by 300
      at(300, 400), // absent through 300
      at(1000, null), // absent through 300
      at(250, 350), // its interval holds 300
      at(200, null), // not watched until 300
      at(null, null), // no data
    ];
    const { present, known, unknown } = shareBy(onsets, 300);
    assert.deepEqual({ present, known, unknown }, { present: 2, known: 4, unknown: 3 });
  });

  it("counts an onset whose right end is the step as present", () => {
    assert.equal(shareBy([at(100, 300)], 300).present, 1);
  });

  it("does not know whether a left-censored run had it before its first evaluation", () => {
    assert.deepEqual(shareBy([at(null, 500)], 300), {
      present: 0,
      known: 0,
      unknown: 1,
      interval: null,
    });
  });

  it("puts Wilson's interval over the known runs only", () => {
    const onsets = [at(1, 2), at(1, 2), at(1, 2), at(1, 2), at(1, 2), at(null, null)];
    near(shareBy(onsets, 10).interval?.[0], 0.5655);
  });
});

describe("medianOnset", () => {
  it("is the middle interval by its right end", () => {
    assert.deepEqual(medianOnset([at(4, 5), at(1, 2), at(2, 3)]), at(2, 3));
  });

  it("is the lower of two middle ones", () => {
    assert.deepEqual(medianOnset([at(1, 2), at(2, 3), at(3, 4), at(4, 5)]), at(2, 3));
  });

  it("is censored where fewer than half show the behaviour, never later than all were watched", () => {
    assert.deepEqual(medianOnset([at(1, 2), at(500, null), at(900, null)]), at(500, null));
  });

  it("counts censored runs, and leaves out those without data", () => {
    assert.deepEqual(medianOnset([at(1, 2), at(2, 3), at(900, null)]), at(2, 3));
    assert.deepEqual(medianOnset([at(null, null), at(7, 8)]), at(7, 8));
    assert.equal(medianOnset([at(null, null)]), null);
    assert.equal(medianOnset([]), null);
  });
});
