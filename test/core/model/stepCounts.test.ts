import assert from "node:assert/strict";
import { countedBy } from "../../../src/core/model/stepCounts.js";

describe("countedBy", () => {
  const WANTED: Readonly<Record<string, readonly (string | null)[]>> = {
    steps: [
      null,
      "_step",
      "step",
      "global_step",
      "train/global_step",
      "trainer/global_step",
      "it",
    ].concat(["iteration", "iter", "num_updates", "batch", "train/update_step", "Iteration"]),
    epochs: ["epoch", "Epoch", "train/epoch", "epochs"],
    tokens: ["throughput/total_tokens", "consumed_tokens", "tokens", "num_tokens"],
    examples: ["num_samples", "examples_seen"],
    "environment steps": [
      "time/total_timesteps",
      "timesteps_total",
      "TotalEnvInteracts",
      "env_steps",
    ],
    "my/x": ["my/x"],
  };
  for (const [counted, axes] of Object.entries(WANTED)) {
    it(`says ${counted} of ${axes.join(", ")}`, () => {
      for (const axis of axes) assert.equal(countedBy(axis), counted, String(axis));
    });
  }
});
