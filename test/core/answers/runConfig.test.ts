import assert from "node:assert/strict";
import { answerCheckpointPaths } from "../../../src/core/answers/checkpointPaths.js";
import { answerConfigHints, answerRunConfig } from "../../../src/core/answers/runConfig.js";
import { catalogOf } from "../../support/catalogs.js";
import { tinySafetensors } from "../../support/safetensorsFile.js";
import { sweepFiles } from "../../support/sweep.js";

const swept = catalogOf(
  Object.fromEntries(
    Object.entries(sweepFiles("w", [0, 1], [0])).map(([name, text]) => [`/${name}`, text]),
  ),
);

describe("answerRunConfig", () => {
  it("says of which run a config is, what became of it, and what differs from the baseline", async () => {
    const question = { file: "/w/wd1-s0/config.yaml", baseline: "/w/wd0-s0" };
    const answer = await answerRunConfig(await swept, question);
    assert.deepEqual(answer, {
      ...{ run: "/w/wd1-s0", label: "weight_decay=1", runs: ["/w/wd1-s0"], lastStep: 200 },
      behaviours: [{ name: "grokking", text: "(90, 100]", by: 100 }],
      baseline: { key: "/w/wd0-s0", label: "weight_decay=0", keys: ["weight_decay"], count: 1 },
    });
  });

  it("compares no run with itself, or with one that is gone", async () => {
    for (const baseline of ["/w/wd1-s0", "/gone", null]) {
      const question = { file: "/w/wd1-s0/config.yaml", baseline };
      assert.equal((await answerRunConfig(await swept, question))?.baseline, null);
    }
  });

  it("has nothing to say of other files", async () => {
    const question = { file: "/w/wd1-s0/metrics.jsonl", baseline: null };
    assert.equal(await answerRunConfig(await swept, question), null);
  });
});

describe("answerConfigHints", () => {
  const hints = async (text: string, baseline: string | null = "/w/wd0-s0"): Promise<unknown[]> =>
    (
      await answerConfigHints(await swept, {
        ...{ file: "/w/wd1-s0/config.yaml", text, language: "yaml", baseline },
      })
    ).map(({ end, key, baseline: value }) => [text.slice(0, end), key, value]);

  it("are at the values that differ from the baseline's, as the text is now", async () => {
    assert.deepEqual(await hints("optimizer: adamw\nweight_decay: 1 # strong\nseed: 0\n"), [
      ["optimizer: adamw\nweight_decay: 1", "weight_decay", "0"],
    ]);
    assert.deepEqual(await hints("weight_decay: 0\n"), []);
    assert.deepEqual(await hints("lr: 0.1\n"), [["lr: 0.1", "lr", null]]);
  });

  it("are none for where a run lies, without a baseline, and in files of no run", async () => {
    assert.deepEqual(await hints("output_dir: /scratch/x\n"), []);
    assert.deepEqual(await hints("weight_decay: 1\n", null), []);
    const question = {
      text: "weight_decay: 1\n",
      language: "yaml",
      baseline: "/w/wd0-s0",
    } as const;
    assert.deepEqual(
      await answerConfigHints(await swept, { file: "/w/other.yaml", ...question }),
      [],
    );
  });
});

describe("answerCheckpointPaths", () => {
  const log = '{"step": 0, "loss": 1}\n{"step": 500, "loss": 1}\n';
  const made = catalogOf({
    "/w/runs/a/metrics.jsonl": log,
    "/w/runs/a/checkpoints/step500.safetensors": tinySafetensors(),
    "/w/runs/b/metrics.jsonl": log,
    "/w/runs/b/checkpoints/step500.safetensors": tinySafetensors(),
  });
  const A = "/w/runs/a/checkpoints/step500.safetensors";
  const cases: readonly [what: string, text: string, expected: string | null][] = [
    ["an absolute path", A, A],
    ["a path from the file's directory", "checkpoints/step500.safetensors", A],
    ["a path from the folder that was searched", "runs/a/checkpoints/step500.safetensors", A],
    ["a path with dots", "../a/checkpoints/step500.safetensors", A],
    ["a path of another machine", "/scratch/me/a/checkpoints/step500.safetensors", null],
    ["the end of a path", "a/checkpoints/step500.safetensors", A],
    ["another step", "checkpoints/step600.safetensors", null],
    ["a name alone", "step500.safetensors", null],
    ["no step", "checkpoints", null],
    ["nothing", "", null],
  ];
  for (const [what, text, expected] of cases) {
    it(`${expected === null ? "finds none for" : "finds the checkpoint by"} ${what}`, async () => {
      const [found] = answerCheckpointPaths(await made, "/w/runs/a/train.log", [text]);
      assert.equal(found?.path ?? null, expected);
    });
  }

  it("does not guess which of two is meant", async () => {
    const texts = ["checkpoints/step500.safetensors"];
    assert.deepEqual(answerCheckpointPaths(await made, "/w/notes.log", texts), [null]);
  });
});
