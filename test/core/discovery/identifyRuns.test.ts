import assert from "node:assert/strict";
import { identifyRuns } from "../../../src/core/discovery/identifyRuns.js";
import { CheckpointList } from "../../../src/core/model/checkpointList.js";
import type { ConfigValue } from "../../../src/core/model/config.js";
import type { RunDir, RunIdentity } from "../../../src/core/model/run.js";

function runAt(id: string): RunDir {
  const isFile = /\.\w+$/.test(id);
  const key = `/w/${id}`;
  return {
    key,
    id,
    root: "/w",
    directory: isFile ? key.slice(0, key.lastIndexOf("/")) : key,
    file: isFile ? key : null,
    part: null,
    holdsSeveral: false,
    systems: [],
    sources: [],
    configs: [],
    checkpoints: CheckpointList.EMPTY,
  };
}

function identify(
  runs: Readonly<Record<string, Readonly<Record<string, ConfigValue>>>>,
): Record<string, RunIdentity> {
  const configured = Object.entries(runs).map(([id, config]) => ({
    run: runAt(id),
    config: new Map(Object.entries(config)),
  }));
  const identities = identifyRuns(configured);
  return Object.fromEntries(
    configured.flatMap(({ run }) => {
      const identity = identities.get(run.key);
      return identity ? [[run.id, identity]] : [];
    }),
  );
}

