import assert from "node:assert/strict";
import { nestsTooDeeply } from "../../../src/core/formats/nesting.js";

describe("nestsTooDeeply", () => {
  const cases: readonly [what: string, text: string, expected: boolean][] = [
    ["an ordinary text", '{"a": [1, {"b": 2}]}', false],
    ["500 levels", "[".repeat(500), false],
    ["501 levels", "[".repeat(501), true],
    ["many lists one behind the other", "[],".repeat(10_000), false],
    ["closing brackets without opening ones", "]".repeat(10_000), false],
    ["a list in a list on one line of YAML", "- ".repeat(600), true],
    ["a table's ruler and wide gaps", `${"-   ".repeat(400)}x\n${"-".repeat(5000)}`, false],
    ["a line that is indented very far", `a:\n${" ".repeat(1000)}b: 1`, true],
    ["an empty line of spaces", `a: 1\n${" ".repeat(5000)}\n`, false],
  ];
  for (const [what, text, expected] of cases) {
    it(`is ${expected} for ${what}`, () => {
      assert.equal(nestsTooDeeply(text), expected);
    });
  }
});
