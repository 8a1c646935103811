import assert from "node:assert/strict";
import {
  behavioursOf,
  evaluationRule,
  metricSettings,
  parseOnsetFile,
} from "../../../src/core/query/onsetFile.js";
import { withBehaviour } from "../../../src/core/query/withBehaviour.js";

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
      file.behaviours.get("again")?.query,
      file.behaviours.get("generalises")?.query,
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
    assert.equal(all.get("grokking")?.kind, "compare");
    assert.equal(all.get("loss spike")?.kind, "spike");
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
