import assert from "node:assert/strict";
import { rateDrops } from "../../../src/core/analysis/rateDrops.js";
import { everyTen } from "../../support/series.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const drops = (...values: number[]): number[] => rateDrops(everyTen(...values)).map(({ by }) => by);

describe("rateDrops", () => {
  it("are the cuts of a step schedule", () => {
    assert.deepEqual(drops(1, 1, 0.1, 0.1, 0.1, 0.01, 0.01), [30, 60]);
    const [drop] = rateDrops(everyTen(1, 1, 0.5, 0.5));
    assert.deepEqual(drop, { after: 20, by: 30, from: 1, to: 0.5 });
  });

  it("are none in what falls smoothly, to 0 too", () => {
    assert.deepEqual(drops(5, 4, 3, 2, 1, 0), []);
    assert.deepEqual(drops(1, 0.5, 0.25, 0.125, 0.06), []);
    const cosine = Array.from({ length: 11 }, (_, i) => 0.5 * (1 + Math.cos((Math.PI * i) / 10)));
    assert.deepEqual(drops(...cosine), []);
  });

  it("are none in a warm-up, at the ends, beside 0, or in nothing", () => {
    assert.deepEqual(drops(0.1, 0.5, 1, 1), []);
    assert.deepEqual(drops(1, 0.1, 0.1), []);
    assert.deepEqual(drops(1, 1, 0.1), []);
    assert.deepEqual(drops(1, 1, 0, 0), []);
    assert.deepEqual(drops(1, 1, NaN, 0.1, 0.1), []);
    assert.deepEqual(drops(), []);
  });

  it("are found wherever a constant rate is cut to a share", () => {
    forSeeds(50, (random) => {
      const before = wholeNumber(random, 2, 20);
      const rate = random() + 0.01;
      const to = rate * (0.01 + 0.68 * random());
      const values = [...Array<number>(before).fill(rate), ...Array<number>(5).fill(to)];
      assert.deepEqual(drops(...values), [10 * (before + 1)]);
    });
  });
});
