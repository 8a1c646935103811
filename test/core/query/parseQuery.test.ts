import assert from "node:assert/strict";
import { nearest, parseQuery } from "../../../src/core/query/parseQuery.js";
import { BUILT_IN, formatQuery, type Query } from "../../../src/core/query/query.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const NONE: ReadonlyMap<string, Query> = new Map();

function parse(text: string, behaviours = NONE): Query {
  const parsed = parseQuery(text, behaviours);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.error.message);
  return parsed.query;
}

describe("parseQuery", () => {
  const questions: readonly [text: string, expected: Query][] = [
    [
      "test_acc >= 0.95 for 1",
      { kind: "compare", metric: "test_acc", operator: ">=", threshold: 0.95, persistence: 1 },
    ],
    [
      "lambada_openai/acc > 0.3 for 2",
      {
        kind: "compare",
        metric: "lambada_openai/acc",
        operator: ">",
        threshold: 0.3,
        persistence: 2,
      },
    ],
    [
      "train/loss < 0.1",
      { kind: "compare", metric: "train/loss", operator: "<", threshold: 0.1, persistence: 2 },
    ],
    ["a>=1", { kind: "compare", metric: "a", operator: ">=", threshold: 1, persistence: 2 }],
    [
      "acc ≥ 95%",
      { kind: "compare", metric: "acc", operator: ">=", threshold: 0.95, persistence: 2 },
    ],
    [
      "loss = -1e-3",
      { kind: "compare", metric: "loss", operator: "==", threshold: -0.001, persistence: 2 },
    ],
    [
      "loss < -inf",
      { kind: "compare", metric: "loss", operator: "<", threshold: -Infinity, persistence: 2 },
    ],
    [
      "train/CE loss < 2",
      { kind: "compare", metric: "train/CE loss", operator: "<", threshold: 2, persistence: 2 },
    ],
    [
      '"a > b" > 2',
      { kind: "compare", metric: "a > b", operator: ">", threshold: 2, persistence: 2 },
    ],
    [
      "gsm8k/exact_match,strict-match > 0.1",
      {
        kind: "compare",
        metric: "gsm8k/exact_match,strict-match",
        operator: ">",
        threshold: 0.1,
        persistence: 2,
      },
    ],
    [
      "acc reaches 90% of range for 3",
      { kind: "reaches", metric: "acc", fraction: 0.9, persistence: 3 },
    ],
    ["acc above baseline", { kind: "above-baseline", metric: "acc", persistence: 2 }],
    ["acc above chance for 1", { kind: "above-chance", metric: "acc", persistence: 1 }],
    ["first nan(loss)", { kind: "first-nan", metric: "loss" }],
    ["spike( train/loss )", { kind: "spike", metric: "train/loss" }],
    [
      "grokking(train_acc, test_acc) for 1",
      { kind: "grokking", train: "train_acc", heldOut: "test_acc", persistence: 1 },
    ],
  ];
  for (const [text, expected] of questions) {
    it(`understands ${text}`, () => {
      assert.deepEqual(parse(text), expected);
    });

    it(`writes ${text} so that it means the same`, () => {
      assert.deepEqual(parse(formatQuery(expected)), expected, formatQuery(expected));
    });
  }

  const wrong: readonly [text: string, offset: number, message: RegExp][] = [
    ["", 0, /expected a metric/],
    ["acc >", 5, /expected a number/],
    ["acc > x", 6, /expected a number/],
    ["acc > 1 for 0", 12, /whole number/],
    ["acc > 1 for 1.5", 12, /whole number/],
    ["acc > 1 please", 8, /expected the end/],
    ["acc reaches 90", 14, /%/],
    ["acc reaches 200% of range", 16, /up to 100/],
    ["acc above all", 10, /baseline or chance/],
    ['"acc > 1', 0, /closing/],
    ["grokking(a)", 10, /","/],
    ["> 1", 0, /expected a metric/],
  ];
  for (const [text, offset, message] of wrong) {
    it(`says where ${JSON.stringify(text)} is wrong`, () => {
      const parsed = parseQuery(text, NONE);
      assert.ok(!parsed.ok);
      assert.match(parsed.error.message, message);
      assert.equal(parsed.error.offset, offset);
    });
  }

  it("knows the built-in behaviours, and saved ones before them", () => {
    for (const [name, query] of BUILT_IN) assert.deepEqual(parse(name), query);
    const saved = parse("acc > 1");
    assert.equal(parse("mine", new Map([["mine", saved]])), saved);
    assert.equal(parse("grokking", new Map([["grokking", saved]])), saved);
  });

  it("suggests the nearest name for one that is not known", () => {
    const parsed = parseQuery("groking", NONE);
    assert.ok(!parsed.ok && parsed.error.message.includes('"grokking"'));
    assert.equal(nearest("test_ac", ["train_loss", "test_acc"]), "test_acc");
    assert.equal(nearest("xyz", ["train_loss"]), null);
  });

  it("writes every question so that it means the same, for random metrics and numbers", () => {
    forSeeds(500, (random) => {
      const letters = [
        "a",
        "acc",
        "/",
        " ",
        ",",
        "=",
        ">",
        '"',
        "'",
        "\\",
        "(",
        ")",
        "@5",
        "é",
        "for",
        " above ",
        "-",
      ];
      const metric = (): string => {
        const text = Array.from(
          { length: wholeNumber(random, 1, 5) },
          () => letters[wholeNumber(random, 0, letters.length - 1)],
        ).join("");
        return text.trim() === "" || text !== text.trim() ? "m" : text;
      };
      const persistence = wholeNumber(random, 1, 5);
      const queries: Query[] = [
        {
          kind: "compare",
          metric: metric(),
          operator: ">=",
          threshold: random() * 10 ** wholeNumber(random, -9, 25),
          persistence,
        },
        {
          kind: "reaches",
          metric: metric(),
          fraction: wholeNumber(random, 1, 100) / 100,
          persistence,
        },
        { kind: "above-chance", metric: metric(), persistence },
        { kind: "first-nan", metric: metric() },
        { kind: "grokking", train: metric(), heldOut: metric(), persistence },
      ];
      for (const query of queries)
        assert.deepEqual(parse(formatQuery(query)), query, formatQuery(query));
    });
  });

  it("writes shares of the range as people do", () => {
    const query: Query = { kind: "reaches", metric: "acc", fraction: 0.07, persistence: 2 };
    assert.equal(formatQuery(query), "acc reaches 7% of range");
  });

  it("ends for every text", () => {
    forSeeds(500, (random) => {
      const pieces = [
        "acc",
        ">",
        "<=",
        "for",
        "2",
        "%",
        "(",
        ")",
        '"',
        "reaches",
        "above",
        "chance",
        "first nan(",
        "grokking(",
        ",",
        " ",
        "inf",
        "\\",
      ];
      const text = Array.from(
        { length: wholeNumber(random, 0, 8) },
        () => pieces[wholeNumber(random, 0, pieces.length - 1)],
      ).join("");
      const parsed = parseQuery(text, NONE);
      if (!parsed.ok)
        assert.ok(parsed.error.offset >= 0 && parsed.error.offset <= text.length, text);
    });
  });
});
