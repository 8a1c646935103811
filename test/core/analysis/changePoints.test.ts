import assert from "node:assert/strict";
import { findChangePoints, type SegmentKind } from "../../../src/core/analysis/changePoints.js";
import { findMedianPartition } from "../../../src/core/analysis/medianPartition.js";
import { findOptimalPartition } from "../../../src/core/analysis/optimalPartition.js";
import { lineCost, meanCost } from "../../../src/core/analysis/segmentCosts.js";
import { MIN_SEGMENT } from "../../../src/core/analysis/segmentFits.js";
import { createNormal, mean, median } from "../../../src/core/analysis/statistics.js";
import { forSeeds, mulberry32, wholeNumber } from "../../support/random.js";
import { everyTen, seriesOf } from "../../support/series.js";

const KINDS: readonly SegmentKind[] = ["mean", "slope", "l1"];

/** What a segment costs, by its definition. */
function costOf(kind: SegmentKind, x: Float64Array, y: Float64Array): number {
  if (kind === "l1") {
    const level = median(y);
    return y.reduce((sum, v) => sum + Math.abs(v - level), 0);
  }
  const [centre, level] = [mean(x), mean(y)];
  let spread = 0;
  let product = 0;
  for (let i = 0; i < y.length; i++) {
    const dx = (x[i] as number) - centre;
    spread += dx * dx;
    product += dx * ((y[i] as number) - level);
  }
  const slope = kind === "slope" && spread > 0 ? product / spread : 0;
  return y.reduce((sum, v, i) => sum + (v - level - slope * ((x[i] as number) - centre)) ** 2, 0);
}

type SegmentSum = (from: number, to: number) => number;

function costsOf(kind: SegmentKind, x: Float64Array, y: Float64Array): SegmentSum {
  return (from, to) => costOf(kind, x.subarray(from, to), y.subarray(from, to));
}

/** The least cost of all partitions, by the dynamic programme that prunes nothing. */
function leastCost(n: number, cost: SegmentSum, penalty: number, shortest: number): number {
  const best = new Float64Array(n + 1).fill(Infinity);
  best[0] = -penalty;
  for (let t = 1; t <= n; t++) {
    for (let s = 0; s <= t - shortest; s++) {
      best[t] = Math.min(best[t] as number, (best[s] as number) + cost(s, t) + penalty);
    }
  }
  return best[n] as number;
}

function totalOf(n: number, breaks: readonly number[], cost: SegmentSum, penalty: number): number {
  const ends = [...breaks, n];
  return ends.reduce(
    (sum, to, k) => sum + cost(k === 0 ? 0 : (ends[k - 1] as number), to),
    penalty * breaks.length,
  );
}

function partition(
  kind: SegmentKind,
  x: Float64Array,
  y: Float64Array,
  penalty: number,
): readonly number[] {
  if (kind === "l1") return findMedianPartition(y, penalty);
  const cost = kind === "mean" ? meanCost(y) : lineCost(x, y);
  const found = findOptimalPartition(y.length, cost, penalty, MIN_SEGMENT[kind]);
  assert.ok(found);
  return found;
}

/** Levels with jumps, slopes, ties and outliers: whatever may trouble a search. */
function mixedCurve(random: () => number, n: number): Float64Array {
  const normal = createNormal(random);
  const jump = random() < 0.7 ? 8 * random() : 0;
  const isWhole = random() < 0.3;
  let level = 0;
  let slope = 0;
  return Float64Array.from({ length: n }, () => {
    if (random() < 0.06) level += jump * normal();
    if (random() < 0.03) slope = random() < 0.5 ? 0 : 0.3 * normal();
    level += slope;
    const value = level + normal() * (random() < 0.03 ? 20 : 1);
    return isWhole ? Math.round(value) : value;
  });
}

describe("findOptimalPartition and findMedianPartition", () => {
  for (const kind of KINDS) {
    it(`cost as little as a search that leaves nothing out: ${kind}`, () => {
      forSeeds(60, (random) => {
        const n = wholeNumber(random, 1, 150);
        const y = mixedCurve(random, n);
        let at = 0;
        const x = y.map(() => (at += random() < 0.1 ? 0 : random()));
        const penalty = 10 ** (-1 + 3 * random());
        const cost = costsOf(kind, x, y);
        const breaks = partition(kind, x, y, penalty);
        const lengths = [...breaks, n].map(
          (end, k) => end - (k === 0 ? 0 : (breaks[k - 1] as number)),
        );
        if (breaks.length > 0) assert.ok(Math.min(...lengths) >= MIN_SEGMENT[kind], "too short");
        const least =
          n < 2 * MIN_SEGMENT[kind] ? cost(0, n) : leastCost(n, cost, penalty, MIN_SEGMENT[kind]);
        const total = totalOf(n, breaks, cost, penalty);
        assert.ok(Math.abs(total - least) <= 1e-9 * (1 + Math.abs(least)), `${total} for ${least}`);
      });
    });
  }

  it("find all of many breaks where a break costs next to nothing", () => {
    const y = Float64Array.from({ length: 400 }, (_, i) => (Math.floor(i / 4) % 2 === 0 ? 0 : 1));
    const breaks = Array.from({ length: 99 }, (_, k) => 4 * (k + 1));
    const x = y.map((_, i) => i);
    assert.deepEqual([...partition("mean", x, y, 0.1)], breaks);
    assert.deepEqual([...partition("l1", x, y, 0.1)], breaks);
  });

  it("give up where a search would take more than its budget", () => {
    const y = Float64Array.from({ length: 3000 }, (_, i) => i);
    assert.equal(findOptimalPartition(3000, meanCost(y), 1e9, 2, 1000), null);
  });
});

