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

  const keys: readonly [key: string, value: string][] = [
    ["trainer.initialize_from", "gs://marin/checkpoints/parent/checkpoints/step-2000"],
    ["train_config.initialize_from_checkpoint_path", "gs://marin/parent/checkpoints/step-2000"],
    ["checkpoints.resume_checkpoint_path", "/scratch/parent/checkpoints/2000"],
    ["checkpoint.initial_load_path", "outputs/parent/checkpoint/step-2000"],
    ["load_path", "https://olmo-checkpoints.org/ai2-llm/parent/step2000-unsharded"],
    ["load", "/mnt/parent/global_step2000"],
    ["resume_from_checkpoint", "../parent/checkpoint-2000"],
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

  for (const [key, value] of [
    ["init_from", "scratch"],
    ["init_from", "gpt2"],
    ["resume", "auto"],
    ["restore_file", "checkpoint_last.pt"],
    ["dataset.load_path", "/data/parent/x"],
    ["tokenizer.load_from", "/models/parent/x"],
  ] as const) {
    it(`sees no parent in ${key}: ${value}`, () => {
      const found = identify({ "e/parent": {}, "e/child": { [key]: value } });
      assert.equal(found["e/child"]?.parent, null);
    });
  }

  it("takes what a run loads from where it saves for its own", () => {
    const own = { save: "/mnt/ckpts/70m", load: "/mnt/ckpts/70m/global_step5" };
    assert.equal(identify({ "e/a": own, "e/b": {} })["e/a"]?.parent, null);
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
