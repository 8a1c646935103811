import assert from "node:assert/strict";
import { axesOf } from "../../../src/core/model/axes.js";
import { CheckpointList } from "../../../src/core/model/checkpointList.js";
import { flattenConfig } from "../../../src/core/model/config.js";

function runAt(
  directory: string,
  part: string | null = null,
  systems: readonly string[] = [],
): Parameters<typeof axesOf>[1] {
  return { directory, part, systems, checkpoints: CheckpointList.EMPTY };
}

describe("axes", () => {
  it("multiplies the factors of a GPT-NeoX config, dashes or not, and names them", () => {
    const config = flattenConfig({
      train_micro_batch_size_per_gpu: 32,
      gas: 1,
      data_parallel_size: 32,
      "seq-length": 2048,
    });
    assert.deepEqual(axesOf(config, runAt("/w/run"))[0], {
      axis: "tokens",
      perStep: 2_097_152,
      from:
        "GPT-NeoX config: train_micro_batch_size_per_gpu 32 × gas 1 × data_parallel_size 32" +
        " × seq_length 2048",
    });
  });

  it("is absent where a factor is missing or is no positive whole number", () => {
    const parts = { train_micro_batch_size_per_gpu: 32, gas: 1, seq_length: 2048 };
    assert.deepEqual(axesOf(flattenConfig(parts), runAt("/w/run")), []);
    const odd = { global_train_batch_size: 0.5, model: { max_sequence_length: 2048 } };
    assert.deepEqual(axesOf(flattenConfig(odd), runAt("/w/run")), []);
  });

  const configs: readonly [
    system: string,
    config: Record<string, unknown>,
    tokens: number | null,
    examples: number | null,
  ][] = [
    [
      "OLMo",
      { global_train_batch_size: 2048, model: { max_sequence_length: 2048 } },
      4_194_304,
      2048,
    ],
    [
      "OLMo-core, which counts tokens",
      { data_loader: { global_batch_size: 4_194_304 }, dataset: { sequence_length: 4096 } },
      4_194_304,
      1024,
    ],
    [
      "OLMo-core without the length of a sequence",
      {
        data_loader: { global_batch_size: 4_194_304 },
        train_module: { rank_microbatch_size: 8192 },
      },
      4_194_304,
      null,
    ],
    [
      "a batch that grows",
      {
        data_loader: { global_batch_size: 4_194_304 },
        dataset: { sequence_length: 4096 },
        trainer: { callbacks: { batch_size_scheduler: { batch_sizes: [1, 2] } } },
      },
      null,
      null,
    ],
    ["Levanter", { trainer: { train_batch_size: 512 }, model: { seq_len: 1024 } }, 524_288, 512],
    [
      "Levanter below Marin's record",
      {
        train_config: {
          trainer: { train_batch_size: 128 },
          train_seq_len: 4096,
          model: { max_seq_len: 8192 },
        },
      },
      524_288,
      128,
    ],
    [
      "Levanter's schedule of batches",
      {
        trainer: { train_batch_size: [{ start: 0, value: 32 }] },
        model: { seq_len: 1024 },
      },
      null,
      null,
    ],
    [
      "nanotron",
      {
        tokens: { micro_batch_size: 3, batch_accumulation_per_replica: 2, sequence_length: 4096 },
        parallelism: { dp: 4 },
      },
      98_304,
      24,
    ],
    [
      "torchtitan",
      { training: { local_batch_size: 8, global_batch_size: 64, seq_len: 2048 } },
      131_072,
      64,
    ],
    [
      "torchtitan whose batch follows from the machines",
      { training: { local_batch_size: 8, global_batch_size: -1, seq_len: 2048 } },
      null,
      null,
    ],
    ["torchtitan's newer keys", { training: { num_tokens_per_train_step: 65_536 } }, 65_536, null],
    [
      "GPT-NeoX with what DeepSpeed saved",
      {
        train_micro_batch_size_per_gpu: 8,
        gradient_accumulation_steps: 2,
        dp_world_size: 64,
        seq_length: 2048,
      },
      2_097_152,
      1024,
    ],
    [
      "Megatron-LM",
      { micro_batch_size: 4, global_batch_size: 256, seq_length: 4096, rampup_batch_size: null },
      1_048_576,
      256,
    ],
    [
      "Megatron-LM with a ramp",
      {
        micro_batch_size: 4,
        global_batch_size: 256,
        seq_length: 4096,
        rampup_batch_size: [16, 16],
      },
      null,
      null,
    ],
    ["LLM Foundry", { global_train_batch_size: 256, max_seq_len: 2048 }, 524_288, 256],
    [
      "nanochat",
      { device_batch_size: 32, max_seq_len: 2048, total_batch_size: 524_288 },
      524_288,
      256,
    ],
    ["DeepSpeed", { train_batch_size: 64, train_micro_batch_size_per_gpu: 8 }, null, 64],
    [
      "two parts that contradict one another",
      {
        a: { global_train_batch_size: 256, max_seq_len: 2048 },
        b: { global_train_batch_size: 128, max_seq_len: 2048 },
      },
      null,
      null,
    ],
  ];
  for (const [system, config, tokens, examples] of configs) {
    it(`of ${system} are ${tokens} tokens and ${examples} examples`, () => {
      const found = axesOf(flattenConfig(config), runAt("/w/run"));
      const of = (axis: string): number | null =>
        found.find((candidate) => candidate.axis === axis)?.perStep ?? null;
      assert.deepEqual([of("tokens"), of("examples")], [tokens, examples]);
    });
  }

  it("are those of suites only under their published names", () => {
    const of = (name: string): number | undefined =>
      axesOf(new Map(), runAt(`/w/${name}`))[0]?.perStep;
    assert.equal(of("models--EleutherAI--pythia-70m-deduped"), 2_097_152);
    assert.equal(of("pythia-160m-seed3"), 2_097_152);
    assert.equal(of("pythia-160m.git"), 2_097_152);
    assert.equal(of("pythia-160m-v0"), undefined);
    assert.equal(of("pythia-v0/pythia-160m"), undefined);
    assert.equal(of("pythia-160m-0.5MtokBS"), undefined);
    assert.equal(of("seed_3"), undefined);
    const [tokens] = axesOf(new Map(), runAt("/w/seed_3", null, ["MultiBERTs", "TensorFlow"]));
    assert.equal(tokens?.perStep, 131_072);
    assert.deepEqual(axesOf(new Map(), runAt("/w", "multiberts-seed_3")), [
      {
        axis: "tokens",
        perStep: 131_072,
        from: "published for MultiBERTs: 256 sequences × 512 tokens, padding among them",
      },
      { axis: "examples", perStep: 256, from: "published for MultiBERTs: 256 sequences" },
    ]);
  });

  // Table 1 of the paper on Pythia: parameters without embeddings.
  const PUBLISHED: readonly [size: string, layers: number, width: number, parameters: number][] = [
    ["70m", 6, 512, 18_915_328],
    ["160m", 12, 768, 85_056_000],
    ["410m", 24, 1024, 302_311_424],
    ["1b", 16, 2048, 805_736_448],
    ["1.4b", 24, 2048, 1_208_602_624],
    ["2.8b", 32, 2560, 2_517_652_480],
    ["6.9b", 32, 4096, 6_444_163_072],
    ["12b", 36, 5120, 11_327_027_200],
  ];
  for (const [size, layers, width, parameters] of PUBLISHED) {
    it(`counts six operations for each parameter and token of pythia-${size}, and of its config`, () => {
      const flops = 6 * parameters * 2_097_152;
      const named = axesOf(new Map(), runAt(`/w/pythia-${size}`)).find(
        ({ axis }) => axis === "flops",
      );
      assert.equal(named?.perStep, flops);
      assert.match(named.from, new RegExp(`^6 × ${parameters} parameters .*published for Pythia`));
      const config = {
        ...{ "train-micro-batch-size-per-gpu": 32, gas: 1, data_parallel_size: 32 },
        ...{ "seq-length": 2048, "num-layers": layers, "hidden-size": width, norm: "layernorm" },
      };
      const counted = axesOf(flattenConfig(config), runAt("/w/run"));
      assert.equal(counted.find(({ axis }) => axis === "flops")?.perStep, flops);
      for (const other of [
        { mlp_type: "llama" },
        { intermediate_size: 8192 },
        { norm: "rmsnorm" },
      ]) {
        const axes = axesOf(flattenConfig({ ...config, ...other }), runAt("/w/run"));
        assert.deepEqual(
          axes.map(({ axis }) => axis),
          ["tokens", "examples"],
        );
      }
    });
  }
});
