import assert from "node:assert/strict";
import { clusterOnsets, type OnsetClusters } from "../../../src/core/analysis/clusterOnsets.js";
import { findFirstLearned, type Learning } from "../../../src/core/analysis/firstLearned.js";
import { outcomesOf } from "../../support/outcomes.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { forSeeds, mulberry32, wholeNumber } from "../../support/random.js";

type Ends = readonly [after: number | null, by: number | null];

function learningOf(ends: readonly Ends[]): Learning {
  const n = ends.length;
  return {
    after: Float64Array.from(ends, ([after]) => after ?? NaN),
    by: Float64Array.from(ends, ([, by]) => by ?? NaN),
    confirmed: new Uint8Array(n),
    evaluations: new Uint32Array(n),
    correct: new Uint32Array(n),
    forgotten: new Uint32Array(n),
  };
}

const cluster = (...ends: readonly Ends[]): OnsetClusters => clusterOnsets(learningOf(ends));
const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

/** `[kind, after, by, examples]` of each. */
function shown({ clusters }: OnsetClusters): unknown[] {
  return clusters.map(({ kind, after, by, examples }) => [kind, after, by, examples]);
}

/** The onsets of steps as a grid of evaluations shows them. */
function onGrid(steps: readonly number[], grid: readonly number[]): Ends[] {
  return steps.map((step) => {
    const at = grid.findIndex((evaluated) => step <= evaluated);
    return at < 0
      ? [grid.at(-1) ?? 0, null]
      : [at === 0 ? null : (grid[at - 1] ?? 0), grid[at] ?? 0];
  });
}

