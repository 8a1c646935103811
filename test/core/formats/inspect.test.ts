import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { inspect } from "../../../src/core/formats/inspect.js";
import { mulberry32, wholeNumber } from "../../support/random.js";
import { pointsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { fixture } from "../../support/root.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const ZSTD = "2024-11-05T20-04-20-00-00_popularity_zstd.eval";
const RUNNING = "2024-11-05T20-04-20-00-00_popularity_running.eval";
const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(fixture("formats", "inspect", name)));
const readBytes = (bytes: Uint8Array, name: string): Promise<WholeFile> =>
  readWhole(inspect, sourceOf(bytes), `/w/logs/${name}`);
const readLog = (log: object): Promise<WholeFile> =>
  readBytes(new TextEncoder().encode(JSON.stringify(log)), "log.json");
const scores = (metrics: object, more: object = {}): object => ({
  name: "match",
  scorer: "match",
  metrics,
  ...more,
});
const log = (evaluation: object, results: object, status = "success"): object => ({
  version: 2,
  status,
  eval: { created: "2025-01-02T03:04:05+00:00", task: "t", model: "hf/a/b", ...evaluation },
  results,
});
const accuracy = { scores: [scores({ accuracy: { value: 0.5 }, stderr: { value: 0.1 } })] };

describe("inspect", () => {
  it("takes the step from arguments, metadata, tags and the model's name", async () => {
    for (const evaluation of [
      { model_args: { revision: "step70" } },
      { metadata: { step: 70 } },
      { task_args: { checkpoint: "step70" } },
      { tags: ["nightly", "step70"] },
      { model: "hf/a/b-step70" },
      { model: "hf/local", model_args: { model_path: "/x/run_a/checkpoint-70/" } },
    ]) {
      const [point] = pointsOf(await readLog(log(evaluation, accuracy)));
      assert.deepEqual(
        [point?.step, point?.metric, point?.value, point?.stderr],
        [70, "t/accuracy,match", 0.5, 0.1],
        JSON.stringify(evaluation),
      );
    }
  });

  it("does not take the revision of the task's code for that of the model", async () => {
    const whole = await readLog(log({ revision: { commit: "step70" } }, accuracy));
    assert.deepEqual(
      whole.problems.map(({ code }) => code),
      ["inspect/no-step"],
    );
  });

  it("keeps apart what was evaluated in part: by a limit, or since it was stopped", async () => {
    const named = async (evaluation: object, results: object): Promise<string | undefined> =>
      pointsOf(await readLog(log({ tags: ["step1"], ...evaluation }, results)))[0]?.metric;
    assert.equal(await named({ config: { limit: 10 } }, accuracy), "t/accuracy,match (limit 10)");
    const dataset = { samples: 10 };
    assert.equal(await named({ dataset, config: { limit: 10 } }, accuracy), "t/accuracy,match");
    const stopped = { ...accuracy, total_samples: 9, completed_samples: 4 };
    assert.equal(await named({}, stopped), "t/accuracy,match (limit 4)");
  });

  it("names the reducer where a scorer's samples are reduced in several ways", async () => {
    const metrics = { accuracy: { value: 0.5 } };
    const two = [scores(metrics, { reducer: "mean" }), scores(metrics, { reducer: "pass_at_2" })];
    const whole = await readLog(log({ tags: ["step1"] }, { scores: two }));
    assert.deepEqual(
      pointsOf(whole).map(({ metric }) => metric),
      ["t/accuracy,match,mean", "t/accuracy,match,pass_at_2"],
    );
  });

  it("says why an evaluation has no results", async () => {
    const whole = await readLog({
      ...log({ tags: ["step1"] }, {}, "error"),
      error: { message: "out of memory\nat x" },
    });
    assert.deepEqual(
      whole.problems.map(({ message }) => message),
      ["its status is error: out of memory"],
    );
  });

  it("tells models apart by the first bytes, without their steps", () => {
    const head = new TextEncoder().encode(JSON.stringify(log({ model: "hf/a/b-step70" }, {})));
    assert.deepEqual(
      [
        inspect.modelIn?.(ZSTD, bytesOf(ZSTD)),
        inspect.modelIn?.(RUNNING, bytesOf(RUNNING)),
        inspect.modelIn?.("log.json", head),
      ],
      ["hf/EleutherAI/pythia-1b", "hf/EleutherAI/pythia-1b", "hf/a/b"],
    );
  });

  it("never gives a wrong number for a damaged zip, and never throws", async function () {
    this.timeout(60_000);
    const whole = bytesOf(ZSTD);
    const right = pointsOf(await readBytes(whole, ZSTD));
    assert.equal(right.length, 1);
    for (let seed = 1; seed <= 1000; seed++) {
      const random = mulberry32(seed);
      let bytes = whole.slice();
      for (let i = wholeNumber(random, 1, 4); i > 0; i--) {
        bytes[wholeNumber(random, 0, bytes.length - 1)] = wholeNumber(random, 0, 255);
      }
      if (random() < 0.3) bytes = bytes.slice(0, wholeNumber(random, 0, bytes.length));
      const points = pointsOf(await readBytes(bytes, ZSTD));
      if (points.length > 0) assert.deepEqual(points, right, `seed ${seed}`);
    }
  });
});
