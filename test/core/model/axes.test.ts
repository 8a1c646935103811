import assert from "node:assert/strict";
import { axesOf } from "../../../src/core/model/axes.js";
import { flattenConfig } from "../../../src/core/model/config.js";

describe("axes", () => {
  it("multiplies the factors of a GPT-NeoX config, dashes or not, and names them", () => {
    const config = flattenConfig({
      train_micro_batch_size_per_gpu: 32,
      gas: 1,
      data_parallel_size: 32,
      "seq-length": 2048,
    });
    assert.deepEqual(axesOf(config, "/w/run")[0], {
      axis: "tokens",
      perStep: 2_097_152,
      from:
        "GPT-NeoX config: train_micro_batch_size_per_gpu 32 × gas 1 × data_parallel_size 32" +
        " × seq_length 2048",
    });
  });

  it("is absent where a factor is missing or is no positive whole number", () => {
    const parts = { train_micro_batch_size_per_gpu: 32, gas: 1, seq_length: 2048 };
    assert.deepEqual(axesOf(flattenConfig(parts), "/w/run"), []);
    const odd = { global_train_batch_size: 0.5, model: { max_sequence_length: 2048 } };
    assert.deepEqual(axesOf(flattenConfig(odd), "/w/run"), []);
  });

  it("knows OLMo's batch, and Pythia's only under its published names", () => {
    const olmo = { global_train_batch_size: 2048, model: { max_sequence_length: 2048 } };
    assert.equal(axesOf(flattenConfig(olmo), "/w/run")[0]?.perStep, 4_194_304);
    const pythia = (name: string): number | undefined =>
      axesOf(new Map(), `/w/${name}`)[0]?.perStep;
    assert.equal(pythia("models--EleutherAI--pythia-70m-deduped"), 2_097_152);
    assert.equal(pythia("pythia-160m-seed3"), 2_097_152);
    assert.equal(pythia("pythia-160m-v0"), undefined);
    assert.equal(pythia("pythia-v0/pythia-160m"), undefined);
    assert.equal(pythia("pythia-160m-0.5MtokBS"), undefined);
  });
});
