import assert from "node:assert/strict";
import { turnbull } from "../../../src/core/analysis/turnbull.js";
import { kaplanMeier } from "../../../src/core/analysis/kaplanMeier.js";
import type { Interval } from "../../../src/core/model/interval.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const at = (after: number | null, by: number | null): Interval => ({ after, by });
type Held = readonly [after: number | null, by: number | null, probability: number];

/** Probabilities rounded to nine digits. */
const heldBy = (...onsets: Interval[]): Held[] =>
  turnbull(onsets).intervals.map(({ after, by, probability }) => [
    after,
    by,
    Math.round(probability * 1e9) / 1e9,
  ]);

describe("turnbull", () => {
  const table: readonly [what: string, onsets: Interval[], expected: Held[]][] = [
    ["no run", [], []],
    ["one run", [at(3, 7)], [[3, 7, 1]]],
    ["the same interval", [at(3, 7), at(3, 7)], [[3, 7, 1]]],
    [
      "intervals apart",
      [at(1, 2), at(3, 4), at(3, 4), at(5, 6)],
      [
        [1, 2, 0.25],
        [3, 4, 0.5],
        [5, 6, 0.25],
      ],
    ],
    ["overlapping ones: what is common to them", [at(1, 5), at(3, 8)], [[3, 5, 1]]],
    [
      "touching ones do not overlap, the right end being inside",
      [at(1, 2), at(2, 3)],
      [
        [1, 2, 0.5],
        [2, 3, 0.5],
      ],
    ],
    [
      "one that spans two others tells neither from the other",
      [at(1, 2), at(2, 3), at(1, 3)],
      [
        [1, 2, 0.5],
        [2, 3, 0.5],
      ],
    ],
    ["all present at their first evaluation", [at(null, 5), at(null, 3)], [[null, 3, 1]]],
    ["none ever", [at(5, null), at(9, null)], [[9, null, 1]]],
    [
      "present at the first evaluation, and never",
      [at(null, 5), at(5, null)],
      [
        [null, 5, 0.5],
        [5, null, 0.5],
      ],
    ],
    [
      "one watched but to 2: its half goes to where the others were",
      [at(1, 2), at(2, null), at(3, 4)],
      [
        [1, 2, 0.333333333],
        [3, 4, 0.666666667],
      ],
    ],
  ];
  for (const [what, onsets, expected] of table) {
    it(what, () => assert.deepEqual(heldBy(...onsets), expected));
  }

  it("counts runs without data apart and never drops a censored one", () => {
    const { runs, noData } = turnbull([
      at(null, null),
      at(4, null),
      at(1, 2),
      at(NaN, 3),
      at(2, 2),
    ]);
    assert.deepEqual({ runs, noData }, { runs: 2, noData: 3 });
  });

  it("meets the Kuhn–Tucker conditions, which are worked out anew here", () => {
    forSeeds(150, (random) => {
      const onsets = randomOnsets(random, wholeNumber(random, 1, 60));
      const { intervals, converged } = turnbull(onsets);
      assert.ok(converged);
      const total = intervals.reduce((sum, { probability }) => sum + probability, 0);
      assert.ok(Math.abs(total - 1) < 1e-9 && Math.abs(intervals.at(-1)!.share - 1) < 1e-9);
      const isInside = (inner: Interval, outer: Interval): boolean =>
        (inner.after ?? -Infinity) >= (outer.after ?? -Infinity) &&
        (inner.by ?? Infinity) <= (outer.by ?? Infinity);
      const chances = onsets.map((onset) =>
        intervals.reduce((sum, one) => sum + (isInside(one, onset) ? one.probability : 0), 0),
      );
      const slopeAt = (cell: Interval): number =>
        onsets.reduce((sum, onset, i) => sum + (isInside(cell, onset) ? 1 / chances[i]! : 0), 0) /
        onsets.length;
      for (const held of intervals) assert.ok(Math.abs(slopeAt(held) - 1) < 1e-6);
      // Whatever lies between two neighbouring ends.
      const ends = [...new Set(onsets.flatMap(({ after, by }) => [after ?? -1, by ?? 99]))];
      ends.sort((a, b) => a - b);
      for (let k = 1; k < ends.length; k++) {
        const after = ends[k - 1] === -1 ? null : ends[k - 1]!;
        const by = ends[k] === 99 ? null : ends[k]!;
        assert.ok(slopeAt({ after, by }) < 1 + 1e-6);
      }
    });
  });

  it("is Kaplan–Meier's estimate where every interval is narrow", () => {
    forSeeds(50, (random) => {
      const onsets = Array.from({ length: wholeNumber(random, 1, 30) }, () => {
        const by = wholeNumber(random, 1, 12);
        return random() < 0.3 ? at(by, null) : at(by - 0.5, by);
      });
      const { intervals } = turnbull(onsets);
      for (const { step, events, survival } of kaplanMeier(onsets).points) {
        if (events === 0) continue;
        const share = intervals.find(({ by }) => by === step)?.share ?? NaN;
        assert.ok(Math.abs(share - (1 - survival)) < 1e-8);
      }
    });
  });

  it("converges for 10,000 runs, each evaluated at steps of its own", () => {
    forSeeds(1, (random) => {
      const { converged, iterations } = turnbull(
        Array.from({ length: 10_000 }, () => {
          const after = random() * 100;
          const u = random();
          return u < 0.1 ? at(null, after) : at(after, u < 0.3 ? null : after + 20 * random());
        }),
      );
      assert.ok(converged && iterations < 500, `${iterations}`);
    });
  });
});

function randomOnsets(random: () => number, n: number): Interval[] {
  return Array.from({ length: n }, () => {
    const after = wholeNumber(random, 0, 20);
    const u = random();
    if (u < 0.2) return at(null, after + 1);
    return at(after, u < 0.4 ? null : after + wholeNumber(random, 1, 8));
  });
}
