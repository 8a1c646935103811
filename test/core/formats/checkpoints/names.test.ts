import assert from "node:assert/strict";
import {
  checkpointDirectoryName,
  checkpointFileName,
  recogniseCheckpoint,
} from "../../../../src/core/formats/checkpoints/index.js";

const NONE: ReadonlySet<string> = new Set();

describe("checkpointDirectoryName", () => {
  const names: readonly [name: string, step: number | null, formats: string][] = [
    ["checkpoint-500", 500, "hf-trainer"],
    ["tmp-checkpoint-500", 500, "hf-trainer"],
    ["last-checkpoint", null, "hf-trainer deepspeed olmo-core olmo"],
    ["latest-unsharded", null, "hf-trainer deepspeed olmo-core olmo"],
    ["epoch_3", 3, "deepspeed levanter accelerate-named directory"],
    ["ckpt_00000100", 100, "deepspeed accelerate-named orbax dcp directory"],
    ["my_run_100", 100, "orbax"],
    ["global_step2000", 2000, "deepspeed"],
    ["global_step2000_universal", 2000, "deepspeed"],
    ["iter_0000100", 100, "megatron"],
    ["step1000-unsharded", 1000, "olmo"],
    ["step1000", 1000, "olmo-core olmo dcp directory"],
    ["step-20", 20, "levanter hf-export torchtitan directory"],
    ["checkpoint_1000", 1000, "accelerate t5x orbax directory"],
    ["checkpoint_1000.tmp-1700", 1000, "t5x"],
    ["1000", 1000, "nanotron orbax"],
    ["1500.orbax-checkpoint-tmp-1700000000", 1500, "orbax"],
    ["ckpt_1500.orbax-checkpoint-tmp-17", 1500, "orbax"],
    ["ep0-ba100", 100, "composer"],
    ["ba100", 100, "hf-export"],
    ["epoch=3-step=100.ckpt", 100, "lightning"],
    ["stage1-step5000-tokens21B", 5000, "deepspeed accelerate-named orbax dcp directory"],
    ["step_20k", 20_000, "deepspeed accelerate-named orbax dcp directory"],
    ["results_step1000", 1000, "orbax"],
    ["checkpoints", null, ""],
    ["run-7", 7, "orbax"],
    ["finals", null, ""],
    ["step99999999999999999999", null, ""],
  ];
  for (const [name, step, formats] of names) {
    it(`of ${name} is step ${step} of ${formats}`, () => {
      const found = checkpointDirectoryName(name);
      assert.equal(found?.step ?? null, step);
      assert.equal(found?.formats.map(({ format }) => format).join(" ") ?? "", formats);
    });
  }
});

describe("checkpointFileName", () => {
  const names: readonly [
    name: string,
    beside: string,
    format: string | null,
    step: number | null,
  ][] = [
    ["step1000.safetensors", "", "safetensors", 1000],
    ["epoch=0-step=100.ckpt", "", "lightning", 100],
    ["epoch=0-step=100-v1.ckpt", "", "lightning", 100],
    ["3-1000.ckpt", "", "lightning", 1000],
    ["last.ckpt", "", "lightning", null],
    ["model_000500.pt", "", "torch", 500],
    ["model_000500.pt", "meta_000500.json", "nanochat", 500],
    ["checkpoint_3_12000.pt", "", "fairseq", 12_000],
    ["checkpoint_3_12000-shard0.pt", "", "fairseq", 12_000],
    ["checkpoint_3_12000-rank-0-shard0.pt", "", "fairseq", 12_000],
    ["checkpoint_3_12000-model_part-0-shard0.pt", "", "fairseq", 12_000],
    ["checkpoint_3_12000-shard1.pt", "", null, null],
    ["checkpoint.best_loss_2.5.pt", "", "fairseq", null],
    ["ckpt_3_12000.pth", "", null, null],
    ["ckpt_12000-ema.pth", "", "torch", 12_000],
    ["step_100_0.25.pt", "", "torch", 100],
    ["checkpoint5.pt", "", "torch", 5],
    ["checkpoint5.pt", "checkpoint_best.pt", "fairseq-epoch", 5],
    ["checkpoint_best.pt", "", "fairseq", null],
    ["ep0-ba100-rank0.pt", "", "composer", 100],
    ["ep0-ba100-rank1.pt", "", null, null],
    ["ba100.pt", "", "composer", 100],
    ["ep2.pt", "", "composer", 2],
    ["model_epoch_6.pt", "", "torch", 6],
    ["epoch_6_step_100.pt", "", "torch", 100],
    ["epoch-3.safetensors", "", "safetensors", 3],
    ["latest-rank0.pt.symlink", "", null, null],
    ["model.ckpt-0.index", "", "tensorflow", 0],
    ["checkpoint_4096", "", "t5x", 4096],
    ["ckpt-250.npz", "", "npz", 250],
    ["ckpt.pt", "", "torch", null],
    ["optimizer_step1000.pt", "", null, null],
    ["model.safetensors", "", null, null],
    ["step1000.json", "", null, null],
  ];
  for (const [name, beside, format, step] of names) {
    it(`of ${name}${beside === "" ? "" : ` beside ${beside}`} is ${format}, its step ${step}`, () => {
      const found = checkpointFileName(name);
      const recognised =
        found &&
        recogniseCheckpoint(found.formats, {
          inside: NONE,
          beside: new Set([name, beside]),
          naming: found.naming,
        });
      assert.equal(recognised?.format ?? null, format);
      assert.equal(recognised ? found.step : null, step);
    });
  }
});