describe("identifyRuns", () => {
  it("puts runs that differ only in their seed into one group", () => {
    const found = identify({
      "e/a": { lr: 0.1, seed: 0, run_name: "a" },
      "e/b": { lr: 0.1, seed: 1, run_name: "b" },
      "e/c": { lr: 0.2, seed: 0, run_name: "c" },
    });
    assert.equal(found["e/a"]?.seedGroup, found["e/b"]?.seedGroup);
    assert.notEqual(found["e/a"]?.seedGroup, found["e/c"]?.seedGroup);
    assert.deepEqual([found["e/a"]?.seed, found["e/b"]?.seed], [0, 1]);
  });

  for (const key of ["data_seed", "init_seed", "output_dir", "timestamp", "hostname", "run_id"]) {
    it(`does not split a group by ${key}`, () => {
      const found = identify({
        "e/a": { lr: 0.1, seed: 0, [key]: 1 },
        "e/b": { lr: 0.1, seed: 1, [key]: 2 },
      });
      assert.equal(found["e/a"]?.seedGroup, found["e/b"]?.seedGroup);
    });
  }

  for (const [key, a, b] of [
    ["lora_rank", 8, 16],
    ["lora.rank", 8, 16],
    ["optimizer.name", "adamw", "sgd"],
    ["model.name", "small", "large"],
    ["dataset_name", "c4", "pile"],
    ["model_id", "gpt2", "gpt2-medium"],
    ["d_output", 10, 20],
    ["layer_id", 1, 2],
    ["warmup_time", 1, 2],
    ["data_path", "/data/c4/train.bin", "/data/pile/train.bin"],
    ["model_name_or_path", "/models/small", "/models/large"],
    ["resume_from", "/runs/x/step1", "/runs/x/step2"],
  ] as const) {
    it(`is no group where runs differ in ${key}`, () => {
      const found = identify({
        "e/a": { lr: 0.1, seed: 0, [key]: a },
        "e/b": { lr: 0.1, seed: 1, [key]: b },
      });
      assert.notEqual(found["e/a"]?.seedGroup, found["e/b"]?.seedGroup);
    });
  }

  for (const [key, a, b] of [
    ["run_name", "x", "y"],
    ["name", "x", "y"],
    ["wandb.name", "x", "y"],
    ["experiment.id", 1, 2],
    ["local_rank", 0, 1],
    ["save_dir", "out/x", "out/y"],
    ["logging_dir", "out/x/runs", "out/y/runs"],
    ["seed_everything", 3, 4],
    ["rng_seed", 3, 4],
    ["training.data_seed", 3, 4],
    ["data_path", "/scratch1/c4/train.bin", "/scratch2/c4/train.bin"],
    ["data_path", "/data/idx_seed1/train", "/data/idx_seed2/train"],
    ["slurm_job_id", 3, 4],
    ["start_time", "2024-01-01", "2024-01-02"],
  ] as const) {
    it(`is a group where runs differ in ${key} beside their seed`, () => {
      const found = identify({
        "e/a": { lr: 0.1, seed: 0, [key]: a },
        "e/b": { lr: 0.1, seed: 1, [key]: b },
      });
      assert.equal(found["e/a"]?.seedGroup, found["e/b"]?.seedGroup);
    });
  }

  it("groups runs whose directories are named by times, counters or ids by their configs alone", () => {
    for (const [a, b] of [
      ["e/2024-01-01_12-00-00", "e/2024-01-02_13-00-00"],
      ["outputs/2024-01-01/12-00-00", "outputs/2024-01-02/13-00-00"],
      ["multirun/2024-01-01/12-00-00/0", "multirun/2024-01-01/12-00-00/1"],
      ["wandb/run-20240101_120000-abc123xy", "wandb/run-20240102_120000-def456zw"],
      [`mlruns/0/${"0a".repeat(16)}`, `mlruns/0/${"1b".repeat(16)}`],
      ["e/trial_3", "e/trial_12"],
    ] as const) {
      const found = identify({
        [a]: { lr: 0.1, seed: 0 },
        [b]: { lr: 0.1, seed: 1 },
      });
      assert.notEqual(found[a]?.seedGroup, null);
      assert.equal(found[a]?.seedGroup, found[b]?.seedGroup, a);
    }
  });

  it("does not take a number in a directory's name for nothing where no config says the seed", () => {
    const found = identify({ "e/256/seed0": {}, "e/512/seed0": {}, "e/256/seed1": {} });
    assert.equal(found["e/256/seed0"]?.seedGroup, found["e/256/seed1"]?.seedGroup);
    assert.notEqual(found["e/256/seed0"]?.seedGroup, found["e/512/seed0"]?.seedGroup);
  });

  it("takes the word seed for it where a name has an s with a number too", () => {
    const found = identify({ "e/net_s1_seed0": {}, "e/net_s1_seed1": {}, "e/net_s2_seed0": {} });
    assert.equal(found["e/net_s1_seed1"]?.seed, 1);
    assert.equal(found["e/net_s1_seed0"]?.seedGroup, found["e/net_s1_seed1"].seedGroup);
    assert.notEqual(found["e/net_s1_seed0"].seedGroup, found["e/net_s2_seed0"]?.seedGroup);
  });

  it("finds seeds in names of every form", () => {
    const ids = [
      "e/a-seed3",
      "e/a_seed=4",
      "e/a.seed_5",
      "e/a_s6",
      "e/seed7",
      "e/seed_8/run",
      "e/aSeed9",
    ];
    const found = identify(Object.fromEntries(ids.map((id) => [id, {}])));
    assert.deepEqual(
      ids.map((id) => found[id]?.seed),
      [3, 4, 5, 6, 7, 8, 9],
    );
  });

  it("has no group where no seed is known", () => {
    assert.equal(identify({ "e/a": { lr: 0.1 }, "e/b": { lr: 0.2 } })["e/a"]?.seedGroup, null);
  });

  it("finds the seed in the path where the config has none", () => {
    const found = identify({ "e/k1_s0.jsonl": {}, "e/k1_s1.jsonl": {}, "e/k2_s0.jsonl": {} });
    assert.equal(found["e/k1_s1.jsonl"]?.seed, 1);
    assert.equal(found["e/k1_s0.jsonl"]?.seedGroup, found["e/k1_s1.jsonl"].seedGroup);
    assert.notEqual(found["e/k1_s0.jsonl"].seedGroup, found["e/k2_s0.jsonl"]?.seedGroup);
  });

  it("labels runs by the keys that differ, the seed last", () => {
    const found = identify({
      "e/2024-01-01": { lr: 0.1, wd: 1, seed: 0 },
      "e/2024-01-02": { lr: 0.1, wd: 0, seed: 1 },
    });
    assert.equal(found["e/2024-01-01"]?.label, "wd=1 seed=0");
    assert.equal(found["e/2024-01-02"]?.label, "wd=0 seed=1");
  });

  it("labels runs that their keys do not tell apart by their names", () => {
    const found = identify({ "e/first": { lr: 0.1 }, "e/second": { lr: 0.1 } });
    assert.deepEqual([found["e/first"]?.label, found["e/second"]?.label], ["first", "second"]);
  });

  it("finds the run and the step that another one started from", () => {
    const found = identify({
      "e/parent": { wd: 0 },
      "e/child": { wd: 2, init_from: "../parent/checkpoints/step2000.safetensors" },
      "e/stranger": { wd: 3, resume_from_checkpoint: "/scratch/elsewhere/checkpoint-7" },
    });
    assert.deepEqual(found["e/child"]?.parent, {
      key: "/w/e/parent",
      text: "../parent/checkpoints/step2000.safetensors",
      step: 2000,
    });
    assert.deepEqual(
      [found["e/stranger"]?.parent?.key, found["e/stranger"]?.parent?.step],
      [null, 7],
    );
    assert.equal(found["e/parent"]?.parent, null);
  });

  for (const [key, value, step] of [
    ["trainer.resume_from_checkpoint", "runs/e/parent/checkpoint-2000", 2000],
    ["load_checkpoint", "../parent/step2000", 2000],
    ["checkpoint.load_path", "../parent/step2000/hf", 2000],
    ["model.init_from", "../parent/ckpt/step2000.pt", 2000],
    ["warm_start_from", "../parent", null],
    ["restore_from", "../parent/iter_0002000", 2000],
    ["ckpt_path", "../parent/epoch=1-step=2000.ckpt", 2000],
    ["finetune_from", "parent", null],
    ["base_model_name_or_path", "/w/e/parent/checkpoint-2000", 2000],
    ["model_name_or_path", "../parent", null],
    ["trainer.initialize_from", "gs://marin/checkpoints/parent/checkpoints/step-2000", 2000],
    ["train_config.initialize_from_checkpoint_path", "gs://m/parent/checkpoints/step-2000", 2000],
    ["checkpoints.resume_checkpoint_path", "/scratch/parent/checkpoints/2000", 2000],
    ["checkpoint.initial_load_path", "outputs/parent/checkpoint/step-2000", 2000],
    ["load_path", "https://checkpoints.example/ai2-llm/parent/step2000-unsharded", 2000],
    ["load", "/mnt/parent/global_step2000", 2000],
    ["restore_file", "/ckpts/parent/checkpoint_3_2000.pt", 2000],
    ["init_from", "parent@step2000", 2000],
  ] as const) {
    it(`finds the parent in ${key}`, () => {
      const found = identify({ "e/parent": {}, "e/child": { [key]: value }, "e/other": {} });
      assert.deepEqual(
        [found["e/child"]?.parent?.key, found["e/child"]?.parent?.step],
        ["/w/e/parent", step],
      );
    });
  }

  const keys: readonly [key: string, value: string][] = [
    ["trainer.initialize_from", "gs://marin/checkpoints/parent/checkpoints/step-2000"],
    ["train_config.initialize_from_checkpoint_path", "gs://marin/parent/checkpoints/step-2000"],
    ["checkpoints.resume_checkpoint_path", "/scratch/parent/checkpoints/2000"],
    ["checkpoint.initial_load_path", "outputs/parent/checkpoint/step-2000"],
    ["load_path", "https://olmo-checkpoints.org/ai2-llm/parent/step2000-unsharded"],
    ["load", "/mnt/parent/global_step2000"],
    ["restore_file", "/ckpts/parent/checkpoint_3_2000.pt"],
    ["init_from", "parent@step2000"],
  ];
  for (const [key, value] of keys) {
    it(`finds the parent in ${key}: ${value}`, () => {
      const found = identify({ "e/parent": { wd: 0 }, "e/child": { wd: 1, [key]: value } });
      assert.equal(found["e/child"]?.parent?.key, "/w/e/parent");
      assert.equal(found["e/child"].parent.step, 2000);
    });
  }

  it("takes what a run loads from where it saves for its own", () => {
    const own = { save: "/mnt/ckpts/70m", load_checkpoint: "/mnt/ckpts/70m/global_step5" };
    assert.equal(identify({ "e/a": own, "e/b": {} })["e/a"]?.parent, null);
  });

  it("knows the seeds and the group of published runs, whatever libraries added to their config", () => {
    const found = identify({
      "hub/models--EleutherAI--pythia-70m": {
        model_type: "gpt_neox",
        transformers_version: "4.24",
      },
      "hub/models--EleutherAI--pythia-70m-seed1": { model_type: "gpt_neox", rope_scaling: null },
      "hub/models--EleutherAI--pythia-70m-deduped": { model_type: "gpt_neox" },
      "hub/pythia-160m": {},
    });
    const [base, seed1, deduped, larger] = Object.values(found);
    assert.deepEqual([base?.seed, seed1?.seed, larger?.seed], [1234, 1, 1234]);
    assert.equal(base?.seedGroup, "hub/pythia-70m");
    assert.equal(base.seedGroup, seed1?.seedGroup);
    assert.equal(new Set([base, deduped, larger].map((run) => run?.seedGroup)).size, 3);
  });

  it("goes by the config where a run that is named like a published one has its own", () => {
    const found = identify({
      "e/pythia-70m": { lr: 0.1, seed: 1 },
      "e/pythia-70m-seed2": { lr: 0.2, seed: 2 },
    });
    assert.notEqual(found["e/pythia-70m"]?.seedGroup, found["e/pythia-70m-seed2"]?.seedGroup);
    assert.equal(found["e/pythia-70m"]?.seed, 1);
  });

  for (const [key, value] of [
    ["init_from", "scratch"],
    ["init_from", "resume"],
    ["dataset.load_from", "/data/parent/x"],
    ["tokenizer.load_from", "/models/parent/x"],
    ["resume_from", "auto"],
    ["resume", "latest"],
    ["resume_from_checkpoint", "True"],
    ["load", "none"],
    ["model_name_or_path", "EleutherAI/pythia-70m"],
    ["base_model_name_or_path", "o/base"],
    ["resume", "must"],
    ["init_from", "gpt2"],
    ["restore_file", "checkpoint_last.pt"],
    ["dataset.load_path", "/data/b/x"],
    ["tokenizer.load_from", "/models/b"],
  ] as const) {
    it(`finds no parent in ${key}: ${value}`, () => {
      assert.equal(identify({ "e/a": { [key]: value }, "e/b": {} })["e/a"]?.parent, null);
    });
  }

  it("takes what a run loads from where it saves for its own", () => {
    const own = { save: "/mnt/ckpts/70m", load: "/mnt/ckpts/70m/global_step5" };
    assert.equal(identify({ "e/a": own, "e/70m": {} })["e/a"]?.parent, null);
  });

  it("does not make a run that resumed from its own checkpoint its own parent", () => {
    const found = identify({ "e/a": { resume_from: "checkpoints/step100.pt" }, "e/b": {} });
    assert.equal(found["e/a"]?.parent, null);
  });

  it("takes experiments for the directories that hold runs, without seeds", () => {
    const found = identify({ "x/seed_0/run": {}, "x/seed_1/run": {}, "y/run": {} });
    assert.deepEqual(
      Object.values(found).map(({ experiment }) => experiment),
      ["x", "x", "y"],
    );
  });
});
