/** A run directory that every part of a training stack wrote into is one run, with each metric once and its sources. */

import assert from "node:assert/strict";
import { answerFiles } from "../../../src/core/answers/files.js";
import { answerRun } from "../../../src/core/answers/runs.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { discovered, idsOf, problemCodes } from "../../support/catalogs.js";
import { eventFile } from "../../support/eventFile.js";
import { wandbLog } from "../../support/wandbLog.js";

const STEPS = [500, 1000, 1500];
const loss = (step: number): number => 4 - step / 1000;
const accuracy = (step: number): number => step / 2000;

/** The Trainer's log up to a step: its state is written anew with each checkpoint. */
function stateUpTo(step: number): string {
  const history = STEPS.filter((one) => one <= step).flatMap((one) => [
    { step: one, loss: loss(one) },
    { step: one, eval_accuracy: accuracy(one) },
  ]);
  return JSON.stringify({ global_step: step, log_history: history });
}

function tree(wandbAt = accuracy): Record<string, string | Uint8Array> {
  const rows = STEPS.map((step) => ({
    step,
    wallTime: 1_700_000_000 + step,
    scalars: [
      { tag: "train/loss", value: loss(step) },
      { tag: "eval/accuracy", value: accuracy(step) },
    ],
  }));
  const files: Record<string, string | Uint8Array> = {
    "/w/runs/a/config.yaml": "lr: 0.1\nseed: 3\n",
    "/w/runs/a/runs/Jan01_00-00-00_host/events.out.tfevents.1700000000.host.1.0": eventFile(rows),
    "/w/runs/a/wandb/run-20240101_000000-abc/run-abc.wandb": wandbLog(
      { id: "abc", name: "first", config: { lr: 0.1, seed: 3 } },
      STEPS.map((step) => ({
        _step: step,
        "train/global_step": step,
        "train/loss": loss(step),
        "eval/accuracy": wandbAt(step),
      })),
    ),
  };
  for (const step of STEPS) {
    const checkpoint = `/w/runs/a/checkpoint-${step}`;
    files[`${checkpoint}/trainer_state.json`] = stateUpTo(step);
    files[`${checkpoint}/model.safetensors`] = new Uint8Array(8);
    const name = `runs__a__checkpoint-${step}`;
    files[`/w/runs/a/evals/${name}/results_2025-01-01T00-00-0${step / 500}.000000.json`] =
      JSON.stringify({
        results: { piqa: { "acc,none": accuracy(step), "acc_stderr,none": 0.01 } },
        config: { model_args: `pretrained=runs/a/checkpoint-${step}` },
      });
  }
  return files;
}

describe("one run of many sources", () => {
  it("has every metric once, its checkpoints, and each file accounted for", async () => {
    const files = new MemoryFiles(tree());
    const catalog = await discovered(files);
    assert.deepEqual(idsOf(catalog), ["runs/a"]);
    const answer = await answerRun(catalog, "/w/runs/a", false);
    const found = new Map(answer.metrics.map(({ name, points }) => [name, points]));
    for (const [metric, value] of [
      ["train/loss", loss],
      ["eval/accuracy", accuracy],
      ["piqa/acc", accuracy],
    ] as const) {
      const series = (await catalog.load("/w/runs/a")).view.series(metric);
      assert.deepEqual([...(series?.step ?? [])], STEPS, metric);
      for (const [i, step] of STEPS.entries()) {
        assert.ok(Math.abs((series?.value[i] ?? NaN) - value(step)) < 1e-6, `${metric} at ${step}`);
      }
    }
    assert.equal(found.get("eval/accuracy"), 3);
    assert.equal(found.get("piqa/acc"), 3);
    assert.deepEqual(
      answer.checkpoints.map(({ step }) => step),
      STEPS,
    );
    assert.deepEqual(
      answer.evaluations.map(({ joinedBy }) => joinedBy),
      ["directory", "directory", "directory"],
    );
    assert.deepEqual([answer.seed, answer.config["lr"]], [3, 0.1]);
    assert.deepEqual(problemCodes(catalog), []);
    for (const { file, runs, reason } of await answerFiles(catalog, files)) {
      const isPayload = file.endsWith(".safetensors");
      assert.deepEqual(runs, ["runs/a"], file);
      assert.ok(
        reason === null || reason === "duplicate-of" || isPayload,
        `${file}: ${reason ?? ""}`,
      );
    }
  });

  it("keeps values that two sources give differently, and says so", async () => {
    const catalog = await discovered(
      new MemoryFiles(tree((step) => (step === 1000 ? 0.9 : accuracy(step)))),
    );
    const { table } = await catalog.load("/w/runs/a");
    assert.deepEqual(
      table.contradictions.map(({ metric, step }) => [metric, step]),
      [["eval/accuracy", 1000]],
    );
    assert.deepEqual(problemCodes(catalog), ["run/contradicting-values"]);
  });
});