describe("findChangePoints", () => {
  for (const kind of ["mean", "l1"] as const) {
    it(`finds an evident step, exactly where there is no noise: ${kind}`, () => {
      const { breaks, segments } = findChangePoints(everyTen(0, 0, 0, 0, 1, 1, 1, 1), { kind });
      assert.equal(breaks.length, 1);
      const [step] = breaks;
      assert.deepEqual([step?.after, step?.by, step?.direction, step?.size], [40, 50, "up", 1]);
      assert.deepEqual([step?.shape, step?.strength, step?.sizeInNoise], ["jump", null, null]);
      assert.deepEqual(
        segments.map(({ firstStep, lastStep, points, firstValue }) => [
          firstStep,
          lastStep,
          points,
          firstValue,
        ]),
        [
          [10, 40, 4, 0],
          [50, 80, 4, 1],
        ],
      );
    });
  }

  it("finds every step of several, up and down", () => {
    const values = [0, 3, 1].flatMap((level) => Array.from({ length: 10 }, () => level));
    const { breaks } = findChangePoints(everyTen(...values), { kind: "mean" });
    assert.deepEqual(
      breaks.map(({ after, by, size }) => [after, by, size]),
      [
        [100, 110, 3],
        [200, 210, -2],
      ],
    );
  });

  it("takes a hinge for a kink, and a gap between lines for a jump", () => {
    const hinge = everyTen(...Array.from({ length: 40 }, (_, i) => Math.max(0, i - 20)));
    const kink = findChangePoints(hinge, { kind: "slope", axis: "step" }).breaks;
    assert.equal(kink.length, 1);
    assert.equal(kink[0]?.shape, "kink");
    assert.ok((kink[0].after ?? 0) <= 210 && 210 <= (kink[0].by ?? 0));
    assert.ok(Math.abs(kink[0].size - 0.1) < 1e-9, `${kink[0].size}`);
    const gap = everyTen(...Array.from({ length: 40 }, (_, i) => i + (i < 20 ? 0 : 50)));
    const [jump, ...others] = findChangePoints(gap, { kind: "slope", axis: "step" }).breaks;
    assert.equal(others.length, 0);
    assert.deepEqual([jump?.shape, jump?.after, jump?.by], ["jump", 200, 210]);
    assert.ok(Math.abs((jump?.size ?? 0) - 50) < 1e-9);
  });

  it("has slopes over decades of steps unless they are over steps", () => {
    const line = seriesOf(Array.from({ length: 30 }, (_, i) => [2 ** i, 3 * Math.log10(2 ** i)]));
    const { breaks, segments } = findChangePoints(line, { kind: "slope" });
    assert.equal(breaks.length, 0);
    assert.ok(Math.abs((segments[0]?.slope ?? 0) - 3) < 1e-9);
  });

  it("is not led astray by single outliers", () => {
    const random = mulberry32(3);
    const normal = createNormal(random);
    const values = Array.from({ length: 200 }, (_, i) => (i % 50 === 25 ? 40 : normal()));
    for (const kind of KINDS) {
      assert.deepEqual(findChangePoints(everyTen(...values), { kind }).breaks, [], kind);
    }
  });

  const odd: readonly [what: string, values: readonly number[]][] = [
    ["no point", []],
    ["one point", [1]],
    ["two points", [1, 2]],
    ["all equal", [5, 5, 5, 5, 5, 5, 5, 5]],
    ["all NaN", [NaN, NaN, NaN, NaN, NaN, NaN, NaN]],
    ["all infinite", [Infinity, -Infinity, Infinity, -Infinity]],
    ["one outlier in what rests", [0, 0, 0, 0, 9, 0, 0, 0, 0]],
    ["the smallest numbers", [5e-324, 0, 5e-324, 0, 5e-324, 0, 5e-324, 0]],
  ];
  for (const [what, values] of odd) {
    it(`finds nothing in ${what}`, () => {
      const finite = values.filter(Number.isFinite).length;
      for (const kind of KINDS) {
        const found = findChangePoints(everyTen(...values), { kind });
        assert.deepEqual(found.breaks, [], kind);
        assert.equal(found.evaluations, finite);
        assert.equal(found.segments.length, finite === 0 ? 0 : 1);
        assert.equal(found.unknown, values.filter(Number.isNaN).length);
        assert.equal(found.infinite + found.unknown + found.evaluations, values.length);
      }
    });
  }

  it("sees through NaN and infinities, which it counts", () => {
    const values = [0, NaN, 0, 0, Infinity, 0, 1, 1, NaN, 1, 1];
    const { breaks, unknown, infinite } = findChangePoints(everyTen(...values), { kind: "mean" });
    assert.deepEqual(
      breaks.map(({ after, by }) => [after, by]),
      [[60, 70]],
    );
    assert.deepEqual([unknown, infinite], [2, 1]);
  });

  it("finds in huge values what it finds in small ones", () => {
    const random = mulberry32(9);
    const normal = createNormal(random);
    const values = Array.from({ length: 60 }, (_, i) => (i < 30 ? 0 : 20) + normal());
    for (const kind of KINDS) {
      const small = findChangePoints(everyTen(...values), { kind });
      const huge = findChangePoints(everyTen(...values.map((v) => v * 2 ** 1018)), { kind });
      assert.equal(small.breaks.length, 1);
      assert.deepEqual(
        huge.breaks.map(({ after, by }) => [after, by]),
        small.breaks.map(({ after, by }) => [after, by]),
      );
      for (const { firstValue, lastValue } of huge.segments) {
        assert.ok(Number.isFinite(firstValue) && Number.isFinite(lastValue), kind);
      }
    }
  });

  it("has a defined result for steps in disorder and repeated ones", () => {
    forSeeds(10, (random) => {
      const values = mixedCurve(random, 40);
      const series = seriesOf(
        [...values].map((value) => [Math.floor(30 * random()), value] as const),
      );
      for (const kind of KINDS) {
        const { breaks, segments } = findChangePoints(series, { kind });
        assert.equal(segments.length, breaks.length + 1);
        for (const { size, strength } of breaks) {
          assert.ok(Number.isFinite(size) && !Number.isNaN(strength ?? 0), kind);
        }
      }
    });
  });

  it("does not depend on the metric's unit, nor on where its zero is", () => {
    forSeeds(15, (random) => {
      const values = [...mixedCurve(random, 80)];
      for (const kind of KINDS) {
        // Medians tie, and then rounding decides: those are only multiplied, which is exact.
        const other = values.map((value) => 1024 * value + (kind === "l1" ? 0 : 4096));
        const places = (of: readonly number[]): unknown[] =>
          findChangePoints(everyTen(...of), { kind }).breaks.map(({ estimate }) => estimate);
        assert.deepEqual(places(other), places(values), kind);
      }
    });
  });

  it("gives intervals that hold their estimates, in order, the same ones each time", () => {
    forSeeds(20, (random) => {
      const series = everyTen(...mixedCurve(random, wholeNumber(random, 6, 150)));
      for (const kind of KINDS) {
        const found = findChangePoints(series, { kind });
        assert.deepEqual(findChangePoints(series, { kind }), found);
        let before = 0;
        for (const { after, by, estimate, direction, size } of found.breaks) {
          assert.ok((after ?? Infinity) <= (estimate.after ?? -Infinity), kind);
          assert.ok((by ?? -Infinity) >= (estimate.by ?? Infinity), kind);
          assert.ok((estimate.after ?? 0) >= before, kind);
          assert.equal(direction, size < 0 ? "down" : "up");
          before = estimate.by ?? 0;
        }
      }
    });
  });

  it("finds no more in noise that goes up and down by itself", () => {
    let found = 0;
    forSeeds(60, (random) => {
      const normal = createNormal(random);
      let noise = normal() / 0.6;
      const values = Array.from({ length: 300 }, () => (noise = 0.8 * noise + normal()));
      found += findChangePoints(everyTen(...values), { kind: "mean" }).breaks.length > 0 ? 1 : 0;
    });
    assert.ok(found <= 2, `${found} of 60`);
  });

  it("tries starts of segments at every few evaluations of a long smooth curve, and says so", () => {
    const normal = createNormal(mulberry32(4));
    const values = Array.from({ length: 20_000 }, (_, i) => i / 1000 + normal());
    const { parameters, breaks } = findChangePoints(everyTen(...values), { kind: "slope" });
    assert.equal(parameters["spacing"], 4);
    assert.ok(breaks.length > 0);
  });
});
