import assert from "node:assert/strict";
import type { ConfigLanguage } from "../../../src/core/formats/keyAt.js";
import { scalarKeys } from "../../../src/core/formats/scalarKeys.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

describe("scalarKeys", () => {
  /** Texts with a `|` where each value ends, and the keys with their values. */
  const cases: readonly [ConfigLanguage, string, readonly unknown[]][] = [
    [
      "yaml",
      "lr: 0.1|\nopt:\n  name: adam| # note\n  betas: [1, 2]\n",
      ["lr", 0.1, "opt.name", "adam"],
    ],
    ["yaml", "a: 1|\n---\nb: null|\n", ["a", 1, "b", null]],
    ["yaml", "_wandb:\n  value: {}\nlr:\n  value: 0.1|\n", ["lr", 0.1]],
    ["yaml", "- lr=0.1\n", []],
    [
      "json",
      '{"lr": 0.1|, "opt": {"name": "adam"|}, "list": [{"a": 1}]}',
      ["lr", 0.1, "opt.name", "adam"],
    ],
    ["json", '{"__proto__": 1|}', ["__proto__", 1]],
    [
      "toml",
      "lr = 0.1|\n[opt]\nname = 'adam'|\n[[layers]]\ndim = 1\n",
      ["lr", 0.1, "opt.name", "adam"],
    ],
    ["json", "[1, 2]", []],
    ["yaml", "", []],
  ];
  for (const [language, marked, expected] of cases) {
    it(`of ${JSON.stringify(marked)}`, () => {
      const parts = marked.split("|");
      const ends = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("").length);
      const found = scalarKeys(parts.join(""), language);
      assert.deepEqual(
        found.flatMap(({ key, value }) => [key, value]),
        expected,
      );
      assert.deepEqual(
        found.map(({ end }) => end),
        ends,
      );
    });
  }

  it("ends within the text, whatever that is", () => {
    const pieces = [
      "a",
      "b",
      ":",
      "{",
      "}",
      "[",
      "]",
      "\n",
      " ",
      "-",
      '"',
      "'",
      "=",
      ",",
      "1",
      "&a ",
      "*a",
    ];
    forSeeds(300, (random) => {
      const length = wholeNumber(random, 0, 40);
      const text = Array.from(
        { length },
        () => pieces[wholeNumber(random, 0, pieces.length - 1)],
      ).join("");
      for (const language of ["yaml", "json", "toml"] as const) {
        for (const { end } of scalarKeys(text, language)) assert.ok(end >= 0 && end <= text.length);
      }
    });
  });
});
