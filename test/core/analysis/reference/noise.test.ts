import assert from "node:assert/strict";
import { noiseFloor, type NoiseGroup } from "../../../../src/core/analysis/differences.js";
import { signalToNoise } from "../../../../src/core/analysis/signalToNoise.js";
import type { Series } from "../../../../src/core/model/series.js";
import { assertNear, itIsReproduced, readReference } from "../../../support/reference.js";
import { seriesOf } from "../../../support/series.js";

interface Reference {
  readonly groups: readonly (readonly { readonly step: number[]; readonly value: number[] }[])[];
  readonly signalToNoise: readonly {
    readonly signal: number;
    readonly noise: number;
    readonly ratio: number;
  }[];
  readonly cases: readonly {
    readonly a: number;
    readonly b: number;
    readonly lastCheckpoints: number;
    readonly seeds: number | null;
  }[];
}

describe("noise of checkpoints and seeds, as NumPy has it", () => {
  const reference = readReference<Reference>("noise");
  itIsReproduced("noise");
  const groups: Series[][] = reference.groups.map((group) =>
    group.map(({ step, value }) => seriesOf(step.map((at, i) => [at, value[i]!] as const))),
  );

  it("signal and noise", () => {
    for (const [g, expected] of reference.signalToNoise.entries()) {
      const { signal, noise, ratio } = signalToNoise(groups[g]!);
      if (groups[g]!.length === 1) assertNear(noise, expected.noise, 1e-9);
      else assertNear({ signal, noise, ratio }, expected, 1e-9);
    }
  });

  it("the noise floor by the last checkpoints", () => {
    for (const { a, b, lastCheckpoints } of reference.cases) {
      const side = (g: number): NoiseGroup => ({
        values: [],
        series: groups[g]!,
        n: groups[g]!.length,
      });
      const { noise, source } = noiseFloor(side(a), side(b));
      assertNear(noise, lastCheckpoints, 1e-9);
      assert.equal(source, "last checkpoints");
    }
  });

  it("the noise floor by seeds", () => {
    for (const { a, b, seeds } of reference.cases) {
      if (seeds === null) continue;
      const sides = groups.map((series) => ({
        values: series.map(({ value }) => value.at(-1)!),
        series,
        n: series.length,
      }));
      assertNear(noiseFloor(sides[a]!, sides[b]!).noise, seeds, 1e-9);
    }
  });
});
