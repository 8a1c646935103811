import assert from "node:assert/strict";
import {
  findPairs,
  guessDirection,
  guessKind,
  isAccuracy,
  isJudged,
  isLoss,
  stderrOf,
} from "../../../src/core/model/metric.js";

describe("guessDirection", () => {
  for (const metric of [
    "loss",
    "train_loss",
    "eval/val_loss",
    "wikitext/word_perplexity",
    "ppl",
    "error",
    "bits_per_byte",
    "paloma/bpb",
    "wer",
    "train/CrossEntropyLoss",
  ]) {
    it(`is lower for ${metric}`, () => {
      assert.equal(guessDirection(metric), "lower");
    });
  }
  for (const metric of [
    "acc",
    "piqa/acc_norm",
    "f1",
    "reward",
    "gsm8k/exact_match,strict-match",
    "learning_rate",
  ]) {
    it(`is higher for ${metric}`, () => {
      assert.equal(guessDirection(metric), "higher");
    });
  }
});

describe("isJudged", () => {
  it("is false for metrics of which neither way is better", () => {
    assert.deepEqual(["weight_norm", "learning_rate", "epoch", "grad_norm"].map(isJudged), [
      false,
      false,
      false,
      false,
    ]);
    assert.deepEqual(["train/acc", "loss", "rougeL"].map(isJudged), [true, true, true]);
  });
});

describe("guessKind", () => {
  it("calls metrics of held-out data evaluations", () => {
    assert.deepEqual(
      ["test_acc", "eval_loss", "val/loss", "held_out/acc", "validation-loss"].map(guessKind),
      new Array(5).fill("evaluation"),
    );
    assert.deepEqual(
      ["train_acc", "loss", "latest_value", "contest/acc", "retrieval/x"].map(guessKind),
      new Array(5).fill("training"),
    );
  });
});

describe("findPairs", () => {
  const pairs: readonly [metrics: string[], expected: [string, string][]][] = [
    [["train_acc", "test_acc"], [["train_acc", "test_acc"]]],
    [
      ["train/loss", "held_out/loss", "train/acc", "held_out/acc"],
      [
        ["train/loss", "held_out/loss"],
        ["train/acc", "held_out/acc"],
      ],
    ],
    [["loss", "eval_loss"], [["loss", "eval_loss"]]],
    [["loss", "train_loss", "val_loss"], [["train_loss", "val_loss"]]],
    [["train_acc", "test_loss"], []],
    [["train/norm", "test/norm"], []],
    [[], []],
  ];
  for (const [metrics, expected] of pairs) {
    it(`of ${metrics.join(", ")} are ${expected.map((pair) => pair.join(" with ")).join(", ")}`, () => {
      assert.deepEqual(
        findPairs(metrics).map(({ train, heldOut }) => [train, heldOut]),
        expected,
      );
    });
  }
});

describe("isAccuracy, isLoss and stderrOf", () => {
  it("tell by whole words", () => {
    assert.deepEqual(
      ["acc", "test_accuracy", "a/exact_match", "account", "accel"].map(isAccuracy),
      [true, true, true, false, false],
    );
    assert.deepEqual(["loss", "CE loss", "trainLoss", "lossy", "nll"].map(isLoss), [
      true,
      true,
      true,
      false,
      true,
    ]);
  });

  it("know a standard error's metric, with and without a filter", () => {
    assert.deepEqual(["acc_stderr", "acc_stderr,none", "acc"].map(stderrOf), [
      "acc",
      "acc,none",
      null,
    ]);
  });
});
