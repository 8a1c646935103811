import assert from "node:assert/strict";
import { findLawBreaks } from "../../../src/core/analysis/lawBreaks.js";
import { createNormal } from "../../../src/core/analysis/statistics.js";
import { mulberry32 } from "../../support/random.js";
import { everyTen, noisyLaw, seriesOf } from "../../support/series.js";

describe("findLawBreaks", function () {
  // A law is fitted from hundreds of starts.
  this.timeout(60_000);
  it("finds about where the exponent changes", () => {
    const normal = createNormal(mulberry32(1));
    const series = seriesOf(
      Array.from({ length: 50 }, (_, i) => {
        const step = Math.round(10 * 10 ** ((4 * i) / 49));
        const y = 5 * step ** -0.05 * (1 + (step / 1000) ** 5) ** (-0.4 / 5);
        return [step, y * Math.exp(0.002 * normal())] as const;
      }),
    );
    const result = findLawBreaks(series);
    assert.ok(result.ok);
    assert.equal(result.breaks.length, 1);
    const [found] = result.breaks;
    assert.ok(found && found.place > 700 && found.place < 1400, `${found?.place}`);
    assert.ok((found.after ?? 0) < 1000 && (found.by ?? 0) >= 1000);
    assert.equal(found.direction, "down");
  });

  it("finds none in one law", () => {
    const result = findLawBreaks(noisyLaw(80, 0.003, mulberry32(2)));
    assert.ok(result.ok);
    assert.deepEqual(result.breaks, []);
  });

  for (const [what, series, reason] of [
    ["no point", everyTen(), /./],
    ["a flat curve", everyTen(...Array.from({ length: 40 }, () => 1)), /./],
    ["values below 0", everyTen(1, -1, 1, 2, 3, 4, 5, 6), /at or below 0/],
  ] as const) {
    it(`says why there is no law for ${what}`, () => {
      const result = findLawBreaks(series);
      assert.ok(!result.ok);
      assert.match(result.reason, reason);
    });
  }
});
