import assert from "node:assert/strict";
import { dip, dipTail } from "../../../../src/core/analysis/dip.js";
import { fitTwoGaussians } from "../../../../src/core/analysis/twoGaussians.js";
import { assertNear, itIsReproduced, readReference } from "../../../support/reference.js";

interface Reference {
  readonly samples: readonly {
    readonly name: string;
    readonly values: number[];
    readonly dip: number;
    readonly deltaBic: number;
  }[];
  readonly table: {
    readonly tails: number[];
    readonly rows: readonly { readonly n: number; readonly dip: number[] }[];
  };
  readonly simulated: readonly { readonly n: number; dip: number[]; p: number[] }[];
}

describe("two modes, as R's diptest and mclust have them", () => {
  const reference = readReference<Reference>("modes");
  itIsReproduced("modes");

  for (const { name, values, ...expected } of reference.samples) {
    it(`dip of ${name}`, () => assertNear(dip(values), expected.dip, 1e-12));

    it(`two Gaussians against one: ${name}`, () => {
      assertNear(fitTwoGaussians(values)?.deltaBic, expected.deltaBic, 1e-6);
    });
  }

  it("p-values of diptest's table, simulated by a million samples a row", () => {
    const { tails, rows } = reference.table;
    for (const row of rows) {
      for (const [k, value] of row.dip.entries()) {
        // Above one half, where nothing depends on it, our table is coarser.
        const error = tails[k]! > 0.5 ? 0.01 : 0.002;
        assertWithin(dipTail(value, row.n), tails[k]!, error, `n = ${row.n}`);
      }
    }
  });

  it("p-values between the table's sizes, simulated with diptest's dip", () => {
    for (const { n, dip: dips, p } of reference.simulated) {
      // Three standard errors of 50,000 samples, and the table's own error.
      for (const [k, value] of dips.entries()) {
        assertWithin(
          dipTail(value, n),
          p[k]!,
          3 * Math.sqrt((p[k]! * (1 - p[k]!)) / 50_000) + 0.001,
          `n = ${n}`,
        );
      }
    }
  });
});

function assertWithin(actual: number | null, expected: number, error: number, what: string): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= error,
    `${what}: ${actual} is not ${expected}`,
  );
}
