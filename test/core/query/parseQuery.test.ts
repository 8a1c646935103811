import assert from "node:assert/strict";
import { BehaviourNames } from "../../../src/core/query/behaviourNames.js";
import { formatQuery } from "../../../src/core/query/formatQuery.js";
import { parseQuery } from "../../../src/core/query/parseQuery.js";
import {
  BUILT_IN,
  metricsOf,
  predicateOf,
  tasksOf,
  type Expression,
  type Query,
} from "../../../src/core/query/query.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import {
  behavioursNamed,
  comparison,
  metric,
  number,
  predicateIn,
  queryIn,
} from "../../support/questions.js";

const NONE = new BehaviourNames();
const SAVED = behavioursNamed({
  generalises: "held_out/acc > 0.9",
  "learns to add": "add/acc > 0.5 for 3",
  "learns to add by heart": "train/acc > 0.99",
});

const acc = comparison("acc", ">", 0.9);
const plus = (left: Expression, right: Expression): Expression => {
  return { kind: "arithmetic", sign: "+", left, right };
};
const times = (left: Expression, right: Expression): Expression => {
  return { kind: "arithmetic", sign: "*", left, right };
};
const overLast = (name: string, last: number): Expression => {
  return { kind: "over", reduce: "mean", of: metric(name), last };
};

