import assert from "node:assert/strict";
import { kaplanMeier } from "../../../../src/core/analysis/kaplanMeier.js";
import { logRank } from "../../../../src/core/analysis/logRank.js";
import { turnbull } from "../../../../src/core/analysis/turnbull.js";
import { turnbullMedian } from "../../../../src/core/analysis/turnbullMedian.js";
import type { Interval } from "../../../../src/core/model/interval.js";
import { assertNear, itIsReproduced, readReference } from "../../../support/reference.js";

interface Columns {
  readonly after: (number | null)[];
  readonly by: (number | null)[];
}

interface Reference {
  readonly samples: readonly {
    readonly name: string;
    readonly onsets: Columns;
    readonly kaplanMeier: {
      readonly step: number[];
      readonly atRisk: number[];
      readonly events: number[];
      readonly censored: number[];
      readonly survival: number[];
      readonly low: (number | null)[];
      readonly high: (number | null)[];
    };
    readonly turnbull: Columns & {
      readonly probability: number[];
      readonly survfit: { readonly step: number[]; readonly share: number[] };
    };
  }[];
  readonly tests: readonly {
    readonly name: string;
    readonly groups: Columns[];
    readonly observed: number[];
    readonly expected: number[];
    readonly chiSquare: number;
    readonly p: number;
    readonly permutations?: number;
    readonly coinP?: number;
  }[];
}

const onsetsOf = ({ after, by }: Columns): Interval[] =>
  after.map((end, i) => ({ after: end, by: by[i]! }));

describe("onsets as survival data, as R has them", () => {
  const reference = readReference<Reference>("survival");
  itIsReproduced("survival");

  for (const { name, onsets, ...expected } of reference.samples) {
    it(`Kaplan–Meier with log(−log) intervals, as survfit: ${name}`, () => {
      const { points } = kaplanMeier(onsetsOf(onsets));
      const columns = {
        step: points.map(({ step }) => step),
        atRisk: points.map(({ atRisk }) => atRisk),
        events: points.map(({ events }) => events),
        censored: points.map(({ censored }) => censored),
        survival: points.map(({ survival }) => survival),
        low: points.map(({ interval }) => interval?.[0] ?? null),
        high: points.map(({ interval }) => interval?.[1] ?? null),
      };
      assertNear(columns, expected.kaplanMeier, 1e-9);
    });

    it(`Turnbull, as npsurv: ${name}`, () => {
      const { intervals, converged } = turnbull(onsetsOf(onsets));
      const { survfit: _, ...npsurv } = expected.turnbull;
      const columns = {
        after: intervals.map(({ after }) => after),
        by: intervals.map(({ by }) => by),
        probability: intervals.map(({ probability }) => probability),
      };
      assert.ok(converged);
      assertNear(columns, npsurv, 1e-6);
    });

    it(`Turnbull, as survfit where the curve is defined: ${name}`, () => {
      const { intervals } = turnbull(onsetsOf(onsets));
      const { step: steps, share } = expected.turnbull.survfit;
      for (const [k, step] of steps.entries()) {
        const inside = intervals.some(
          ({ after, by }) => (after ?? -Infinity) < step && step < (by ?? Infinity),
        );
        if (inside) continue;
        const last = intervals.findLast(({ by }) => by !== null && by <= step);
        // survfit stops when its curve changes by less than 5e-5 a step, which can be 5e-3 away from the maximum.
        const error = Math.abs((last?.share ?? 0) - share[k]!);
        assert.ok(error < 1e-2, `at ${step}: ${last?.share} is not ${share[k]}`);
      }
    });

    it(`median, where npsurv's shares reach one half: ${name}`, () => {
      const { after, by, probability } = expected.turnbull;
      let share = 0;
      const at = probability.findIndex((value) => (share += value) > 0.5 - 1e-9);
      const { median } = turnbullMedian(onsetsOf(onsets), { repetitions: 1 });
      assert.deepEqual(median, { after: after[at], by: by[at] });
    });
  }

  for (const { name, groups, ...expected } of reference.tests) {
    const result = logRank(groups.map(onsetsOf));

    it(`log-rank, as survdiff: ${name}`, () => {
      const { chiSquare, p, groups: compared } = result;
      assertNear(
        {
          observed: compared.map(({ observed }) => observed),
          expected: compared.map((group) => group.expected),
          chiSquare,
          p,
        },
        {
          observed: expected.observed,
          expected: expected.expected,
          chiSquare: expected.chiSquare,
          p: expected.p,
        },
        1e-9,
      );
      assert.equal(result.permutations, expected.permutations ?? 0);
    });

    if (expected.coinP === undefined) continue;
    it(`log-rank by permutation, as coin: ${name}`, () =>
      assertNear(result.p, expected.coinP, 1e-9));
  }
});
