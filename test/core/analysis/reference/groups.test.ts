import {
  chiSquareTail,
  normalTail,
  studentQuantile,
  studentTail,
} from "../../../../src/core/analysis/distributions.js";
import { summariseGroup } from "../../../../src/core/analysis/groupSummary.js";
import { wilson } from "../../../../src/core/analysis/seedShare.js";
import { assertNear, itIsReproduced, readReference } from "../../../support/reference.js";

interface Reference {
  readonly summaries: readonly {
    readonly values: number[];
    readonly mean: number;
    readonly sd: number;
    readonly se: number;
    readonly ci: number[];
  }[];
  readonly shares: readonly { readonly present: number; n: number; interval: number[] }[];
  readonly quantiles: readonly { readonly tail: number; freedom: number; t: number }[];
  readonly students: readonly { readonly t: number; freedom: number; tail: number }[];
  readonly squares: readonly { readonly x: number; freedom: number; tail: number }[];
  readonly normals: readonly { readonly z: number; tail: number }[];
}

/** Below this, digits run out. */
const SMALLEST = 1e-300;

describe("groups of seeds, as R has them", () => {
  const reference = readReference<Reference>("groups");
  itIsReproduced("groups");

  it("mean, sd, se and t.test's interval", () => {
    for (const { values, ...expected } of reference.summaries) {
      const { mean, sd, se, ci } = summariseGroup(values);
      assertNear({ mean, sd, se, ci }, expected, 1e-11, `${values.length} values`);
    }
  });

  it("Wilson's interval, which is prop.test's without correction", () => {
    for (const { present, n, interval } of reference.shares) {
      assertNear(wilson(present, n), interval, 1e-9, `${present} of ${n}`);
    }
  });

  it("Student's t", () => {
    for (const { tail, freedom, t } of reference.quantiles) {
      assertNear(studentQuantile(tail, freedom), t, 1e-9, `t(${tail}; ${freedom})`);
    }
    for (const { t, freedom, tail } of reference.students) {
      if (tail < SMALLEST) continue;
      assertNear(studentTail(t, freedom) / tail, 1, 1e-10, `P(T > ${t}; ${freedom})`);
    }
  });

  it("tails of χ² and of the normal, to their last digits", () => {
    for (const { x, freedom, tail } of reference.squares) {
      if (tail < SMALLEST) continue;
      assertNear(chiSquareTail(x, freedom) / tail, 1, 1e-10, `P(X > ${x}; ${freedom})`);
    }
    for (const { z, tail } of reference.normals) {
      assertNear(normalTail(z) / tail, 1, 1e-10, `P(Z > ${z})`);
    }
  });
});
