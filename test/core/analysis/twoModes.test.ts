import assert from "node:assert/strict";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { findTwoModes } from "../../../src/core/analysis/twoModes.js";
import { forSeeds } from "../../support/random.js";

describe("findTwoModes", () => {
  const grokked = [0.998, 0.997, 0.999, 0.996, 0.998];
  const not = [0.021, 0.019, 0.025, 0.018, 0.022];

  it("flags seeds of which half grok", () => {
    const { hidesTwoGroups, gaussians, dip } = findTwoModes([...grokked, ...not]);
    assert.equal(hidesTwoGroups, true);
    assert.ok((gaussians?.deltaBic ?? 0) >= 6 && (dip?.p ?? 1) < 0.05);
  });

  it("says nothing below ten finite values, whatever they are", () => {
    assert.deepEqual(findTwoModes([...grokked, ...not.slice(1), NaN]), {
      ...{ n: 9, nonFinite: 1, gaussians: null, dip: null, hidesTwoGroups: false },
    });
    assert.equal(findTwoModes([]).n, 0);
  });

  it("flags accuracies that are 0 or 1, but not one seed in ten apart", () => {
    assert.equal(findTwoModes([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]).hidesTwoGroups, true);
    assert.equal(findTwoModes([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]).hidesTwoGroups, false);
  });

  it("does not flag equal values", () => {
    const { gaussians, hidesTwoGroups } = findTwoModes(Array.from({ length: 12 }, () => 1));
    assert.deepEqual({ gaussians, hidesTwoGroups }, { gaussians: null, hidesTwoGroups: false });
  });

  it("does not flag a skewed group that two Gaussians fit better", () => {
    const skewed = Array.from({ length: 100 }, (_, i) => -Math.log(1 - (i + 0.5) / 100));
    const { gaussians, hidesTwoGroups } = findTwoModes(skewed);
    assert.ok((gaussians?.deltaBic ?? 0) >= 6);
    assert.equal(hidesTwoGroups, false);
  });

  it("flags fewer than 5 in 100 groups of one mode, and most of two apart", () => {
    let falseFlags = 0;
    let found = 0;
    forSeeds(200, (random) => {
      const normal = createNormal(random);
      const values = Array.from({ length: 20 }, normal);
      if (findTwoModes(values).hidesTwoGroups) falseFlags++;
      if (findTwoModes(values.map((value, i) => value + 8 * (i % 2))).hidesTwoGroups) found++;
    });
    assert.ok(falseFlags <= 10, `${falseFlags} of 200`);
    assert.ok(found >= 190, `${found} of 200`);
  });
});
