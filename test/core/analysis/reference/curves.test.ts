import assert from "node:assert/strict";
import { measureBreakthroughness } from "../../../../src/core/analysis/breakthroughness.js";
import { adviseBracket } from "../../../../src/core/analysis/bracketAdvice.js";
import { earlySignal } from "../../../../src/core/analysis/earlySignal.js";
import { fitLaw } from "../../../../src/core/analysis/fitLaw.js";
import { findGrokking } from "../../../../src/core/analysis/grokking.js";
import { valueOfLaw, type Breaks, type Law } from "../../../../src/core/analysis/law.js";
import { sensitivityOf, type Comparison } from "../../../../src/core/analysis/sensitivity.js";
import { measureSharpness } from "../../../../src/core/analysis/sharpness.js";
import type { Direction } from "../../../../src/core/model/metric.js";
import type { Series } from "../../../../src/core/model/series.js";
import { assertNear, itIsReproduced, readReference } from "../../../support/reference.js";
import { seriesOf } from "../../../support/series.js";

interface Curve {
  readonly step: number[];
  readonly value: number[];
}

interface Reference {
  readonly shapes: readonly (Curve & {
    readonly direction: Direction;
    readonly sharpness: number | null;
    readonly width: number | null;
    readonly improvement: number;
    readonly linearity: number | null;
    readonly breakthroughness: number | string | null;
  })[];
  readonly strips: readonly (Curve & {
    readonly operator: Comparison;
    readonly threshold: number;
    readonly persistence: number;
    readonly thresholds: number[];
    readonly by: (number | null)[];
    readonly robust: boolean;
  })[];
  readonly advices: readonly {
    readonly after: number | null;
    readonly by: number;
    readonly checkpoints: number[];
    readonly advice: object | null;
  }[];
  readonly grokkings: readonly {
    readonly step: number[];
    readonly train: number[];
    readonly heldOut: number[];
    readonly isGrokking: boolean;
    readonly trainBy: number | null;
    readonly heldOutBy: number | null;
    readonly delay: object | null;
  }[];
  readonly signals: readonly {
    readonly early: number[];
    readonly outcome: number[];
    readonly rho: number;
    readonly decisionAccuracy: number;
    readonly pairs: number;
    readonly tiedEarly: number;
    readonly tiedAtEnd: number;
  }[];
  readonly values: readonly {
    readonly parameters: number[];
    readonly x: number[];
    readonly y: number[];
  }[];
  readonly fits: readonly {
    readonly name: string;
    readonly x: number[];
    readonly y: number[];
    readonly breaks: Breaks;
    readonly objective: number;
  }[];
}

function zip(step: readonly number[], value: readonly number[]): Series {
  return seriesOf(step.map((s, i) => [s, value[i] ?? NaN]));
}

function lawOf([a = 0, b = 0, c0 = 0, ...rest]: readonly number[]): Law {
  const breaks = [];
  for (let i = 0; i < rest.length; i += 3) {
    const [c = 0, d = 0, f = 0] = rest.slice(i, i + 3);
    breaks.push({ c, logD: Math.log(d), logF: Math.log(f) });
  }
  return { logA: Math.log(a), logB: Math.log(b), c0, breaks };
}

describe("shapes of curves and laws, as NumPy and SciPy have them", () => {
  const reference = readReference<Reference>("curves");
  itIsReproduced("curves", 1e-3);

  it("sharpness and width", () => {
    for (const { step, value, direction, sharpness, width } of reference.shapes) {
      assertNear(measureSharpness(zip(step, value), direction), { sharpness, width }, 1e-9);
    }
  });

  it("improvement, linearity and breakthroughness", () => {
    for (const { step, value, ...expected } of reference.shapes) {
      const { improvement, linearity, breakthroughness } = expected;
      const measured = measureBreakthroughness(zip(step, value));
      assertNear(measured, { improvement, linearity, breakthroughness }, 1e-9);
    }
  });

  it("onsets by threshold, and whether they are robust", () => {
    for (const { step, value, operator, threshold, persistence, ...expected } of reference.strips) {
      const strip = sensitivityOf(zip(step, value), operator, threshold, persistence);
      assert.ok(strip);
      const [first, middle, last] = expected.thresholds;
      assertNear(
        { first: strip.thresholds[0], middle: strip.thresholds[40], last: strip.thresholds[80] },
        { first, middle, last },
        1e-9,
      );
      assert.deepEqual(
        [...strip.by].map((by) => (Number.isNaN(by) ? null : by)),
        expected.by,
      );
      assert.equal(strip.robust, expected.robust);
    }
  });

  it("the next checkpoint to evaluate", () => {
    for (const { after, by, checkpoints, advice } of reference.advices) {
      assert.deepEqual(adviseBracket({ after, by }, checkpoints, new Set()), advice);
    }
  });

  it("grokking", () => {
    const ranges = { train: { chance: 0.1, best: 1 }, heldOut: { chance: 0.1, best: 1 } };
    for (const { step, train, heldOut, ...expected } of reference.grokkings) {
      const found = findGrokking(zip(step, train), zip(step, heldOut), "higher", ranges, 2);
      assert.ok(found.ok);
      const { isGrokking, delay, ...onsets } = found.grokking;
      const trainBy = onsets.train.by;
      const heldOutBy = onsets.heldOut.by;
      assert.deepEqual({ isGrokking, trainBy, heldOutBy, delay }, expected);
    }
  });

  it("early signal", () => {
    for (const { early, outcome, ...expected } of reference.signals) {
      const runs = outcome.map((end, i) => ({
        series: seriesOf([[1, early[i] ?? NaN]]),
        outcome: end,
      }));
      const { rho, decisionAccuracy, pairs, tiedEarly, tiedAtEnd } =
        earlySignal(runs, [1], true)[0] ?? {};
      assertNear({ rho, decisionAccuracy, pairs, tiedEarly, tiedAtEnd }, expected, 1e-9);
    }
  });

  it("values of laws", () => {
    for (const { parameters, x, y } of reference.values) {
      const law = lawOf(parameters);
      assertNear(
        x.map((at) => valueOfLaw(law, at)),
        y,
        1e-9,
      );
    }
  });

  for (const { name, x, y, breaks, objective } of reference.fits) {
    it(`a fit at least as good, to 1e-3: ${name}`, function () {
      this.timeout(60_000);
      const fit = fitLaw([{ x, y }], breaks);
      assert.ok(fit.ok);
      assert.ok(fit.objective <= objective * 1.001, `${fit.objective} above ${objective}`);
      // The objective is what it says, from the law's own values.
      const distances = x.map((at, i) =>
        Math.abs(Math.log(valueOfLaw(fit.law, at) / (y[i] ?? NaN))),
      );
      const sum = distances
        .map((r) => (r <= 1e-3 ? (r * r) / 2 : 1e-3 * (r - 5e-4)))
        .reduce((a, b) => a + b, 0);
      assertNear(fit.objective, sum, 1e-6);
    });
  }
});
