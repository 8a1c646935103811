import assert from "node:assert/strict";
import { downsample, type Drawn } from "../../../src/core/analysis/downsample.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

function thin(
  values: readonly number[],
  width: number,
  annotated: ReadonlySet<number> = new Set(),
): Drawn {
  const step = Float64Array.from(values, (_, i) => i);
  const toX = (at: number): number => (at / values.length) * width;
  return downsample(step, Float64Array.from(values), toX, width, annotated);
}

describe("downsample", () => {
  it("keeps everything where there is room", () => {
    assert.deepEqual([...thin([3, 1, 2], 100).value], [3, 1, 2]);
  });

  it("keeps the first, last, lowest and highest point of a pixel column", () => {
    const { step, value } = thin([5, 6, 1, 7, 9, 6, 4, 5], 1);
    assert.deepEqual([...step], [0, 2, 4, 7]);
    assert.deepEqual([...value], [5, 1, 9, 5]);
  });

  it("keeps annotated steps", () => {
    assert.deepEqual([...thin([0, 1, 2, 3, 4, 5, 6, 7], 1, new Set([3, 5])).step], [0, 3, 5, 7]);
  });

  it("keeps one NaN and one infinity of a column", () => {
    const { value } = thin([0, 1, NaN, NaN, Infinity, 2, 3, 4], 1);
    assert.deepEqual([...value], [0, NaN, Infinity, 4]);
  });

  it("keeps the nearest point on each side of what is shown", () => {
    const step = Float64Array.of(0, 1, 2, 3, 4, 5);
    const drawn = downsample(step, step, (at) => (at - 2) * 10, 10);
    assert.deepEqual([...drawn.step], [1, 2, 3, 4]);
  });

  it("has nothing to draw of an empty series", () => {
    assert.equal(thin([], 100).step.length, 0);
  });

  it("keeps ends, extremes and annotations, in order, with few points per column", () => {
    forSeeds(60, (random) => {
      const n = wholeNumber(random, 1, 3000);
      const width = wholeNumber(random, 1, 80);
      const values = Array.from({ length: n }, () => random());
      const annotated = new Set([wholeNumber(random, 0, n - 1)]);
      const { step, value } = thin(values, width, annotated);
      assert.equal(step[0], 0);
      assert.equal(step.at(-1), n - 1);
      assert.equal(Math.max(...value), Math.max(...values));
      assert.equal(Math.min(...value), Math.min(...values));
      for (const at of annotated) assert.ok(step.includes(at));
      assert.ok(step.every((at, i) => i === 0 || at > (step[i - 1] ?? NaN)));
      assert.ok(step.every((at, i) => value[i] === values[at]));
      assert.ok(step.length <= 4 * (width + 1) + annotated.size);
    });
  });
});
