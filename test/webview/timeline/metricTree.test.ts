import assert from "node:assert/strict";
import { chosenBy, matcher, metricTree } from "../../../webview/timeline/metricTree.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const METRICS = ["eval/a/acc", "eval/b/acc", "eval/b/loss", "train/loss", "lr"];

describe("metricTree", () => {
  it("has a branch per part of the names, joined where nothing branches off", () => {
    const tree = metricTree(METRICS);
    assert.deepEqual(
      tree.map(({ label }) => label),
      ["eval", "train/loss", "lr"],
    );
    const [evals] = tree;
    assert.deepEqual(
      evals?.children.map(({ label }) => label),
      ["a/acc", "b"],
    );
    assert.deepEqual(evals.metrics, METRICS.slice(0, 3));
    assert.deepEqual(
      evals.children[1]?.children.map(({ metric }) => metric),
      METRICS.slice(1, 3),
    );
  });

  it("holds every metric once, also one that is the folder of others, and odd names", () => {
    const names = ["a", "a/b", "a/b/c", "/", "__proto__", "__proto__/x", "<img src=x>"];
    const all = metricTree(names).flatMap(({ metrics }) => metrics);
    assert.deepEqual([...all].sort(), [...names].sort());
  });
});

describe("matcher and chosenBy", () => {
  it("take words anywhere, and patterns whole", () => {
    assert.deepEqual(METRICS.filter(matcher("LOSS")), ["eval/b/loss", "train/loss"]);
    assert.deepEqual(METRICS.filter(matcher("eval/*acc*")), ["eval/a/acc", "eval/b/acc"]);
    assert.deepEqual(METRICS.filter(matcher("l?")), ["lr"]);
    assert.deepEqual(METRICS.filter(matcher("")), METRICS);
    assert.deepEqual(chosenBy(["lr", "eval/*/loss"], METRICS), ["eval/b/loss", "lr"]);
    assert.deepEqual(chosenBy(["(", "[a"], METRICS), []);
  });

  it("fit as a regular expression would, and end on patterns made to be slow", () => {
    forSeeds(300, (random) => {
      const text = (signs: string): string =>
        Array.from(
          { length: wholeNumber(random, 0, 6) },
          () => signs[wholeNumber(random, 0, signs.length - 1)],
        ).join("");
      const [pattern, name] = [text("ab*?"), text("ab")];
      const expected = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(
        name,
      );
      assert.equal(chosenBy([pattern], [name]).length === 1, expected, `${pattern} on ${name}`);
    });
    assert.deepEqual(chosenBy([`${"a*".repeat(2000)}b`], ["a".repeat(5000)]), []);
  });
});
