import assert from "node:assert/strict";
import { checkMirage, findDependences } from "../../../src/core/analysis/mirage.js";
import { measureSharpness } from "../../../src/core/analysis/sharpness.js";
import { forSeeds } from "../../support/random.js";
import { everyTen, seriesOf } from "../../support/series.js";

describe("checkMirage", () => {
  const jump = everyTen(0, 0, 0, 0, 1, 1, 1, 1);
  const slope = everyTen(7, 6, 5, 4, 3, 2, 1, 0);

  it("labels a sharp discrete metric whose continuous one changes evenly", () => {
    assert.deepEqual(checkMirage(jump, slope), {
      ok: true,
      label: "metric-dependent",
      discrete: 1,
      continuous: 1 / 7,
      evaluations: 8,
    });
  });

  it("does not label where both are sharp, or neither is", () => {
    const both = checkMirage(jump, everyTen(1, 1, 1, 1, 0, 0, 0, 0));
    assert.ok(both.ok && both.label === null);
    const neither = checkMirage(slope, slope);
    assert.ok(neither.ok && neither.label === null);
  });

  it("has its limits at 0.5, included, and 0.2, excluded", () => {
    // Ten evaluations with a largest difference of 5 in a range of 10.
    const half = everyTen(0, 0, 0, 1, 2, 3, 4, 5, 5, 10);
    const fifth = everyTen(0, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    const less = everyTen(0, 1.9, 3, 4, 5, 6, 7, 8, 9, 10);
    assert.deepEqual(
      [checkMirage(half, fifth), checkMirage(half, less)].map((check) => check.ok && check.label),
      [null, "metric-dependent"],
    );
  });

  it("compares on the steps that both have: a finer grid makes no curve less sharp", () => {
    const coarse = seriesOf([1, 2, 3, 4, 5, 6, 7, 8].map((i) => [100 * i, i > 4 ? 1 : 0]));
    const fine = seriesOf(
      Array.from({ length: 800 }, (_, i) => [i + 1, Math.min(1, Math.max(0, (i - 410) / 60))]),
    );
    assert.ok((measureSharpness(fine, "higher").sharpness ?? 1) < 0.02);
    const check = checkMirage(coarse, fine);
    assert.ok(check.ok);
    assert.deepEqual([check.continuous, check.evaluations, check.label], [1, 8, null]);
  });

  it("says why it cannot tell", () => {
    const reasons = [
      checkMirage(everyTen(0, 0, 1), everyTen(1, 0.5, 0)),
      checkMirage(everyTen(), slope),
      checkMirage(everyTen(1, 1, 1, 1, 1, 1, 1, 1), slope),
      checkMirage(jump, everyTen(1, 1, 1, 1, 1, 1, 1, NaN)),
    ].map((check) => (check.ok ? "" : check.reason));
    assert.deepEqual(reasons, [
      "3 evaluations of both metrics, fewer than 7",
      "0 evaluations of both metrics, fewer than 7",
      "the discrete metric does not vary",
      "the continuous metric does not vary",
    ]);
  });

  it("looks past NaN and infinities of either", () => {
    const check = checkMirage(
      everyTen(0, NaN, 0, 0, 0, 0, 1, 1, 1, 1),
      everyTen(9, 8, -Infinity, 6, 5, 4, 3, 2, 1, 0),
    );
    assert.ok(check.ok && check.evaluations === 8);
  });

  it("is M3 of both where both have all steps", () => {
    forSeeds(30, (random) => {
      const one = everyTen(...Array.from({ length: 12 }, () => random()));
      const other = everyTen(...Array.from({ length: 12 }, () => random()));
      const check = checkMirage(one, other);
      assert.ok(check.ok);
      assert.equal(check.discrete, measureSharpness(one, "higher").sharpness);
      assert.equal(check.continuous, measureSharpness(other, "lower").sharpness);
    });
  });
});

describe("findDependences", () => {
  const pairs: readonly (readonly [discrete: string, continuous: string])[] = [
    ["lambada_openai/acc", "lambada_openai/perplexity"],
    ["lambada_openai@5/acc", "lambada_openai@5/ppl"],
    ["arc_easy@5/acc_norm", "arc_easy@5/brier_score"],
    ["arc_easy@5/acc_per_char", "arc_easy@5/logits_per_byte_corr"],
    ["arc_easy@5/acc_raw", "arc_easy@5/bits_per_byte_corr"],
    ["arc_easy@5/acc_uncond", "arc_easy@5/correct_prob_per_char"],
    ["gsm8k/exact_match,strict-match", "gsm8k/nll"],
    ["arc_easy:mc/accuracy,logprob_per_char", "arc_easy:mc/bpb,logprob"],
    ["piqa/acc (limit 100)", "piqa/bits_per_byte (limit 100)"],
    ["truthfulqa/mc1", "truthfulqa/mc2"],
    ["test_acc", "test_loss"],
    ["eval/accuracy", "eval/loss"],
    ["eval/downstream/piqa_val_rc_5shot_len_norm", "eval/downstream_bpb/piqa_val_rc_5shot_bpb"],
    ["eval/downstream/boolq_acc", "eval/downstream_soft_log/boolq_soft_log"],
    [
      "eval/downstream/arc_easy_test_rc_5shot (length-normalized accuracy)",
      "eval/downstream/arc_easy_test_rc_5shot (BPB v2)",
    ],
  ];
  for (const [discrete, continuous] of pairs) {
    it(`pairs ${discrete} with ${continuous}`, () => {
      assert.deepEqual(findDependences([continuous, discrete]), [{ discrete, continuous }]);
    });
  }

  const apart: readonly (readonly [string, string])[] = [
    // Other tasks, other shots, other splits, another part of the items.
    ["arc_easy/acc", "arc_challenge/bpb"],
    ["arc_easy@5/acc", "arc_easy/bpb"],
    ["test_acc", "train_loss"],
    ["piqa/acc", "piqa/bpb (limit 100)"],
    // No task in the name.
    ["acc", "loss"],
    // Both discrete, both continuous, neither.
    ["arc_easy/acc", "arc_easy/acc_norm"],
    ["lambada/ppl", "lambada/loss"],
    ["train/lr", "train/grad_norm"],
    // Words that only contain a quantity.
    ["emnlp/embed", "emnlp/lossless"],
  ];
  for (const [one, other] of apart) {
    it(`does not pair ${one} with ${other}`, () => {
      assert.deepEqual(findDependences([one, other]), []);
    });
  }

  it("gives every pair of a task", () => {
    assert.deepEqual(findDependences(["t/acc", "t/acc_norm", "t/bpb", "t/ppl", "u/acc"]), [
      { discrete: "t/acc", continuous: "t/bpb" },
      { discrete: "t/acc", continuous: "t/ppl" },
      { discrete: "t/acc_norm", continuous: "t/bpb" },
      { discrete: "t/acc_norm", continuous: "t/ppl" },
    ]);
  });
});
