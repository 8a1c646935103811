import assert from "node:assert/strict";
import { adviseBracket } from "../../../src/core/analysis/bracketAdvice.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const NONE: ReadonlySet<number> = new Set();

describe("adviseBracket", () => {
  it("names the median checkpoint inside the interval", () => {
    const advice = adviseBracket({ after: 100, by: 200 }, [100, 120, 140, 160, 200], NONE);
    assert.deepEqual(advice, { step: 140, evaluationsLeft: 2 });
  });

  it("leaves out checkpoints that were evaluated", () => {
    const advice = adviseBracket({ after: 100, by: 200 }, [120, 140, 160], new Set([140, 160]));
    assert.deepEqual(advice, { step: 120, evaluationsLeft: 1 });
  });

  it("takes the one nearer to the middle in log-step of two middle ones", () => {
    // The middle of 1 and 10,000 in log-step is 100: nearer to 90 than to 5,000.
    assert.equal(adviseBracket({ after: 1, by: 10_000 }, [90, 5000], NONE)?.step, 90);
    assert.equal(adviseBracket({ after: 1, by: 10_000 }, [2, 110], NONE)?.step, 110);
  });

  it("counts a checkpoint once, however often it is listed, in any order", () => {
    const advice = adviseBracket({ after: 0, by: 10 }, [8, 4, 4, 2, 8], NONE);
    assert.deepEqual(advice, { step: 4, evaluationsLeft: 2 });
  });

  it("has nothing to say where no unevaluated checkpoint lies inside", () => {
    assert.equal(adviseBracket({ after: 100, by: 200 }, [50, 100, 200, 300], NONE), null);
  });

  it("has nothing to say without an onset", () => {
    assert.equal(adviseBracket({ after: 100, by: null }, [120], NONE), null);
    assert.equal(adviseBracket({ after: null, by: null }, [120], NONE), null);
  });

  it("looks before the first evaluation of a left-censored onset", () => {
    assert.equal(adviseBracket({ after: null, by: 100 }, [10, 20, 30], NONE)?.step, 20);
  });

  it("needs as many evaluations as it says, whatever they show", () => {
    forSeeds(100, (random) => {
      const checkpoints = Array.from({ length: wholeNumber(random, 1, 40) }, () =>
        wholeNumber(random, 1, 99_999),
      );
      let interval = { after: 0, by: 100_000 };
      const evaluated = new Set<number>();
      const promised = adviseBracket(interval, checkpoints, evaluated)?.evaluationsLeft ?? 0;
      let used = 0;
      for (;;) {
        const advice = adviseBracket(interval, checkpoints, evaluated);
        if (!advice) break;
        used += 1;
        evaluated.add(advice.step);
        interval =
          random() < 0.5 ? { ...interval, after: advice.step } : { ...interval, by: advice.step };
      }
      assert.ok(used <= promised, `${used} evaluations, ${promised} promised`);
      assert.ok(!checkpoints.some((step) => step > interval.after && step < interval.by));
    });
  });
});
