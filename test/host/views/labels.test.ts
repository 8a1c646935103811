import assert from "node:assert/strict";
import {
  commonPart,
  counted,
  shortPaths,
  without,
  withoutStart,
} from "../../../src/extension/views/labels.js";

describe("labels", () => {
  it("leave to a group what its members share", () => {
    const labels = ["wd=1 seed=0", "wd=1 seed=1"];
    assert.equal(commonPart(labels), "wd=1");
    assert.deepEqual(
      labels.map((label) => without(label, "wd=1")),
      ["seed=0", "seed=1"],
    );
    assert.equal(commonPart(["k1_s0", "k1_s1"]), "");
    assert.equal(without("wd=1", "wd=1"), "wd=1");
  });

  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [["runs"], ["runs|"]],
    [
      ["a/b/x", "a/b/y", "a/z"],
      ["x|b", "y|b", "z|"],
    ],
    [
      ["v0/eval", "v1/eval", "v1/train"],
      ["v0/eval|", "v1/eval|", "train|v1"],
    ],
    [
      ["", "a/b"],
      ["|", "b|a"],
    ],
    [
      ["a", "a/a", "b/a/a"],
      ["a|", "a/a|", "b/a/a|"],
    ],
  ];
  for (const [paths, expected] of cases) {
    it(`of ${JSON.stringify(paths)} begin with what tells them apart`, () => {
      const shown = shortPaths(paths).map(({ name, above }) => `${name}|${above}`);
      assert.deepEqual(shown, expected);
    });
  }

  const starts: readonly (readonly [readonly string[], readonly string[]])[] = [
    [
      ["pythia-410m-deduped-lr1", "pythia-410m-deduped-lr2"],
      ["…lr1", "…lr2"],
    ],
    [
      ["wd0-seed0", "wd0-seed1"],
      ["wd0-seed0", "wd0-seed1"],
    ],
    [
      ["pythia-410m-deduped-", "pythia-410m-deduped-lr2"],
      ["pythia-410m-deduped-", "pythia-410m-deduped-lr2"],
    ],
    [
      ["pythia-410m-deduped-lr1", "wd=1", "pythia-410m-deduped-lr2"],
      ["…lr1", "wd=1", "…lr2"],
    ],
    [["pythia-410m-deduped-lr1"], ["pythia-410m-deduped-lr1"]],
    [[], []],
    [
      ["", "pythia-410m-deduped-lr2"],
      ["", "pythia-410m-deduped-lr2"],
    ],
  ];
  for (const [names, expected] of starts) {
    it(`leave out a long beginning that all of ${JSON.stringify(names)} have`, () => {
      assert.deepEqual(withoutStart(names), expected);
    });
  }

  it("count in words", () => {
    assert.deepEqual(
      [0, 1, 2, 10_000].map((count) => counted(count, "run")),
      ["0 runs", "1 run", "2 runs", "10,000 runs"],
    );
  });
});
