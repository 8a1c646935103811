import assert from "node:assert/strict";
import { keyAt, type ConfigLanguage } from "../../../src/core/formats/keyAt.js";

/** The key at the `|` in a text. */
function at(language: ConfigLanguage, marked: string): unknown {
  const offset = marked.indexOf("|");
  const text = marked.replace("|", "");
  const found = keyAt(text, language, offset);
  return found && [found.key, found.value, text.slice(found.start, found.end)];
}

describe("keyAt", () => {
  const cases: readonly [language: ConfigLanguage, text: string, expected: unknown][] = [
    ["yaml", "lr: 0.1\nweight_de|cay: 1.0\n", ["weight_decay", 1, "weight_decay"]],
    ["yaml", "weight_decay: 1|.0\n", ["weight_decay", 1, "weight_decay"]],
    ["yaml", "optimizer:\n  l|r: 0.1\n", ["optimizer.lr", 0.1, "lr"]],
    ["yaml", "# com|ment\nlr: 0.1\n", null],
    ["json", '{"optimizer": {"l|r": 0.1}}', ["optimizer.lr", 0.1, '"lr"']],
    ["json", '{"lr": 0|.1}', ["lr", 0.1, '"lr"']],
    ["toml", "[optimizer]\nl|r = 0.1\n", ["optimizer.lr", 0.1, "lr"]],
    ["toml", "lr = 0.|1\n", ["lr", 0.1, "lr"]],
    ["toml", "# no|te\n", null],
    ["yaml", "a: 1\n---\nopt:\n  l|r: 1_000\n", ["opt.lr", 1000, "lr"]],
    ["yaml", "- lr=0.1\n- +trainer.se|ed=3\n", ["trainer.seed", 3, "trainer.seed"]],
    ["yaml", "- ~mo|del\n", null],
    ["yaml", "_wandb:\n  value: {}\nlr:\n  va|lue: 0.1\n", ["lr", 0.1, "lr"]],
    ["yaml", "_wandb:\n  value: {}\nl|r:\n  value: 0.1\n", ["lr", 0.1, "lr"]],
    ["yaml", "_wandb:\n  value: {}\nnet:\n  value:\n    di|m: 5\n", ["net.dim", 5, "dim"]],
    ["toml", "[[layers]]\ndi|m = 1\n", null],
    ["toml", "[a.b] # note\n'l|r' = 0.1\n", ["a.b.lr", 0.1, "'lr'"]],
    ["json", '{"layers": [{"di|m": 1}]}', null],
  ];
  for (const [language, text, expected] of cases) {
    it(`finds ${JSON.stringify(expected)} in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(at(language, text), expected);
    });
  }

  it("has nothing to say of texts that do not parse, at any position", () => {
    for (const language of ["yaml", "json", "toml"] as const) {
      for (const text of ["", "{", "a: [", "= 1", ": :", "[[["]) {
        for (let offset = 0; offset <= text.length; offset++) {
          assert.doesNotThrow(() => keyAt(text, language, offset));
        }
      }
    }
  });

  it("has nothing to say of texts that are nested very deeply", () => {
    for (const language of ["yaml", "json", "toml"] as const) {
      for (const text of [`a: ${"[".repeat(20_000)}`, `{"a": ${"{".repeat(20_000)}`]) {
        assert.equal(keyAt(text, language, 0), null);
      }
    }
  });
});
