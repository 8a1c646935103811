import assert from "node:assert/strict";
import { plainText } from "../../src/extension/plainText.js";

describe("plainText", () => {
  for (const [text, plain] of [
    ["loss", "loss"],
    ["a $(trash) b", "a ＄(trash) b"],
    ["$5 (five) $", "$5 (five) $"],
    ["[x](command:workbench.action.quit)", "[x]\u200b(command:workbench.action.quit)"],
    ["two\nlines\tand  blanks", "two lines and blanks"],
    ["kind\u202eevil", "kind\ufffdevil"],
    ["__proto__", "__proto__"],
  ] as const) {
    it(`leaves nothing for an editor to read in ${JSON.stringify(text)}`, () => {
      assert.equal(plainText(text), plain);
    });
  }
});
