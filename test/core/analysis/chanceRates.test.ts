import assert from "node:assert/strict";
import { chanceRateOf } from "../../../src/core/analysis/chanceRates.js";

describe("chanceRateOf", () => {
  const known: readonly [metric: string, rate: number][] = [
    ["sciq/acc", 1 / 4],
    ["piqa/acc", 1 / 2],
    ["winogrande@5/acc", 1 / 2],
    ["hendrycksTest-anatomy/acc_norm", 1 / 4],
    ["mmlu_anatomy/acc", 1 / 4],
    ["cb/acc", 1 / 3],
  ];
  for (const [metric, rate] of known) {
    it(`of ${metric} is ${rate}`, () => {
      assert.equal(chanceRateOf(metric), rate);
    });
  }

  // Free answers, several answers of varying number, other metrics, names that only look alike.
  const unknown = [
    "lambada_openai/acc",
    "arc_challenge/acc",
    "triviaqa/acc",
    "piqa/ppl",
    "piqa/f1",
    "my_piqa/acc",
    "acc",
    "train/acc",
  ];
  for (const metric of unknown) {
    it(`of ${metric} is not known`, () => {
      assert.equal(chanceRateOf(metric), null);
    });
  }
});
