import assert from "node:assert/strict";
import {
  evaluationStem,
  isShotsDirectory,
  stepInName,
  stepOfEvaluationFile,
} from "../../../src/core/formats/stepNames.js";

describe("stepInName", () => {
  const names: readonly [name: string, step: number | null][] = [
    ["step1000", 1000],
    ["step0", 0],
    ["step-20", 20],
    ["step_20k", 20_000],
    ["checkpoint-500", 500],
    ["global_step2000", 2000],
    ["iter_0000100", 100],
    ["epoch=3-step=100.ckpt", 100],
    ["ep0-ba100", 100],
    ["step1000-unsharded", 1000],
    ["stage1-step5000-tokens21B", 5000],
    ["step99999999999999999999", null],
    ["model", null],
    ["epoch3", null],
    ["footstep5", null],
    ["checkpoint-1_step500", 500],
    ["TinyLlama-1.1B-step-50K-105b", 50_000],
    ["step-3.5-flash", null],
    ["step1000.json", 1000],
  ];
  for (const [name, step] of names) {
    it(`of ${name} is ${step}`, () => {
      assert.equal(stepInName(name), step);
    });
  }
});

describe("stepOfEvaluationFile and evaluationStem", () => {
  const names: readonly [name: string, step: number | null, stem: string][] = [
    ["70m_step1000.json", 1000, "70m"],
    ["70m-5shot_step1000.json", 1000, "70m"],
    ["eval_results_410m-deduped_134000.json", 134_000, "410m-deduped"],
    ["results_2025-06-09T18-36-41.285612.json", null, ""],
    ["results_20250609.json", null, ""],
    ["results_20250609_183641.json", null, ""],
    ["gsm8k_8.json", null, "gsm8k_8"],
    ["pythia_70.json", null, "pythia_70"],
    ["m_1000.json", 1000, "m"],
  ];
  for (const [name, step, stem] of names) {
    it(`of ${name} are ${step} and "${stem}"`, () => {
      assert.equal(stepOfEvaluationFile(name), step);
      assert.equal(evaluationStem(name), stem);
    });
  }

  it("know directories that only tell shots", () => {
    assert.deepEqual(["zero-shot", "five-shot", "5shot", "shots", "zero"].map(isShotsDirectory), [
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
