import assert from "node:assert/strict";
import { completeQuery, type Vocabulary } from "../../../src/core/query/completeQuery.js";
import { parseQuery } from "../../../src/core/query/parseQuery.js";
import { behavioursNamed } from "../../support/questions.js";

const VOCABULARY: Vocabulary = {
  metrics: ["train/loss", "held_out/acc", "lm loss", "a, b"],
  tasks: ["held_out"],
  keys: ["lr", "weight_decay"],
  isWhole: true,
};
const BEHAVIOURS = behavioursNamed({ generalises: "held_out/acc > 0.9" });

/** Labels at the bar in the text. */
function at(text: string): string[] {
  const offset = text.indexOf("|");
  return completeQuery(text.replace("|", ""), offset, BEHAVIOURS, VOCABULARY).map(
    ({ label }) => label,
  );
}

describe("completeQuery", () => {
  const cases: readonly [text: string, has: readonly string[], not: readonly string[]][] = [
    ["|", ["train/loss", "generalises", "share of", "lost(", "mean("], ["lr", ">", "chance"]],
    ["held|", ["held_out/acc"], ["train/loss", "generalises"]],
    ["acc |", [">", "reaches", "above", "-"], ["train/loss", "generalises"]],
    ["held_out/acc > |", ["train/loss", "mean("], ["generalises", "lost("]],
    ["held_out/acc > 0.9 |", ["for", "after", "by"], [">"]],
    ["held_out/acc > 0.9 for 2 |", ["after", "by"], ["for"]],
    ["acc above |", ["baseline", "chance"], ["held_out/acc"]],
    ["acc reaches 50% |", ["of"], ["for"]],
    ["spike(|", ["train/loss"], ["generalises"]],
    ["grokking(train/loss, |", ["held_out/acc"], ["generalises"]],
    ["changepoint(train/loss, |", ["slope", "largest", "up"], ["train/loss"]],
    ["lost(|", ["generalises", "train/loss"], ["share of"]],
    ["acc > 1 by 10k |", ["tokens", "epochs"], ["train/loss"]],
    ["acc > 1 after |", ["generalises"], []],
    ["share of |", ["seeds", "runs"], ["generalises"]],
    ["share of seeds with |", ["generalises", "train/loss"], ["share of"]],
    ["order of generalises, |", ["generalises", "grokking"], []],
    ["lag of generalises |", ["to"], ["for"]],
    ["survival of generalises over |", ["lr", "weight_decay"], ["train/loss"]],
    ["correct(|", ["held_out"], ["held_out/acc"]],
    ['"lm|', ["lm loss"], ["train/loss"]],
    ["mean(train/loss) |", ["over"], [">"]],
  ];
  for (const [text, has, not] of cases) {
    it(`knows what can follow ${text}`, () => {
      const labels = at(text);
      for (const label of has) assert.ok(labels.includes(label), `${label} in ${labels.join(" ")}`);
      for (const label of not) assert.ok(!labels.includes(label), `no ${label}`);
    });
  }

  it("puts names in quotes where they need them, over the whole word that is there", () => {
    const text = "train/lo > 1";
    const [first] = completeQuery(text, 5, BEHAVIOURS, VOCABULARY);
    assert.deepEqual([first?.insert, first?.start, first?.end], ["train/loss", 0, 8]);
    const found = completeQuery("a,", 1, BEHAVIOURS, VOCABULARY).find(
      ({ label }) => label === "a, b",
    );
    assert.equal(found?.insert, '"a, b"');
  });

  it("offers only what can be read on, for every beginning of a question", () => {
    const question =
      'mean(train/loss) over last 5 - "lm loss" < 0.1 for 3 after generalises by 10k tokens';
    for (let end = 0; end <= question.length; end++) {
      const text = question.slice(0, end);
      for (const { insert, start } of completeQuery(text, end, BEHAVIOURS, VOCABULARY)) {
        const parsed = parseQuery(`${text.slice(0, start)}${insert}`, BEHAVIOURS);
        if (!parsed.ok) assert.ok(parsed.error.offset >= start, `${text} + ${insert}`);
      }
    }
  });

  it("has nothing to say behind an error", () => {
    assert.deepEqual(at("acc > > |"), []);
  });
});
