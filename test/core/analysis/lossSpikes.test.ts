import assert from "node:assert/strict";
import { findSpikes, spikeScore } from "../../../src/core/analysis/lossSpikes.js";
import { forSeeds, mulberry32, wholeNumber } from "../../support/random.js";
import { everyTen } from "../../support/series.js";

/** A calm loss around 1: its log has a median of 0 and a MAD of about 0.01. */
function calm(length: number, seed = 1): number[] {
  const random = mulberry32(seed);
  return Array.from({ length }, () => Math.exp(0.02 * (random() - 0.5)));
}

function withValue(values: readonly number[], changes: Record<number, number>): number[] {
  return values.map((value, i) => changes[i] ?? value);
}

describe("findSpikes", () => {
  it("finds one spike and where the loss is back", () => {
    const values = withValue(calm(200), { 150: 2, 151: 1.6, 152: 1.3 });
    const spikes = findSpikes(everyTen(...values), null);
    assert.equal(spikes.length, 1);
    const [spike] = spikes;
    assert.equal(spike?.after, 1500);
    assert.equal(spike.by, 1510);
    assert.equal(spike.value, 2);
    assert.ok(spike.z > 8);
    assert.deepEqual(spike.recovery, { after: 1530, by: 1540 });
  });

  it("finds two spikes with a calm between them", () => {
    const values = withValue(calm(300), { 150: 3, 220: 3 });
    assert.deepEqual(
      findSpikes(everyTen(...values), null).map(({ by }) => by),
      [1510, 2210],
    );
  });

  it("says that a loss did not come back", () => {
    const values = calm(200).map((value, i) => (i >= 180 ? 5 : value));
    assert.deepEqual(
      findSpikes(everyTen(...values), null).map(({ by, recovery }) => ({ by, recovery })),
      [{ by: 1810, recovery: null }],
    );
  });

  it("takes no fall for a spike", () => {
    assert.deepEqual(findSpikes(everyTen(...withValue(calm(200), { 150: 0.2 })), null), []);
  });

  it("needs 100 points before it", () => {
    assert.deepEqual(findSpikes(everyTen(...withValue(calm(200), { 99: 5 })), null), []);
    assert.equal(findSpikes(everyTen(...withValue(calm(200), { 100: 5 })), null).length, 1);
  });

  it("takes a smaller one only together with the gradient norm's at the same step", () => {
    const z = (value: number): number => {
      const [spike] = findSpikes(everyTen(...withValue(calm(200), { 150: value })), null);
      return spike?.z ?? NaN;
    };
    // Scale a rise so that its z lies between 6 and 8.
    const perUnit = z(2) / Math.log(2);
    const small = Math.exp(7 / perUnit);
    const loss = everyTen(...withValue(calm(200), { 150: small }));
    const calmNorm = everyTen(...calm(200, 2));
    const jumpingNorm = everyTen(...withValue(calm(200, 2), { 150: 3 }));
    const elsewhere = everyTen(...withValue(calm(200, 2), { 149: 3 }));
    assert.deepEqual(findSpikes(loss, null), []);
    assert.deepEqual(findSpikes(loss, calmNorm), []);
    assert.deepEqual(findSpikes(loss, elsewhere), []);
    assert.deepEqual(
      findSpikes(loss, jumpingNorm).map(({ by }) => by),
      [1510],
    );
  });

  it("survives NaN, zero and negative losses", () => {
    const values = withValue(calm(300), { 120: NaN, 130: 0, 140: -1, 200: 4 });
    assert.deepEqual(
      findSpikes(everyTen(...values), null).map(({ by }) => by),
      [2010],
    );
  });

  it("does not depend on the loss's unit", () => {
    forSeeds(20, (random) => {
      const at = wholeNumber(random, 110, 190);
      const values = withValue(calm(200, wholeNumber(random, 1, 1000)), { [at]: 2 + random() });
      const steps = (unit: number): number[] =>
        findSpikes(everyTen(...values.map((value) => value * unit)), null).map(({ by }) => by);
      assert.deepEqual(steps(1), [10 * (at + 1)]);
      assert.deepEqual(steps(1000), steps(1));
    });
  });
});

describe("spikeScore", () => {
  it("is the share of values at least 7 sd from the mean of the 1,000 before", () => {
    const values = withValue(calm(1200), { 1100: 3, 1150: 3 });
    assert.equal(spikeScore(everyTen(...values)), 2 / 200);
  });

  it("does not exist below 1,001 values", () => {
    assert.equal(spikeScore(everyTen(...calm(1000))), null);
    assert.equal(spikeScore(everyTen(...calm(1001))), 0);
  });
});
