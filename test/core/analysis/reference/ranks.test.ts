import assert from "node:assert/strict";
import {
  acquisitionOrder,
  orderAgreement,
} from "../../../../src/core/analysis/acquisitionOrder.js";
import { kendall, spearman } from "../../../../src/core/analysis/rankCorrelation.js";
import { assertNear, itIsReproduced, readReference } from "../../../support/reference.js";

interface Coefficient {
  readonly coefficient: number | null;
  readonly p: number | null;
}

interface Reference {
  readonly cases: readonly {
    readonly x: number[];
    readonly y: number[];
    readonly kendall: Coefficient;
    readonly spearman: Coefficient;
  }[];
  readonly orders: readonly {
    /** By run and behaviour: the number of the step at which it was first seen. */
    readonly onsets: number[][];
    readonly tau: number;
    readonly min: number;
    readonly max: number;
  }[];
}

describe("ranks, as SciPy has them", () => {
  const reference = readReference<Reference>("ranks");
  itIsReproduced("ranks");

  it("Kendall's τ-b and Spearman's ρ with their p-values", () => {
    for (const { x, y, ...expected } of reference.cases) {
      for (const method of [kendall, spearman]) {
        const { coefficient, p } = method(x, y);
        assertNear({ coefficient, p }, expected[method === kendall ? "kendall" : "spearman"], 1e-9);
      }
    }
  });

  it("mean τ-b of the acquisition order between seeds", () => {
    for (const { onsets, ...expected } of reference.orders) {
      const runs = onsets.map((steps) => steps.map((by) => ({ after: by - 1, by })));
      const { tau, min, max, notCompared } = acquisitionOrder(runs);
      assertNear({ tau, min, max }, expected, 1e-9);
      assert.equal(notCompared, 0);
      if (runs.length === 2) assertNear(orderAgreement(runs[0]!, runs[1]!).tau, expected.tau, 1e-9);
    }
  });
});
