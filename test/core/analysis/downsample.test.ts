import assert from "node:assert/strict";
import { downsample, hasStep, type Drawn } from "../../../src/core/analysis/downsample.js";
import { SeriesCurve } from "../../../src/core/tables/seriesCurve.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

function thin(
  values: readonly number[],
  width: number,
  annotated: ReadonlySet<number> = new Set(),
): Drawn {
  const step = Float64Array.from(values, (_, i) => i);
  const toX = (at: number): number => (at / values.length) * width;
  return downsample(new SeriesCurve(step, Float64Array.from(values)), toX, width, annotated);
}

/** The same in one pass over the points, which is easier to see through. */
function thinInOnePass(
  step: Float64Array,
  value: Float64Array,
  toX: (step: number) => number,
  width: number,
  annotated: ReadonlySet<number>,
): number[] {
  const columnOf = (i: number): number => Math.floor(toX(step[i] as number));
  const all = [...step.keys()];
  const before = all.filter((i) => columnOf(i) < 0).slice(-1);
  const behind = all.filter((i) => columnOf(i) > width).slice(0, 1);
  const columns = new Map<number, number[]>();
  for (const i of all.filter((i) => columnOf(i) >= 0 && columnOf(i) <= width)) {
    columns.set(columnOf(i), [...(columns.get(columnOf(i)) ?? []), i]);
  }
  const kept = [...columns.values()].flatMap((column) => {
    const at = (i: number): number => value[i] as number;
    const finite = column.filter((i) => Number.isFinite(at(i)));
    const lowest = finite.find((i) => finite.every((j) => at(i) <= at(j)));
    const highest = finite.find((i) => finite.every((j) => at(i) >= at(j)));
    const nan = column.find((i) => Number.isNaN(at(i)));
    const infinite = column.find((i) => Math.abs(at(i)) === Infinity);
    const marked = column.filter((i) => annotated.has(step[i] as number));
    const chosen = [column[0], lowest, highest, nan, infinite, column.at(-1), ...marked];
    return [...new Set(chosen.filter((i) => i !== undefined))].sort((a, b) => a - b);
  });
  return [...before, ...kept, ...behind];
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
    const drawn = downsample(new SeriesCurve(step, step), (at) => (at - 2) * 10, 10);
    assert.deepEqual([...drawn.step], [1, 2, 3, 4]);
  });

  it("has nothing to draw of an empty series", () => {
    assert.equal(thin([], 100).step.length, 0);
  });

  it("keeps the points that one pass over all of them keeps, on any axis and in any part of it", () => {
    forSeeds(150, (random) => {
      const n = wholeNumber(random, 0, 1500);
      const width = wholeNumber(random, 1, 60);
      const isWild = random() < 0.5;
      const isLog = random() < 0.3;
      let at = wholeNumber(random, isLog ? 1 : -5, 5);
      const step = Float64Array.from({ length: n }, () => {
        return (at += random() < 0.02 ? wholeNumber(random, 1, 400) : random() + 0.01);
      });
      const value = Float64Array.from({ length: n }, () =>
        isWild && random() < 0.1
          ? ([NaN, Infinity, -Infinity][wholeNumber(random, 0, 2)] as number)
          : wholeNumber(random, 0, 50),
      );
      const annotated = new Set(step.filter(() => random() < 0.01));
      const [start, share] = [random() * n, 0.1 + random()];
      const toX = (x: number): number =>
        isLog ? Math.log10(x) * 12 : ((x - start) / (share * n)) * width;
      const kept = thinInOnePass(step, value, toX, width, annotated);
      const drawn = downsample(new SeriesCurve(step, value), toX, width, annotated);
      assert.deepEqual([...drawn.step], [...kept.map((i) => step[i])]);
      assert.deepEqual([...drawn.value], [...kept.map((i) => value[i])]);
    });
  });

  it("tells whether a curve has a step", () => {
    const step = Float64Array.of(1, 2.5, 7);
    const curve = new SeriesCurve(step, step);
    const asked = [0, 1, 2, 2.5, 7, 8];
    assert.deepEqual(
      asked.map((at) => hasStep(curve, at)),
      [false, true, false, true, true, false],
    );
    assert.equal(hasStep(new SeriesCurve(new Float64Array(0), new Float64Array(0)), 1), false);
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
