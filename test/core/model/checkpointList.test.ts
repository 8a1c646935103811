import assert from "node:assert/strict";
import { CheckpointList } from "../../../src/core/model/checkpointList.js";
import type { Checkpoint } from "../../../src/core/model/run.js";

const CHECKPOINTS: readonly Checkpoint[] = [
  { step: 0, path: "/w/run/step0", container: "directory", format: "directory" },
  { step: 0.5, path: "/w/run/checkpoints/a b", container: "file", format: "safetensors" },
  { step: 1000, path: "EleutherAI/pythia@step1000", container: "remote", format: "hub" },
  { step: 2, path: "/w/run/save_2", container: "directory", format: "accelerate", counts: "saves" },
  {
    ...{ step: 3, path: "x@stage1-step3-tokens13B", container: "remote", format: "hub" },
    ...{ tokens: 13e9, tokensFrom: "revision" },
  },
];

describe("CheckpointList", () => {
  it("gives back what it was made of, in the same order", () => {
    const list = CheckpointList.of(CHECKPOINTS);
    assert.deepEqual([...list], CHECKPOINTS);
    assert.equal(list.length, CHECKPOINTS.length);
    assert.deepEqual(
      list.map(({ path }) => path),
      CHECKPOINTS.map(({ path }) => path),
    );
  });

  it("filters, and knows its steps", () => {
    const list = CheckpointList.of(CHECKPOINTS);
    assert.deepEqual(
      list.filter(({ container }) => container === "remote"),
      [CHECKPOINTS[2], CHECKPOINTS[4]],
    );
    assert.ok(list.hasStep(0.5));
    assert.ok(!list.hasStep(1));
  });

  it("is empty without checkpoints", () => {
    assert.deepEqual([...CheckpointList.EMPTY], []);
    assert.equal(CheckpointList.EMPTY.length, 0);
  });
});
