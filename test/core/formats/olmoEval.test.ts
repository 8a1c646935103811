/** `metrics.json` of olmo-eval in the forms that its code writes. */

import assert from "node:assert/strict";
import { olmoEval } from "../../../src/core/formats/olmoEval.js";
import { START, type Chunk } from "../../../src/core/formats/reader.js";
import { pointsOf, readWhole } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const bytes = (document: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(document));

async function chunksOf(document: unknown): Promise<Chunk[]> {
  const source = sourceOf(bytes(document));
  const chunks: Chunk[] = [];
  for await (const chunk of olmoEval.read({ source, file: "/w/out/metrics.json", from: START })) {
    chunks.push(chunk);
  }
  return chunks;
}

const task = (name: string, value: number, more: object = {}): object => ({
  task: name,
  metrics: { accuracy: { exact: value } },
  num_instances: 10,
  primary_metric: "accuracy:exact",
  ...more,
});

describe("olmoEval", () => {
  it("takes the model from the harness's provider, not from the harness's name", async () => {
    const [chunk] = await chunksOf({
      timestamp: "2025-05-06T07:08:09",
      config: {
        name: "default",
        provider: {
          kind: "vllm",
          model: "allenai/OLMo-2-0425-1B",
          revision: "stage1-step5000-tokens11B",
        },
      },
      tasks: [task("arc_easy:mc", 0.5, { config: { num_fewshot: 5 } })],
      summary: {},
      experiment_id: "e",
    });
    assert.deepEqual(
      [chunk?.evaluated?.model, chunk?.evaluated?.revision, chunk?.evaluated?.step],
      ["allenai/OLMo-2-0425-1B", "stage1-step5000-tokens11B", 5000],
    );
    assert.deepEqual(chunk?.points.metrics, ["arc_easy:mc@5/accuracy,exact"]);
  });

  it("gives each checkpoint of one model its own step", async () => {
    const whole = await readWhole(
      olmoEval,
      sourceOf(
        bytes({
          config: {
            models: {
              early: { model: "o/m", provider: "vllm", revision: "step10" },
              late: { model: "o/m", provider: "vllm", revision: "step20" },
            },
          },
          tasks: [task("t", 0.1, { model: "early" }), task("t", 0.2, { model: "late" })],
          experiment_id: "e",
        }),
      ),
      "/w/out/metrics.json",
    );
    assert.deepEqual(
      pointsOf(whole).map(({ metric, step, value }) => [metric, step, value]),
      [
        ["t/accuracy,exact", 10, 0.1],
        ["t/accuracy,exact", 20, 0.2],
      ],
    );
  });

  it("does not mix several models into one run", async () => {
    const chunks = await chunksOf({
      config: {
        models: { a: { model: "o/a", revision: "step1" }, b: { model: "o/b", revision: "step1" } },
      },
      tasks: [task("t", 0.1, { model: "a" }), task("t", 0.2, { model: "b" })],
      experiment_id: "e",
    });
    assert.deepEqual(
      chunks.flatMap(({ problems }) => problems.map(({ code }) => code)),
      ["olmo-eval/several-models"],
    );
    assert.equal(chunks[0]?.points.step.length, 0);
  });
});
