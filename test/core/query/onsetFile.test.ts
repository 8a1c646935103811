import assert from "node:assert/strict";
import {
  behavioursOf,
  evaluationRule,
  metricSettings,
  parseOnsetFile,
} from "../../../src/core/query/onsetFile.js";
import { withBehaviour, withPinned } from "../../../src/core/query/withBehaviour.js";

const parse = (text: string): ReturnType<typeof parseOnsetFile> =>
  parseOnsetFile(text, "/w/onset.json");

describe("parseOnsetFile", () => {
  it("reads behaviours and what is known of metrics, with comments and trailing commas", () => {
    const file = parse(`{
      // behaviours
      "behaviours": {
        "generalises": { "when": "acc > 0.9", "note": "at last" },
        "short": "loss < 1",
        "again": "generalises",
      },
      "metrics": { "*/acc": { "direction": "higher", "chance": 0.25, "items": 100 } },
    }`);
    assert.deepEqual(file.problems, []);
    assert.deepEqual([...file.behaviours.keys()], ["generalises", "short", "again"]);
    assert.equal(file.behaviours.get("generalises")?.note, "at last");
    assert.deepEqual(
      file.behaviours.get("again")?.predicate,
      file.behaviours.get("generalises")?.predicate,
    );
    assert.deepEqual(metricSettings(file, "piqa/acc"), {
      direction: "higher",
      chance: 0.25,
      items: 100,
    });
    assert.equal(metricSettings(file, "piqa/acc_norm"), null);
  });

  it("keeps what is right and says in which line the rest is wrong", () => {
    const file = parse(
      '{"behaviours": {\n"good": "acc > 1",\n"bad": "acc >",\n"worse": 5\n},\n"metrics": {"a": {"direction": "up"}, "b": {"chance": 2}}}',
    );
    assert.deepEqual([...file.behaviours.keys()], ["good"]);
    assert.deepEqual(
      file.problems.map(({ code, line }) => [code, line]),
      [
        ["onset-file/bad-question", 3],
        ["onset-file/no-when", 4],
        ["onset-file/bad-metric", 6],
        ["onset-file/bad-metric", 6],
      ],
    );
  });

  it("lets behaviours name one another in any order, and refuses one that comes back to itself", () => {
    const file = parse(
      JSON.stringify({
        behaviours: {
          forgets: "lost(generalises)",
          generalises: "acc > 0.9",
          itself: "lost(itself)",
          hen: "lost(egg)",
          egg: "acc > 1 after hen",
        },
      }),
    );
    assert.deepEqual([...file.behaviours.keys()], ["forgets", "generalises"]);
    assert.deepEqual(
      file.problems.map(({ message }) => /names itself: (.*)$/.exec(message)?.[1]),
      ["itself → itself", "hen → egg → hen", "hen → egg → hen"],
    );
  });

  it("reads what is expected, the direction and the axis, and says which of them mean nothing", () => {
    const file = parse(
      JSON.stringify({
        behaviours: {
          good: { when: "a > 1", expect: "by 10k tokens", direction: "lower", axis: "tokens" },
          bad: { when: "a > 1", expect: "soon", direction: "up", axis: "moons" },
        },
      }),
    );
    const { expectation, direction, axis } = file.behaviours.get("good") ?? {};
    assert.deepEqual(expectation, { kind: "by", point: { value: 10_000, axis: "tokens" } });
    assert.deepEqual([direction, axis], ["lower", "tokens"]);
    assert.equal(file.behaviours.get("bad")?.expectation, null);
    assert.deepEqual(
      file.problems.map(({ message }) => /: (\w+) of/.exec(message)?.[1]),
      ["expect", "direction", "axis"],
    );
  });

  it("places names of a question in the file, whatever is escaped", () => {
    const text = '{"behaviours": {"b": "\\"a \\u00e9\\" > c + acc"}}';
    const place = parse(text).behaviours.get("b")?.place;
    assert.ok(place);
    assert.deepEqual(
      place.mentions.map(({ name, start, end }) => [name, text.slice(start, end)]),
      [
        ["a é", '\\"a \\u00e9\\"'],
        ["c", "c"],
        ["acc", "acc"],
      ],
    );
    assert.equal(text.slice(place.start, place.end), '"b"');
  });

  it("refuses a behaviour that asks about several runs", () => {
    const file = parse('{"behaviours": {"s": "order of grokking, loss spike"}}');
    assert.equal(file.behaviours.size, 0);
    assert.match(file.problems[0]?.message ?? "", /several runs/);
  });

  it("reads ten thousand behaviours", () => {
    const behaviours = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [`b ${i}`, i === 0 ? "a > 1" : `lost(b ${i % 50})`]),
    );
    const file = parse(JSON.stringify({ behaviours }));
    assert.equal(file.behaviours.size + file.problems.length, 10_000);
  });

  it("reads whose evaluations are, the first that fits counts", () => {
    const file = parse(`{"evaluations": {
      "evals/a_*": "runs/a",
      "evals/": "runs/b",
      "o/*": null,
      "bad": 5
    }}`);
    const run = (path: string, ...models: string[]): string | null | undefined =>
      evaluationRule(file, path, models)?.run;
    assert.equal(run("evals/a_1.json"), "runs/a");
    assert.equal(run("evals/deep/c.json"), "runs/b");
    assert.equal(run("other/c.json", "o/m-step5", "o/m"), null);
    assert.equal(run("other/c.json", "p/m"), undefined);
    assert.deepEqual(
      file.problems.map(({ code, line }) => [code, line]),
      [["onset-file/bad-evaluations", 5]],
    );
  });

  it("reads pinned sets of metrics, and says which are none", () => {
    const file = parse(`{"pinned": {
      "accuracies": ["eval/*acc*", "train/acc"],
      "__proto__": ["loss"],
      "mixed": ["a", 5],
      "bad": "a"
    }}`);
    assert.deepEqual(
      [...file.pinned],
      [
        ["accuracies", ["eval/*acc*", "train/acc"]],
        ["__proto__", ["loss"]],
        ["mixed", ["a"]],
        ["bad", []],
      ],
    );
    assert.deepEqual(
      file.problems.map(({ code, line }) => [code, line]),
      [
        ["onset-file/bad-pinned", 4],
        ["onset-file/bad-pinned", 5],
      ],
    );
  });

  it("gets a pinned set beside what is there", () => {
    const text = withPinned('{\n  // mine\n  "metrics": {}\n}\n', "both", ["a/*", "b"]);
    assert.ok(text.includes("// mine"));
    assert.deepEqual([...parse(text).pinned], [["both", ["a/*", "b"]]]);
    assert.deepEqual([...parse(withPinned("", "one", ["a"])).pinned], [["one", ["a"]]]);
  });

  for (const text of ["", "{", "[]", "5", '{"behaviours": []}', "\u0000", "[".repeat(20_000)]) {
    it(`survives ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.equal(parse(text).behaviours.size, 0);
    });
  }

  it("takes behaviours and metrics named like properties of every object", () => {
    const file = parse('{"behaviours": {"__proto__": "a > 1", "constructor": "b > 1"}}');
    assert.deepEqual([...file.behaviours.keys()], ["__proto__", "constructor"]);
    assert.equal(metricSettings(file, "constructor"), null);
  });

  it("lets a saved behaviour replace a built-in one", () => {
    const all = behavioursOf(parse('{"behaviours": {"grokking": "test_acc > 0.5"}}'));
    assert.equal(all.get("grokking")?.predicate.condition.kind, "compare");
    assert.equal(all.get("loss spike")?.predicate.condition.kind, "spike");
  });
});

describe("withBehaviour", () => {
  it("makes a file where there is none", () => {
    const file = parse(withBehaviour("", "fits", "loss < 1", null));
    assert.equal(file.behaviours.get("fits")?.when, "loss < 1");
  });

  it("leaves comments, other behaviours and line ends as they are", () => {
    const text = '{\r\n  // mine\r\n  "behaviours": {\r\n    "a": "a > 1"\r\n  }\r\n}\r\n';
    const changed = withBehaviour(text, "b", "b > 1", "new");
    assert.ok(changed.includes("// mine"));
    assert.deepEqual([...parse(changed).behaviours.keys()], ["a", "b"]);
    assert.equal(parse(changed).behaviours.get("b")?.note, "new");
    assert.ok(!/[^\r]\n/.test(changed), "line ends stay CRLF");
  });

  it("replaces a behaviour of the same name", () => {
    const text = withBehaviour(withBehaviour("", "a", "a > 1", "old"), "a", "a > 2", null);
    const { behaviours } = parse(text);
    assert.deepEqual([behaviours.size, behaviours.get("a")?.when], [1, "a > 2"]);
  });
});
