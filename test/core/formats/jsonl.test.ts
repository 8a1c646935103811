import assert from "node:assert/strict";
import { jsonl } from "../../../src/core/formats/jsonl.js";
import { jsonlText } from "../../support/jsonlText.js";
import { pairsOf, pointsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, before?: WholeFile): Promise<WholeFile> =>
  readWhole(jsonl, sourceOf(bytes(text)), "/w/log.jsonl", before);
const codes = ({ problems }: WholeFile): string[] => problems.map(({ code }) => code);

describe("jsonl", () => {
  it("reads wide rows, nested ones with a slash", async () => {
    const whole = await read('{"step": 5, "loss": 2, "eval": {"acc": 0.5}}\n');
    assert.deepEqual(
      pointsOf(whole).map(({ metric, step, value }) => [metric, step, value]),
      [
        ["loss", 5, 2],
        ["eval/acc", 5, 0.5],
      ],
    );
  });

  it("leaves a wrapping `metrics` out of the names", async () => {
    assert.equal(pointsOf(await read('{"step": 1, "metrics": {"a": 1}}\n'))[0]?.metric, "a");
  });

  it("reads the lines of Levanter's JSON tracker, and its other events as none", async () => {
    const whole = await read(
      jsonlText([
        { tracker: "json_logger", event: "hparams", hparams: { seed: 2 } },
        { tracker: "json_logger", event: "log", step: 4, metrics: { "train/loss": 2.5 } },
        { tracker: "json_logger", event: "summary", metrics: { best: 1 } },
        { tracker: "json_logger", event: "finish" },
      ]),
    );
    assert.deepEqual(pairsOf(pointsOf(whole), "train/loss"), [[4, 2.5]]);
    assert.deepEqual([...whole.config], [["seed", 2]]);
    assert.deepEqual(codes(whole), []);
  });

  it("reads lines that end as on Windows, behind a byte order mark", async () => {
    const whole = await read(
      '\ufeff{"step": 1, "loss": 2}\r\n{"step": 2, "loss": 1, "loss": 3}\r\n',
    );
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [
      [1, 2],
      [2, 3],
    ]);
    assert.deepEqual(codes(whole), []);
  });

  it("reads long rows", async () => {
    const whole = await read(
      jsonlText([
        { step: 1, metric: "loss", value: 3 },
        { step: 1, metric: "acc", value: 0.5 },
        { step: 2, metric: "loss", value: 2 },
      ]),
    );
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [
      [1, 3],
      [2, 2],
    ]);
    assert.deepEqual(pairsOf(pointsOf(whole), "acc"), [[1, 0.5]]);
  });

  it("reads NaN and infinities, as bare words and in quotes", async () => {
    const whole = await read(
      '{"step": 1, "a": NaN, "b": Infinity, "c": -Infinity, "d": "nan", "e": "-inf"}\n',
    );
    assert.deepEqual(
      pointsOf(whole).map(({ value }) => value),
      [NaN, Infinity, -Infinity, NaN, -Infinity],
    );
    assert.deepEqual(whole.problems, []);
  });

  it("tells not recorded from NaN", async () => {
    const [point] = pointsOf(await read('{"step": 1, "a": null}\n'));
    assert.equal(point?.recorded, false);
  });

  it("reads true and false as 1 and 0 and steps over text and lists", async () => {
    const whole = await read('{"step": 1, "ok": true, "note": "good", "list": [1, 2]}\n');
    assert.deepEqual(
      pointsOf(whole).map(({ metric, value }) => [metric, value]),
      [["ok", 1]],
    );
  });

  it("takes a standard error for a property of its metric", async () => {
    const whole = await read('{"step": 1, "acc": 0.5, "acc_stderr": 0.1}\n');
    assert.deepEqual(
      pointsOf(whole).map(({ metric, stderr }) => [metric, stderr]),
      [["acc", 0.1]],
    );
  });

  it("reads wall times in seconds, milliseconds and ISO 8601", async () => {
    const times = [1_700_000_000.5, 1_700_000_000_500, '"2023-11-14T22:13:20.500Z"'];
    for (const time of times) {
      const [point] = pointsOf(await read(`{"step": 1, "timestamp": ${time}, "a": 1}\n`));
      assert.equal(point?.wallTime, 1_700_000_000.5);
    }
  });

  it("takes the run's configuration from `_meta`, and no metric from `_summary`", async () => {
    const whole = await read(
      '{"_meta": {"optimizer": {"lr": 0.1}, "seed": 3}}\n{"step": 1, "a": 1}\n{"_summary": {"grok_step": 5}}\n',
    );
    assert.deepEqual(
      [...whole.config],
      [
        ["optimizer.lr", 0.1],
        ["seed", 3],
      ],
    );
    assert.deepEqual([pointsOf(whole).length, codes(whole)], [1, []]);
  });

  it("never takes a line's number for a step", async () => {
    const whole = await read('{"loss": 1}\n{"loss": 2}\n');
    assert.equal(pointsOf(whole).length, 0);
    assert.deepEqual(codes(whole), ["jsonl/no-step"]);
  });

  it("keeps rows in the order of writing that count steps in several columns", async () => {
    const rows = [
      { _step: 1, a: 1 },
      { global_step: 2, a: 2 },
      { _step: 3, a: 3 },
    ];
    assert.deepEqual(pairsOf(pointsOf(await read(jsonlText(rows))), "a"), [
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it("says which axis it took where it is not plainly the step", async () => {
    assert.equal((await read('{"step": 1, "a": 1}\n')).axis, null);
    assert.equal((await read('{"epoch": 1, "a": 1}\n')).axis, "epoch");
    assert.equal((await read('{"tokens": 1, "a": 1}\n')).axis, "tokens");
  });

  it("tells several runs in a file apart, by name or by seed", async () => {
    const named = await read('{"run": "x", "step": 1, "a": 1}\n{"run": "y", "step": 1, "a": 2}\n');
    assert.deepEqual([...named.parts.keys()], ["x", "y"]);
    const seeded = await read('{"seed": 0, "step": 1, "a": 1}\n{"seed": 1, "step": 1, "a": 2}\n');
    assert.deepEqual([...seeded.parts.keys()], ["seed_0", "seed_1"]);
  });

  it("keeps splits apart by name, as tables do", async () => {
    const whole = await read(
      '{"step": 1, "split": "train", "loss": 3}\n{"step": 1, "split": "val", "loss": 4}\n' +
        '{"step": 2, "loss": 5}\n',
    );
    assert.deepEqual(
      pointsOf(whole).map(({ metric, step, value }) => [metric, step, value]),
      [
        ["train/loss", 1, 3],
        ["val/loss", 1, 4],
        ["loss", 2, 5],
      ],
    );
  });

  it("reads logs whose iterations begin anew with each epoch by epoch", async () => {
    const lines = [
      '{"env_info": "x", "seed": 0}',
      '{"mode": "train", "epoch": 1, "iter": 50, "loss": 3}',
      '{"mode": "train", "epoch": 1, "iter": 100, "loss": 2}',
      '{"mode": "val", "epoch": 1, "iter": 157, "acc": 0.5}',
      '{"mode": "train", "epoch": 2, "iter": 50, "loss": 1}',
    ];
    const whole = await read(lines.join("\n"));
    assert.equal(whole.axis, "epoch");
    assert.deepEqual(
      pointsOf(whole).map(({ metric, step, value }) => [metric, step, value]),
      [
        ["train/loss", 1, 3],
        ["train/loss", 1, 2],
        ["val/acc", 1, 0.5],
        ["train/loss", 2, 1],
      ],
    );
  });

  it("places rows without a step by their epoch, apart from the others", async () => {
    const whole = await read(
      '{"epoch": 0, "val": 9}\n{"step": 5, "epoch": 1, "loss": 2}\n{"epoch": 1, "val": 8}\n',
    );
    assert.deepEqual(pairsOf(pointsOf(whole), "val"), [
      [0, 9],
      [1, 8],
    ]);
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [[5, 2]]);
    assert.deepEqual(whole.problems, []);
  });

  it("tells models apart where the first rows name several, and not where they name one", async () => {
    const rows = (models: string[]): string =>
      models.map((model, i) => `{"step": ${i}, "model": "${model}", "loss": 1}\n`).join("");
    assert.deepEqual([...(await read(rows(["a", "a", "b"]))).parts.keys()], ["a", "b"]);
    assert.deepEqual([...(await read(rows(["a", "a"]))).parts.keys()], [""]);
    const several = (text: string) => jsonl.describe?.("x.jsonl", bytes(text)).severalRuns;
    assert.deepEqual([several(rows(["a", "b"])), several(rows(["a", "a"]))], [true, false]);
  });

  it("takes the configuration that rows repeat once, and no metric from it", async () => {
    const whole = await read(
      '{"step": 1, "loss": 2, "config": {"lr": 0.1}}\n{"step": 2, "loss": 1, "config": {"lr": 0.2}}\n',
    );
    assert.deepEqual([...whole.config], [["lr", 0.1]]);
    assert.deepEqual(
      pointsOf(whole).map(({ metric }) => metric),
      ["loss", "loss"],
    );
  });

  it("says that a number was expected where text is", async () => {
    const whole = await read('{"step": 1, "loss": 2}\n{"step": 2, "loss": "oops"}\n');
    assert.deepEqual(
      whole.problems.map(({ code, line }) => [code, line]),
      [["jsonl/not-a-number", 2]],
    );
  });

  it("drops a torn last line without a word, and reads it when it is whole", async () => {
    const text = '{"step": 1, "a": 1}\n{"step": 2, "a": 2}\n';
    for (let size = 21; size < text.length - 2; size++) {
      const torn = await read(text.slice(0, size));
      assert.deepEqual(pairsOf(pointsOf(torn), "a"), [[1, 1]], `cut at ${size}`);
      assert.deepEqual(torn.problems, [], `cut at ${size}`);
      const whole = await read(text, torn);
      assert.deepEqual(
        pairsOf(pointsOf(whole), "a"),
        [
          [1, 1],
          [2, 2],
        ],
        `cut at ${size}`,
      );
    }
  });

  it("reports a damaged line in the middle with its line and byte, and reads on", async () => {
    const whole = await read('{"step": 1, "a": 1}\n{"step": 2, "a"\n{"step": 3, "a": 3}\n');
    assert.equal(pointsOf(whole).length, 2);
    const [found] = whole.problems;
    assert.deepEqual(
      [found?.code, found?.line, found?.offset, found?.file],
      ["jsonl/not-json", 2, 20, "/w/log.jsonl"],
    );
  });

  it("reports a line that is no object", async () => {
    assert.deepEqual(codes(await read('{"step": 1, "a": 1}\n[1]\n5\n')), [
      "jsonl/not-an-object",
      "jsonl/not-an-object",
    ]);
  });

  it("lists the first of very many problems and counts the rest", async () => {
    const whole = await read(`{"step": 1, "a": 1}\n${"broken\n".repeat(500)}`);
    assert.equal(whole.problems.length, 21);
    assert.match(whole.problems[20]?.message ?? "", /480 more/);
  });

  it("keeps the numbers of lines right when it reads on behind a line that had no end", async () => {
    const first = await read('{"step": 1, "a": 1}');
    const second = await read('{"step": 1, "a": 1}\nbroken\n', first);
    assert.deepEqual(second.problems[0]?.line, 2);
    assert.equal(pointsOf(second).length, 1);
  });

  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "a/b", "é", ""]) {
    it(`reads a metric named ${JSON.stringify(name)} as any other`, async () => {
      const whole = await read(`{"step": 1, ${JSON.stringify(name)}: 7, "other": 8}\n`);
      assert.deepEqual(
        pointsOf(whole).map(({ metric, value }) => [metric, value]),
        [
          [name, 7],
          ["other", 8],
        ],
      );
    });
  }

  it("is not stopped by very deep nesting", async () => {
    const lists = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const objects = `${'{"x":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    const text = `{"step":1,"a":1,"deep":${lists}}\n{"step":2,"a":2,"deep":${objects}}\n{"_meta":{"deep":${lists}}}\n`;
    const whole = await read(text);
    assert.deepEqual(pairsOf(pointsOf(whole), "a"), [
      [1, 1],
      [2, 2],
    ]);
  });

  it("reads steps up to 2^53 exactly, and steps written as text", async () => {
    const whole = await read('{"step": 9007199254740991, "a": 1}\n{"step": "12", "a": 2}\n');
    assert.deepEqual(pairsOf(pointsOf(whole), "a"), [
      [9007199254740991, 1],
      [12, 2],
    ]);
  });

  it("is nothing but the beginning where the file is empty", async () => {
    const whole = await read("");
    assert.deepEqual([whole.parts.size, whole.problems, whole.cursor.offset], [0, [], 0]);
  });

  describe("claims", () => {
    const claim = (name: string, text: string): string => jsonl.claims(name, bytes(text)).kind;

    it("wants to look at every .jsonl, and at other files of text", () => {
      assert.equal(jsonl.claims("anything.jsonl", null).kind, "look");
      assert.equal(jsonl.claims("metrics.json", null).kind, "look");
      assert.equal(jsonl.claims("metrics.yaml", null).kind, "no");
    });

    it("takes others only where their lines are objects, some of them with steps", () => {
      const rows = '{"iteration": 19, "loss": 2}\n{"iteration": 39, "loss": 1}\n';
      for (const name of [
        "metrics.json",
        "log.txt",
        "20210101_120000.log.json",
        "train.log",
        "log",
      ])
        assert.equal(claim(name, rows), "yes", name);
      const preface = `{"env_info": "x", "seed": 0}\n${rows}`;
      assert.equal(claim("log.json", preface), "yes");
      assert.equal(claim("log.json", `${rows}{"iterat`), "yes");
      for (const text of [
        '{"step": 1, "loss": 2}\n',
        '{\n"step": 1,\n"loss": 2\n}\n',
        '{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n',
        `starting\n${rows}`,
        '[{"step": 1, "loss": 2}]\n',
      ])
        assert.equal(claim("log.txt", text), "no", text);
    });

    it("looks further where the first row is longer than the head", () => {
      const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`metric_${i}`, i]));
      const text = bytes(`${JSON.stringify({ ...wide, step: 1 })}\n`.repeat(2));
      for (const name of ["metrics.jsonl", "metrics.json"]) {
        assert.equal(jsonl.claims(name, text.subarray(0, 16 * 1024)).kind, "look", name);
        assert.equal(jsonl.claims(name, text).kind, "yes", name);
      }
    });

    it("takes a file whose rows have a step and a number", () => {
      assert.equal(claim("x.jsonl", '{"step": 1, "loss": 2}\n'), "yes");
    });

    it("does not take data sets and samples", () => {
      assert.equal(claim("train.jsonl", '{"text": "hello", "label": 1}\n'), "no");
      assert.equal(claim("x.jsonl", '{"doc_id": 1, "acc": 1}\n'), "no");
    });

    it("calls a binary file a problem", () => {
      const found = jsonl.claims("broken.jsonl", Uint8Array.of(0, 159, 146, 150));
      assert.equal(found.kind, "problem");
    });

    it("takes an empty file by the name of a log only", () => {
      assert.equal(claim("metrics.jsonl", ""), "yes");
      assert.equal(claim("notes.jsonl", ""), "no");
    });
  });
});
