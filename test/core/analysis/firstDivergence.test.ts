import assert from "node:assert/strict";
import { firstDivergence } from "../../../src/core/analysis/firstDivergence.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { everyTen, seriesOf } from "../../support/series.js";

const flat = everyTen(0, 0, 0, 0, 0, 0);
const one = (): number => 1;

describe("firstDivergence", () => {
  it("is the interval before the first of three points in a row that are more than three noises apart", () => {
    const { after, by, status, confirmed } = firstDivergence(
      flat,
      everyTen(0, 9, 0, 4, -5, 6),
      one,
    );
    assert.deepEqual(
      { after, by, status, confirmed },
      { after: 30, by: 40, status: "observed", confirmed: true },
    );
  });

  it("takes three noises themselves for none", () => {
    const { status, after } = firstDivergence(flat, everyTen(3, 3, 3, -3, 3, 3), one);
    assert.deepEqual({ status, after }, { status: "right-censored", after: 60 });
  });

  it("is not confirmed where fewer than three points are left", () => {
    const { by, confirmed } = firstDivergence(flat, everyTen(0, 0, 0, 0, 9, 9), one);
    assert.deepEqual({ by, confirmed }, { by: 50, confirmed: false });
  });

  it("is there from the first point on, or has no data", () => {
    assert.equal(firstDivergence(flat, everyTen(9, 9, 9), one).status, "left-censored");
    for (const other of [everyTen(), seriesOf([[1000, 1]]), everyTen(NaN, NaN)]) {
      assert.equal(firstDivergence(flat, other, one).status, "no-data");
    }
  });

  it("steps over NaN and unknown noise, which are neither apart nor together", () => {
    const b = everyTen(0, 9, NaN, 9, 9, 0);
    const { after, by } = firstDivergence(flat, b, one);
    assert.deepEqual({ after, by }, { after: 10, by: 20 });
    const gap = firstDivergence(flat, everyTen(0, 9, 0.5, 9, 9, 0), (x) => (x === 30 ? null : 1));
    assert.deepEqual([gap.after, gap.by, gap.noiseUnknown], [10, 20, 1]);
    assert.equal(firstDivergence(flat, b, () => null).by, null);
  });

  it("finds infinities apart, equal ones together", () => {
    assert.equal(firstDivergence(flat, everyTen(0, Infinity, Infinity, Infinity), one).by, 20);
    const grown = everyTen(0, Infinity, Infinity, Infinity);
    assert.equal(firstDivergence(grown, grown, one).by, null);
  });

  it("without any noise sees every difference", () => {
    assert.equal(firstDivergence(flat, everyTen(0, 0, 1e-9, 1e-9, 1e-9), () => 0).by, 30);
    assert.equal(firstDivergence(flat, flat, () => 0).by, null);
  });

  it("is on the grid of the run with fewer points, the other one interpolated inside its range", () => {
    const sparse = seriesOf([
      [15, 0],
      [25, 0],
      [35, 0],
      [999, 9],
    ]);
    const rising = everyTen(0, 0, 8, 8, 8, 8);
    const { after, by, interpolated, evaluations } = firstDivergence(rising, sparse, one);
    assert.deepEqual(
      { after, by, interpolated, evaluations },
      { after: 15, by: 25, interpolated: 3, evaluations: 3 },
    );
  });

  it("is not fooled by the line between points far apart of a curve that falls in both runs", () => {
    const loss = (step: number): [number, number] => [step, 10 / step];
    const dense = seriesOf(Array.from({ length: 1000 }, (_, i) => loss(i + 1)));
    const sparse = seriesOf([1, 10, 100, 1000].map(loss));
    const { by, evaluations } = firstDivergence(dense, sparse, () => 0.01);
    assert.deepEqual({ by, evaluations }, { by: null, evaluations: 4 });
  });

  it("does not depend on which run is which", () => {
    forSeeds(50, (random) => {
      const series = (): ReturnType<typeof everyTen> =>
        everyTen(...Array.from({ length: wholeNumber(random, 0, 12) }, () => 5 * random()));
      const [a, b] = [series(), series()];
      assert.deepEqual(firstDivergence(a, b, one), firstDivergence(b, a, one));
    });
  });
});