describe("clusterOnsets", () => {
  it("has a cluster for each kind of open interval, in the order of learning", () => {
    const made = cluster([40, null], [null, 0], [10, 20], [null, null], [30, null], [null, 5]);
    assert.deepEqual(shown(made), [
      ["first", null, 5, 2],
      ["learned", 10, 20, 1],
      ["never", 30, null, 2],
      ["unknown", null, null, 1],
    ]);
    assert.deepEqual([...made.of], [2, 0, 1, 3, 2, 0]);
  });

  it("is empty without examples", () => {
    assert.deepEqual(shown(cluster()), []);
  });

  it("tells two bursts apart that a quiet time separates", () => {
    const made = cluster(...times(50, [10, 20] as const), ...times(50, [1000, 2000] as const));
    assert.deepEqual(shown(made), [
      ["learned", 10, 20, 50],
      ["learned", 1000, 2000, 50],
    ]);
  });

  it("makes no two clusters of a few examples", () => {
    assert.equal(cluster([10, 20], [20, 30], [40, 80]).clusters.length, 1);
  });

  it("makes one cluster of onsets that come evenly or as one wave, on fine and on coarse grids", () => {
    const random = mulberry32(7);
    const normal = createNormal(random);
    const even = times(20_000, 0).map(() => 10 ** (1 + 3 * random()));
    const wave = times(20_000, 0).map(() => 10 ** (2.5 + 0.3 * normal()));
    for (const count of [8, 30, 150]) {
      const grid = Array.from({ length: count + 1 }, (_, i) =>
        Math.round(10 ** (1 + (3 * i) / count)),
      );
      for (const [name, steps] of [
        ["even", even],
        ["wave", wave],
      ] as const) {
        const learned = clusterOnsets(learningOf(onGrid(steps, grid))).clusters.filter(
          ({ kind }) => kind === "learned",
        );
        assert.equal(learned.length, 1, `${name} on ${count}`);
      }
    }
  });

  it("finds three waves and puts nearly every example into its own", () => {
    const normal = createNormal(mulberry32(3));
    const truth: number[] = [];
    const steps: number[] = [];
    for (const [wave, [centre, spread, n]] of [
      [1.5, 0.1, 3000],
      [2.5, 0.1, 500],
      [3.3, 0.05, 6000],
    ].entries() as IterableIterator<[number, [number, number, number]]>) {
      for (let i = 0; i < n; i++) {
        truth.push(wave);
        steps.push(10 ** (centre + spread * normal()));
      }
    }
    const grid = Array.from({ length: 101 }, (_, i) => 10 ** (1 + (3 * i) / 100));
    const made = clusterOnsets(learningOf(onGrid(steps, grid)));
    assert.equal(made.clusters.length, 3);
    const right = truth.filter((wave, i) => made.of[i] === wave).length;
    assert.ok(right / truth.length > 0.99, String(right / truth.length));
  });

  it("makes no more clusters of the same onsets when there are a hundred times as many", () => {
    const few: Ends[] = [
      ...times(60, [10, 20] as const),
      ...times(40, [20, 40] as const),
      ...times(30, [600, 800] as const),
    ];
    const many = Array.from({ length: 100 }, () => few).flat();
    const ends = (made: OnsetClusters): unknown[] =>
      made.clusters.map(({ after, by }) => [after, by]);
    assert.deepEqual(ends(cluster(...few)), [
      [10, 40],
      [600, 800],
    ]);
    assert.deepEqual(ends(cluster(...many)), ends(cluster(...few)));
  });

  it("does not depend on the order of the examples, and keeps equal right ends together", () => {
    forSeeds(60, (random) => {
      const grid = [1, 2, 4, 8, 16, 32, 64, 128, 256];
      const ends = times(wholeNumber(random, 1, 60), 0).map((): Ends => {
        const at = wholeNumber(random, 0, grid.length);
        return [at === 0 ? null : (grid[at - 1] ?? 0), grid[at] ?? null];
      });
      const mixed = ends.map((end, i) => ({ end, i })).sort(() => random() - 0.5);
      const made = cluster(...ends);
      const other = cluster(...mixed.map(({ end }) => end));
      assert.deepEqual(shown(other), shown(made));
      for (const [place, { i }] of mixed.entries()) assert.equal(other.of[place], made.of[i]);
      for (const [i, [, by]] of ends.entries()) {
        for (const [j, [, other]] of ends.entries()) {
          const isSame = by === other && by !== null && by > 1;
          if (isSame) assert.equal(made.of[i], made.of[j]);
          if (by !== null && other !== null && by < other) {
            assert.ok((made.of[i] as number) <= (made.of[j] as number));
          }
        }
      }
      const counts = made.clusters.map((_, c) => made.of.filter((own) => own === c).length);
      assert.deepEqual(
        counts,
        made.clusters.map(({ examples }) => examples),
      );
    });
  });

  it("costs no more than any other way to cut, and is found by trying them all", () => {
    forSeeds(25, (random) => {
      const grid = [0, 1, 3, 10, 20, 50, 100, 400];
      const ends = times(wholeNumber(random, 5, 80), 0).map((): Ends => {
        const at = wholeNumber(random, 1, grid.length - 1);
        return random() < 0.5 ? [0, 1] : [grid[at - 1] ?? 0, grid[at] ?? 0];
      });
      const made = cluster(...ends);
      const cuts = made.clusters.slice(1).map(({ after }) => after ?? 0);
      const used = [...new Set(ends.map(([, by]) => by ?? 0))].sort((a, b) => a - b);
      let best = Infinity;
      for (let mask = 0; mask < 2 ** (used.length - 1); mask++) {
        const segments: number[][] = [[]];
        for (const [k, by] of used.entries()) {
          segments.at(-1)?.push(by);
          if (((mask >> k) & 1) === 1 && k < used.length - 1) segments.push([]);
        }
        best = Math.min(best, costOf(ends, segments));
      }
      const own = made.clusters.map(({ after, by }) =>
        used.filter((end) => end > (after ?? -1) && end <= (by ?? Infinity)),
      );
      assert.ok(costOf(ends, own) <= best + 1e-6, `cuts at ${cuts.join(", ")}`);
    });
  });

  it("handles an example at each of many checkpoints", () => {
    const step = Array.from({ length: 200 }, (_, i) => i);
    const rows = step.map((at) => "0".repeat(at).padEnd(200, "1"));
    const made = clusterOnsets(findFirstLearned(outcomesOf(step, rows)));
    assert.equal(made.clusters[0]?.kind, "first");
    assert.equal(made.of.length, 200);
  });
});

/** The criterion for a partition, written out: each example spread evenly over its interval. */
function costOf(ends: readonly Ends[], segments: readonly (readonly number[])[]): number {
  const n = ends.length;
  let cost = 0;
  for (const segment of segments) {
    const own = ends.filter(([, by]) => segment.includes(by ?? 0));
    const spans = own.map(([after, by]) => [Math.log(1 + (after ?? 0)), Math.log(1 + (by ?? 0))]);
    const middles = spans.map(([a = 0, b = 0]) => (a + b) / 2);
    const mean = middles.reduce((sum, middle) => sum + middle, 0) / own.length;
    const variance =
      spans.reduce((sum, [a = 0, b = 0], i) => {
        return sum + ((middles[i] ?? 0) - mean) ** 2 + (b - a) ** 2 / 12;
      }, 0) / own.length;
    cost +=
      own.length * (Math.log(variance) - 2 * Math.log(own.length / n)) + 3 * Math.log(n) + 0.2 * n;
  }
  return cost;
}