describe("parseQuery", () => {
  const questions: readonly [text: string, expected: Query][] = [
    ["test_acc >= 0.95 for 1", comparison("test_acc", ">=", 0.95, 1)],
    ["lambada_openai/acc > 0.3 for 2", comparison("lambada_openai/acc", ">", 0.3)],
    ["train/loss < 0.1", comparison("train/loss", "<", 0.1)],
    ["a>=1", comparison("a", ">=", 1)],
    ["acc ≥ 95%", comparison("acc", ">=", 0.95)],
    ["acc > 12.3%", comparison("acc", ">", 0.123)],
    ["loss = -1e-3", comparison("loss", "==", -0.001)],
    ["loss < -inf", comparison("loss", "<", -Infinity)],
    ["tokens > 2.01B", comparison("tokens", ">", 2_010_000_000)],
    ["train/CE loss < 2", comparison("train/CE loss", "<", 2)],
    ["layer 3 norm < 2", comparison("layer 3 norm", "<", 2)],
    ['"a > b" > 2', comparison("a > b", ">", 2)],
    [
      "gsm8k/exact_match,strict-match > 0.1",
      comparison("gsm8k/exact_match,strict-match", ">", 0.1),
    ],
    ["0.9 < acc", comparison(number(0.9), "<", metric("acc"))],
    ["a > b for 3", comparison("a", ">", metric("b"), 3)],
    ["a + b * 2 > 1", comparison(plus(metric("a"), times(metric("b"), number(2))), ">", 1)],
    ["(a + b) * 2 > 1", comparison(times(plus(metric("a"), metric("b")), number(2)), ">", 1)],
    [
      "held-out/acc - train/acc > -0.1",
      comparison(
        { kind: "arithmetic", sign: "-", left: metric("held-out/acc"), right: metric("train/acc") },
        ">",
        -0.1,
      ),
    ],
    ["mean(loss) over last 5 < 2", comparison(overLast("loss", 5), "<", 2)],
    [
      "abs(a - b) < 0.1",
      comparison(
        {
          kind: "function",
          name: "abs",
          of: { kind: "arithmetic", sign: "-", left: metric("a"), right: metric("b") },
        },
        "<",
        0.1,
      ),
    ],
    [
      "correct(held_out) > 0.5",
      comparison({ kind: "examples", share: "correct", task: "held_out" }, ">", 0.5),
    ],
    [
      "acc reaches 90% of range for 3",
      predicateOf({ kind: "reaches", of: metric("acc"), fraction: 0.9 }, 3),
    ],
    ["acc above baseline", predicateOf({ kind: "above-baseline", of: metric("acc") })],
    ["acc above chance for 1", predicateOf({ kind: "above-chance", of: metric("acc") }, 1)],
    ["first nan(loss)", predicateOf({ kind: "non-finite", metric: "loss" })],
    ["spike( train/loss )", predicateOf({ kind: "spike", metric: "train/loss" })],
    [
      "grokking(train_acc, test_acc) for 1",
      predicateOf({ kind: "grokking", pair: { train: "train_acc", heldOut: "test_acc" } }, 1),
    ],
    [
      "icl(loss_500,loss_50)",
      predicateOf({ kind: "icl", late: "loss_500", early: "loss_50", prefixMatching: null }),
    ],
    [
      "icl(late, early, prefix)",
      predicateOf({ kind: "icl", late: "late", early: "early", prefixMatching: "prefix" }),
    ],
    [
      "changepoint(loss, slope, largest, down)",
      predicateOf({
        kind: "change-point",
        of: metric("loss"),
        cost: "slope",
        which: "largest",
        direction: "down",
      }),
    ],
    ["peak(a + b)", predicateOf({ kind: "peak", of: plus(metric("a"), metric("b")) })],
    ["lost(acc > 0.9)", predicateOf({ kind: "lost", of: acc })],
    ["lost(acc > 0.9 for 3)", predicateOf({ kind: "lost", of: { ...acc, persistence: 3 } })],
    ["acc > 0.9 by 3000", { ...acc, by: { value: 3000, axis: "step" } }],
    ["acc > 0.9 by step 3k", { ...acc, by: { value: 3000, axis: "step" } }],
    ["acc > 0.9 by 1,250", { ...acc, by: { value: 1250, axis: "step" } }],
    ["acc > 0.9 by 10k tokens", { ...acc, by: { value: 10_000, axis: "tokens" } }],
    ["acc > 0.9 by 1.5e20 flops", { ...acc, by: { value: 1.5e20, axis: "flops" } }],
    ["acc > 0.9 by 1 epoch", { ...acc, by: { value: 1, axis: "epochs" } }],
    [
      "acc > 0.9 for 1 after 1000 by 2000",
      {
        ...acc,
        persistence: 1,
        after: { value: 1000, axis: "step" },
        by: { value: 2000, axis: "step" },
      },
    ],
    ["acc > 0.9 after (train < 1)", { ...acc, after: comparison("train", "<", 1) }],
    ["(acc > 0.9)", acc],
    ["((acc > 0.9) by 5)", { ...acc, by: { value: 5, axis: "step" } }],
    [
      "share of seeds with acc > 0.9 by 10k tokens",
      {
        kind: "share",
        of: { name: null, predicate: acc },
        over: "seeds",
        by: { value: 10_000, axis: "tokens" },
      },
    ],
    [
      "order of acc > 0.9, (b < 1 for 3)",
      {
        kind: "order",
        of: [
          { name: null, predicate: acc },
          { name: null, predicate: comparison("b", "<", 1, 3) },
        ],
      },
    ],
    [
      "lag of acc > 0.9 to b < 1",
      {
        kind: "lag",
        from: { name: null, predicate: acc },
        to: { name: null, predicate: comparison("b", "<", 1) },
      },
    ],
    [
      "survival of acc > 0.9 over optimizer.weight_decay",
      {
        kind: "survival",
        of: { name: null, predicate: acc },
        key: "optimizer.weight_decay",
      },
    ],
  ];
  for (const [text, expected] of questions) {
    it(`understands ${text}`, () => {
      assert.deepEqual(queryIn(text), expected);
    });

    it(`writes ${text} so that it means the same`, () => {
      assert.deepEqual(queryIn(formatQuery(expected)), expected, formatQuery(expected));
    });
  }

  const wrong: readonly [text: string, offset: number, message: RegExp][] = [
    ["", 0, /expected a metric/],
    ["acc >", 5, /expected a metric/],
    ["acc > 1 for 0", 12, /whole number/],
    ["acc > 1 for 1.5", 12, /whole number/],
    ["acc > 1 please", 8, /expected the end/],
    ["acc reaches 90", 14, /%/],
    ["acc reaches 200% of range", 12, /up to 100/],
    ["acc above all", 10, /baseline, chance/],
    ['"acc > 1', 0, /closing/],
    ["grokking(a)", 10, /","/],
    ["> 1", 0, /expected a metric/],
    ["acc ! 1", 4, /"=" behind/],
    ["acc > 1 by", 10, /a step/],
    ["acc > 1 by 3 parsecs", 13, /step, tokens/],
    ["acc > 1 after", 13, /a step, a behaviour/],
    ["spike(loss) for 3", 12, /no number of evaluations/],
    ["generalises for 3", 12, /its own number of evaluations/],
    ["share of seeds with acc > 1", 27, /expected by/],
    ["share of models with acc > 1 by 5", 9, /seeds, runs/],
    ["order of acc > 1", 16, /another behaviour/],
    ["lag of acc > 1", 14, /expected to/],
    ["changepoint(acc, sideways)", 17, /mean, slope/],
    ["mean(acc) > 1", 10, /expected over/],
    ["meen(acc) over last 3 > 1", 0, /is not a function, such as mean/],
    ["(a + b > 1", 10, /"\)"/],
    ["(".repeat(80) + "a", 51, /too deeply/],
  ];
  for (const [text, offset, message] of wrong) {
    it(`says where ${JSON.stringify(text.slice(0, 40))} is wrong`, () => {
      const parsed = parseQuery(text, SAVED);
      assert.ok(!parsed.ok);
      assert.match(parsed.error.message, message);
      assert.equal(parsed.error.offset, offset);
    });
  }

  it("refuses a text without end before it reads it", () => {
    assert.ok(!parseQuery("a + ".repeat(10_000), NONE).ok);
  });

  it("knows the built-in behaviours, and saved ones before them", () => {
    for (const [name, query] of BUILT_IN) assert.deepEqual(queryIn(name), query);
    const saved = behavioursNamed({ grokking: "acc > 0.9" });
    assert.deepEqual(queryIn("grokking", saved), acc);
  });

  it("takes behaviours for parts of a question, the longest name first", () => {
    const generalises = comparison("held_out/acc", ">", 0.9);
    assert.deepEqual(queryIn("generalises by 3000", SAVED), {
      ...generalises,
      by: { value: 3000, axis: "step" },
    });
    assert.deepEqual(
      queryIn("lost(generalises)", SAVED),
      predicateOf({ kind: "lost", of: generalises }),
    );
    assert.deepEqual(queryIn("acc > 0.9 after learns to add", SAVED), {
      ...acc,
      after: comparison("add/acc", ">", 0.5, 3),
    });
    const order = queryIn("order of learns to add by heart, generalises, above chance", SAVED);
    assert.ok(order.kind === "order");
    assert.deepEqual(
      order.of.map(({ name }) => name),
      ["learns to add by heart", "generalises", "above chance"],
    );
    assert.equal(formatQuery(order), "order of learns to add by heart, generalises, above chance");
    const share = queryIn("share of seeds with generalises by 3000", SAVED);
    assert.ok(share.kind === "share");
    assert.equal(share.of.name, "generalises");
  });

  it("takes a name that is compared for a metric, whatever behaviours there are", () => {
    assert.deepEqual(queryIn("generalises > 1", SAVED), comparison("generalises", ">", 1));
    assert.deepEqual(
      queryIn("generalises reaches 50% of range", SAVED),
      predicateOf({ kind: "reaches", of: metric("generalises"), fraction: 0.5 }),
    );
  });

  it("tells which names it found where", () => {
    const text = 'mean(a) over last 3 > "b c" after generalises';
    const parsed = parseQuery(text, SAVED);
    assert.ok(parsed.ok);
    assert.deepEqual(
      parsed.mentions.map(({ kind, start, end }) => [kind, text.slice(start, end)]),
      [
        ["metric", "a"],
        ["metric", '"b c"'],
        ["behaviour", "generalises"],
      ],
    );
    assert.deepEqual(metricsOf(parsed.query), ["a", "b c", "held_out/acc"]);
    assert.deepEqual(tasksOf(queryIn("correct(x) - correct(y) > 0")), ["x", "y"]);
  });

  it("suggests the nearest behaviour for a name that is none", () => {
    const parsed = parseQuery("groking", NONE);
    assert.ok(!parsed.ok && parsed.error.message.includes('"grokking"'));
  });

  it("writes every question so that it means the same, for random metrics and numbers", () => {
    const letters = [
      ..."a acc / , = > \" ' \\ ( ) @5 é for by over last + - * 12 10k inf".split(" "),
      " ",
      " above ",
    ];
    forSeeds(500, (random) => {
      const name = (): string => {
        const text = Array.from(
          { length: wholeNumber(random, 1, 5) },
          () => letters[wholeNumber(random, 0, letters.length - 1)],
        ).join("");
        return text.trim() === "" || text !== text.trim() ? "m" : text;
      };
      const expression = (depth: number): Expression => {
        const kind = depth === 0 ? 0 : wholeNumber(random, 0, 5);
        switch (kind) {
          case 1:
            return number(random() * 10 ** wholeNumber(random, -9, 25));
          case 2:
            return { kind: "examples", share: "learned", task: name() };
          case 3:
            return {
              kind: "arithmetic",
              sign: (["+", "-", "*", "/"] as const)[wholeNumber(random, 0, 3)] ?? "+",
              left: expression(depth - 1),
              right: expression(depth - 1),
            };
          case 4:
            return { kind: "function", name: "log", of: expression(depth - 1) };
          case 5:
            return { kind: "over", reduce: "max", of: expression(depth - 1), last: 7 };
          default:
            return metric(name());
        }
      };
      const persistence = wholeNumber(random, 1, 5);
      const compared = comparison(expression(3), ">=", expression(2), persistence);
      const queries: Query[] = [
        compared,
        { ...compared, after: { value: 10, axis: "tokens" }, by: { value: 1e21, axis: "step" } },
        { ...compared, after: comparison(name(), "<", 1) },
        predicateOf(
          { kind: "reaches", of: expression(2), fraction: wholeNumber(random, 1, 100) / 100 },
          persistence,
        ),
        predicateOf({ kind: "above-chance", of: metric(name()) }),
        predicateOf({ kind: "non-finite", metric: name() }),
        predicateOf({ kind: "lost", of: compared }),
        predicateOf({ kind: "grokking", pair: { train: name(), heldOut: name() } }, persistence),
        { kind: "order", of: [compared, compared].map((predicate) => ({ name: null, predicate })) },
        { kind: "survival", of: { name: null, predicate: compared }, key: name() },
      ];
      for (const query of queries) {
        assert.deepEqual(queryIn(formatQuery(query)), query, formatQuery(query));
      }
    });
  });

  it("writes shares of the range as people do", () => {
    const query = predicateOf({ kind: "reaches", of: metric("acc"), fraction: 0.07 });
    assert.equal(formatQuery(query), "acc reaches 7% of range");
    assert.deepEqual(predicateIn("acc reaches 7% of range"), query);
  });

  it("ends for every text, with a place in it", () => {
    const pieces = [
      ...'acc > <= for 2 % ( ) " reaches above chance nan( grokking( , inf \\ + - over last mean( by'.split(
        " ",
      ),
      "share of seeds with ",
      "order of ",
      " ",
    ];
    forSeeds(2000, (random) => {
      const text = Array.from(
        { length: wholeNumber(random, 0, 10) },
        () => pieces[wholeNumber(random, 0, pieces.length - 1)],
      ).join(wholeNumber(random, 0, 1) === 0 ? "" : " ");
      const parsed = parseQuery(text, SAVED);
      if (parsed.ok)
        assert.deepEqual(queryIn(formatQuery(parsed.query), SAVED), parsed.query, text);
      else assert.ok(parsed.error.offset >= 0 && parsed.error.offset <= text.length, text);
    });
  });
});
