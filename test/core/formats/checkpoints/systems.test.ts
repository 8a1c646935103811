/** A folder as each system leaves it: which run, which checkpoints, of which format, and which of them are whole. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { discoverAll } from "../../../../src/core/discovery/discoverRuns.js";
import { statusIn } from "../../../../src/core/discovery/layouts/marin.js";
import { inspectCheckpoint } from "../../../../src/core/formats/checkpoints/inspect.js";
import { MemoryFiles } from "../../../../src/core/io/memoryFiles.js";
import { discovered } from "../../../support/catalogs.js";
import { fixture } from "../../../support/root.js";
import { tinySafetensors } from "../../../support/safetensorsFile.js";

type Tree = Record<string, string | Uint8Array>;

const weights = tinySafetensors();
const bundle = readFileSync(fixture("checkpoints", "tensorflow", "model.ckpt-0.index"));
/** Of step 20. */
const modelStates = readFileSync(
  fixture("checkpoints", "deepspeed", "global_step20", "mp_rank_00_model_states.pt"),
);

/** Files below a directory. */
function at(directory: string, files: Tree): Tree {
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [`${directory}/${name}`, content]),
  );
}

function forSteps(names: readonly string[], files: Tree): Tree {
  return Object.assign({}, ...names.map((name) => at(name, files))) as Tree;
}

interface Case {
  readonly what: string;
  readonly tree: Tree;
  readonly run: string;
  readonly systems: readonly string[];
  /** `format step state`, with what the checkpoint says of itself behind it. */
  readonly checkpoints: readonly string[];
  readonly configs?: readonly string[];
}

const cases: readonly Case[] = [
  {
    what: "Hugging Face Trainer with adapters, DeepSpeed inside, and a save that was stopped",
    tree: at("/w/out", {
      "checkpoint-500/trainer_state.json": '{"epoch": 0.5, "global_step": 500, "log_history": []}',
      "checkpoint-500/adapter_model.safetensors": weights,
      "checkpoint-500/adapter_config.json": '{"r": 8}',
      "checkpoint-1000/trainer_state.json": '{"global_step": 1000, "log_history": []}',
      "checkpoint-1000/latest": "global_step1000",
      "checkpoint-1000/global_step1000/mp_rank_00_model_states.pt": "x",
      "checkpoint-1500/trainer_state.json": '{"global_step": 1500, "log_history": []}',
      "checkpoint-1500/checkpoint-is-incomplete.txt": "",
      "checkpoint-2000/trainer_state.json": '{"global_step": 2000, "log_his',
      "checkpoint-2000/adapter_config.json": "{}",
    }),
    run: "out",
    systems: ["Hugging Face Trainer"],
    checkpoints: [
      'hf-trainer 500 complete {"step":500,"epoch":0.5}',
      'hf-trainer 1000 complete {"step":1000}',
      'hf-trainer 1500 partial {"step":1500}',
      'hf-trainer 2000 partial {"step":2000}',
    ],
    configs: ["/w/out/checkpoint-2000/adapter_config.json"],
  },
  {
    what: "the Trainer's copy of the last checkpoint, saves that ended early, and one without weights",
    tree: at("/w/out", {
      "last-checkpoint/trainer_state.json": '{"global_step": 30, "log_history": []}',
      "last-checkpoint/model.safetensors": weights,
      "checkpoint-10/model.safetensors": weights,
      "checkpoint-20/config.json": "{}",
      "tmp-checkpoint-40/model.safetensors": weights,
    }),
    run: "out",
    systems: ["Hugging Face Trainer"],
    checkpoints: [
      "hf-trainer 10 weights-only",
      "hf-trainer 20 partial",
      'hf-trainer 30 complete {"step":30}',
      "hf-trainer 40 partial",
    ],
  },
  {
    what: "trials of a search by the Trainer",
    tree: at("/w/search/run-1", {
      "checkpoint-10/trainer_state.json": '{"global_step": 10, "log_history": []}',
    }),
    run: "search/run-1",
    systems: ["Hugging Face Trainer"],
    checkpoints: ['hf-trainer 10 complete {"step":10}'],
  },
  {
    what: "GPT-NeoX",
    tree: {
      ...forSteps(
        ["/w/neox/global_step1000", "/w/neox/global_step2000", "/w/neox/global_step3000"],
        {
          "mp_rank_00_model_states.pt": "x",
          "configs/70m.yml": '{ "train-iters": 10, # so many\n }',
        },
      ),
      "/w/neox/latest": "global_step2000",
    },
    run: "neox",
    systems: ["DeepSpeed"],
    checkpoints: ["deepspeed 1000 complete", "deepspeed 2000 complete", "deepspeed 3000 partial"],
    configs: [
      "/w/neox/global_step3000/configs/70m.yml",
      "/w/neox/global_step3000/mp_rank_00_model_states.pt",
    ],
  },
  {
    what: "DeepSpeed under tags that its user chose",
    tree: {
      ...forSteps(["/w/ds/epoch-3", "/w/ds/best_7"], { "mp_rank_00_model_states.pt": modelStates }),
      "/w/ds/other/notes.txt": "x",
      "/w/ds/latest": "epoch-3\n",
    },
    run: "ds",
    systems: ["DeepSpeed"],
    checkpoints: ['deepspeed 20 complete {"step":20}', 'deepspeed 20 complete {"step":20}'],
  },
  {
    what: "Megatron-LM, a rank without its state, and one that Git LFS has not downloaded",
    tree: at("/w/meg", {
      "iter_0000010/mp_rank_00/model_optim_rng.pt": "x",
      "iter_0000010/mp_rank_01/model_optim_rng.pt": "x",
      "iter_0000020/mp_rank_00/model_optim_rng.pt": "x",
      "iter_0000020/mp_rank_01/distrib_optim.pt": "x",
      "iter_0000030/mp_rank_00/model_optim_rng.pt":
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n",
    }),
    run: "meg",
    systems: ["Megatron-LM"],
    checkpoints: ["megatron 10 complete", "megatron 20 partial", "megatron 30 remote"],
  },
  {
    what: "Megatron-LM, distributed, the last save under way",
    tree: {
      ...forSteps(["/w/meg/iter_0001000", "/w/meg/iter_0002000"], {
        ".metadata": "x",
        "__0_0.distcp": "x",
        "common.pt": "x",
      }),
      "/w/meg/iter_0003000/__0_0.distcp": "x",
      "/w/meg/latest_checkpointed_iteration.txt": "2000",
      "/w/meg/release/mp_rank_00/model_optim_rng.pt": "x",
    },
    run: "meg",
    systems: ["Megatron-LM"],
    checkpoints: ["megatron 1000 complete", "megatron 2000 complete", "megatron 3000 partial"],
  },
  {
    what: "OLMo, both forms of one step",
    tree: {
      ...at("/w/olmo", {
        "config.yaml": "seed: 6198\n",
        "step500-unsharded/config.yaml": "seed: 6198\n",
        "step500-unsharded/model.pt": "x",
        "step500-unsharded/optim.pt": "x",
        "step500-unsharded/train.pt": "x",
        "step500/config.yaml": "seed: 6198\n",
        "step500/model/.metadata": "x",
        "step500/train/rank0.pt": "x",
        "step1000-tmp/model/__0_0.distcp": "x",
      }),
    },
    run: "olmo",
    systems: ["OLMo"],
    checkpoints: ["olmo 500 complete", "olmo 500 complete", "directory 1000 partial"],
  },
  {
    what: "OLMo-core, one that a later save deletes, one that is being written",
    tree: at("/w/core", {
      "step0/.metadata.json": '{"version": "2.0", "ephemeral": false}',
      "step0/config.json": '{"init_seed": 12536}',
      "step0/model_and_optim/.metadata": "x",
      "step0/train/rank0.pt": "x",
      "step250/.metadata.json": '{"version": "2.0", "ephemeral": true}',
      "step250/config.json": '{"init_seed": 12536}',
      "step250/model_and_optim/.metadata": "x",
      "step500/model_and_optim/__0_0.distcp": "x",
    }),
    run: "core",
    systems: ["OLMo-core"],
    checkpoints: [
      "olmo-core 0 complete",
      'olmo-core 250 complete {"temporary":true}',
      "olmo-core 500 partial",
    ],
  },
  {
    what: "Levanter after epochs",
    tree: at("/w/lev", {
      "checkpoints/step-1000/metadata.json": '{"step": 1000, "timestamp": "2025-01-01T00:00:00"}',
      "checkpoints/epoch-1/metadata.json":
        '{"step": 1234, "timestamp": "2025-01-01T00:00:00", "is_temporary": true}',
    }),
    run: "lev",
    systems: ["Levanter"],
    checkpoints: [
      'levanter 1 epochs complete {"step":1234,"temporary":true}',
      'levanter 1000 complete {"step":1000}',
    ],
  },
  {
    what: "Levanter, and its exports",
    tree: at("/w/lev", {
      "checkpoints/step-1000/metadata.json": '{"step": 1000, "timestamp": "2025-01-01T00:00:00"}',
      "checkpoints/step-1000/model/.zarray": "{}",
      "checkpoints/step-1200/metadata.json":
        '{"step": 1200, "timestamp": "2025-01-01T00:00:00", "is_temporary": true}',
      "checkpoints/step-1200/model/.zarray": "{}",
      "checkpoints/step-2000/manifest.json": '{"format_version": 1, "arrays": []}',
      "checkpoints/step-2000/model/.zarray": "{}",
      "hf/step-1000/config.json": "{}",
      "hf/step-1000/model.safetensors": weights,
    }),
    run: "lev",
    systems: ["Levanter"],
    checkpoints: [
      'levanter 1000 complete {"step":1000}',
      "hf-export 1000 weights-only",
      'levanter 1200 complete {"step":1200,"temporary":true}',
      "levanter 2000 partial",
    ],
  },
  {
    what: "Marin, whose tracker names the directory of checkpoints",
    tree: at("/w/marin", {
      ".executor_status": "SUCCESS",
      ".executor_info": '{"name": "tiny", "config": {"seed": 3}}',
      ".artifact.json": '{"name": "tiny", "config": {"seed": 3}}',
      "checkpoints/run-ab12/step-1000/metadata.json": '{"step": 1000, "timestamp": "2025-01-01"}',
      "hf/step-1000/config.json": "{}",
      "hf/step-1000/model.safetensors": weights,
    }),
    run: "marin",
    systems: ["Levanter", "Marin"],
    checkpoints: ['levanter 1000 complete {"step":1000}', "hf-export 1000 weights-only"],
    configs: ["/w/marin/.artifact.json", "/w/marin/.executor_info"],
  },
  {
    what: "torchtitan",
    tree: at("/w/titan", {
      "checkpoint/step-10/.metadata": "x",
      "checkpoint/step-10/__0_0.distcp": "x",
      "checkpoint/step-20/__0_0.distcp": "x",
      "checkpoint/step-20/.metadata.tmp": "x",
      "checkpoint/step-30/model.safetensors.index.json": '{"weight_map": {"a": "m.safetensors"}}',
      "checkpoint/step-30/m.safetensors": weights,
    }),
    run: "titan",
    systems: ["torchtitan"],
    checkpoints: ["torchtitan 10 complete", "torchtitan 20 partial", "torchtitan 30 weights-only"],
  },
  {
    what: "nanotron",
    tree: {
      ...at("/w/nano/checkpoints", {
        "latest.txt": "1000",
        "1000/config.yaml": "general: {seed: 42}\n",
        "1000/checkpoint_metadata.json":
          '{"version": "1.5", "metas": {"last_train_step": 1000, "consumed_tokens_total": 2048000}}',
        "1000/model/x.safetensors": weights,
        "2000/config.yaml": "general: {seed: 42}\n",
        "2000/model/x.safetensors": weights,
      }),
    },
    run: "nano",
    systems: ["nanotron"],
    checkpoints: [
      'nanotron 1000 complete {"step":1000,"tokens":2048000,"tokensFrom":"consumed_tokens_total"}',
      "nanotron 2000 partial",
    ],
    configs: ["/w/nano/checkpoints/2000/config.yaml"],
  },
  {
    what: "nanotron, tokens from the samples of an older release and the config beside them",
    tree: at("/w/nano", {
      "latest.txt": "20",
      "10/config.yaml": "tokens: {sequence_length: 256}\n",
      "10/checkpoint_metadata.json":
        '{"version": "1.2", "metas": {"last_train_step": 10, "consumed_train_samples": 40}}',
      "20/config.yaml": "tokens: {sequence_length: 256}\n",
      "20/checkpoint_metadata.json":
        '{"version": "1.4", "metas": {"last_train_step": 20, "consumed_train_samples": 80, "data_stages":' +
        ' [{"consumed_train_samples": 40, "sequence_length": 128}, {"consumed_train_samples": 40, "sequence_length": 256}]}}',
    }),
    run: "nano",
    systems: ["nanotron"],
    checkpoints: [
      'nanotron 10 complete {"step":10,"tokens":10240,"tokensFrom":"consumed_train_samples 40 × tokens.sequence_length 256 of config.yaml"}',
      'nanotron 20 complete {"step":20,"tokens":15360,"tokensFrom":"consumed_train_samples × sequence_length of each data stage"}',
    ],
  },
  {
    what: "Orbax on a store that cannot rename",
    tree: at("/w/orbax", {
      "0/_CHECKPOINT_METADATA": "{}",
      "0/default/_METADATA": "{}",
      "0/commit_success.txt": "",
      "100/_CHECKPOINT_METADATA": "{}",
      "100/default/_METADATA": "{}",
      "200.orbax-checkpoint-tmp-1700000000/default/d/x": "x",
    }),
    run: "orbax",
    systems: ["Orbax"],
    checkpoints: ["orbax 0 complete", "orbax 100 partial", "orbax 200 partial"],
  },
  {
    what: "Orbax with a prefix",
    tree: at("/w/orbax", {
      "checkpoint_5/_CHECKPOINT_METADATA": "{}",
      "checkpoint_10/_CHECKPOINT_METADATA": "{}",
    }),
    run: "orbax",
    systems: ["Orbax"],
    checkpoints: ["orbax 5 complete", "orbax 10 complete"],
  },
  {
    what: "Orbax with prefixes that its users chose",
    tree: at("/w/orbax", {
      "ckpt_00000100/_CHECKPOINT_METADATA": "{}",
      "ckpt_00000100/default/manifest.ocdbt": "x",
      "my_run_200/_CHECKPOINT_METADATA": "{}",
      "my_run_200/default/manifest.ocdbt": "x",
      "my_run_300/_CHECKPOINT_METADATA": "{}",
    }),
    run: "orbax",
    systems: ["Orbax"],
    checkpoints: ["orbax 100 complete", "orbax 200 complete", "orbax 300 complete"],
  },
  {
    what: "T5X, one being written",
    tree: at("/w/t5x", {
      "checkpoint_1000/checkpoint": Uint8Array.of(0x80),
      "checkpoint_1000/target.kernel/.zarray": "{}",
      "checkpoint_1000/PINNED": "",
      "checkpoint_2000.tmp-1700000000/target.kernel/.zarray": "{}",
    }),
    run: "t5x",
    systems: ["T5X"],
    checkpoints: ["t5x 1000 complete", "t5x 2000 partial"],
  },
  {
    what: "Accelerate, which counts saves",
    tree: at("/w/acc/checkpoints", {
      "checkpoint_0/model.safetensors": weights,
      "checkpoint_0/optimizer.bin": "x",
      "checkpoint_0/random_states_0.pkl": "x",
      "checkpoint_1/model.safetensors": weights,
      "checkpoint_1/optimizer.bin": "x",
      "checkpoint_1/random_states_0.pkl": "x",
    }),
    run: "acc",
    systems: ["Accelerate"],
    checkpoints: ["accelerate 0 saves complete", "accelerate 1 saves complete"],
  },
  {
    what: "Accelerate under the names that scripts choose",
    tree: at("/w/acc", {
      "step_500/model.safetensors": weights,
      "step_500/optimizer.bin": "x",
      "step_500/random_states_0.pkl": "x",
      "epoch_1/model.safetensors": weights,
      "epoch_1/optimizer.bin": "x",
    }),
    run: "acc",
    systems: ["Accelerate"],
    checkpoints: ["accelerate-named 1 epochs complete", "accelerate-named 500 complete"],
  },
  {
    what: "Composer, all ranks one checkpoint, and a link that is a text",
    tree: at("/w/llm", {
      "checkpoints/ep0-ba100-rank0.pt": "x",
      "checkpoints/ep0-ba100-rank1.pt": "x",
      "checkpoints/latest-rank0.pt.symlink": "ep0-ba200-rank0.pt",
      "checkpoints/ep0-ba200/.metadata": "x",
      "checkpoints/ep0-ba200/__0_0.distcp": "x",
      "checkpoints/ep0-ba300/__0_0.distcp": "x",
      "checkpoints/huggingface/ba100/config.json": "{}",
      "checkpoints/huggingface/ba100/model.safetensors": weights,
    }),
    run: "llm",
    systems: ["Composer"],
    checkpoints: [
      "composer 100 complete",
      "hf-export 100 weights-only",
      "composer 200 complete",
      "composer 300 partial",
    ],
  },
  {
    what: "Composer's earlier shards, and names by other counts",
    tree: at("/w/llm", {
      "checkpoints/ep0-ba200/ep0-ba200-rank0.pt": "x",
      "checkpoints/ep0-ba200/ep0-ba200-rank1.pt": "x",
      "checkpoints/ba300-rank0.pt": "x",
      "checkpoints/ba300-rank1.pt": "x",
      "checkpoints/ep2.pt": "x",
    }),
    run: "llm",
    systems: ["Composer"],
    checkpoints: ["composer 2 epochs complete", "composer 200 complete", "composer 300 complete"],
  },
  {
    what: "nanochat, tokens from the batch",
    tree: at("/w/base_checkpoints/d20", {
      "model_000500.pt": "x",
      "optim_000500_rank0.pt": "x",
      "meta_000500.json": '{"step": 500, "total_batch_size": 524288}',
      "model_001000.pt": "x",
    }),
    run: "base_checkpoints/d20",
    systems: ["nanochat"],
    checkpoints: [
      'nanochat 500 complete {"step":500,"tokens":262144000,"tokensFrom":"step 500 × total_batch_size 524288"}',
      "nanochat 1000 partial",
    ],
  },
  {
    what: "fairseq, whose epochs are no steps",
    tree: at("/w/fair", {
      "checkpoint_1_500.pt": "x",
      "checkpoint1.pt": "x",
      "checkpoint_last.pt": "x",
    }),
    run: "fair",
    systems: ["fairseq"],
    checkpoints: ["fairseq-epoch 1 epochs complete", "fairseq 500 complete"],
  },
  {
    what: "shards of metaseq are one checkpoint",
    tree: at("/w/opt", {
      "checkpoint_1_500-model_part-0-shard0.pt": "x",
      "checkpoint_1_500-model_part-0-shard1.pt": "x",
      "checkpoint_1_500-model_part-1-shard0.pt": "x",
      "checkpoint_2_1000-shard0.pt": "x",
    }),
    run: "opt",
    systems: ["fairseq"],
    checkpoints: ["fairseq 500 complete", "fairseq 1000 complete"],
  },
  {
    what: "a loop that saves after each epoch",
    tree: at("/w/loop", { "model_epoch_1.pth": "x", "model_epoch_2.pth": "x", "step_30.pth": "x" }),
    run: "loop",
    systems: ["PyTorch"],
    checkpoints: ["torch 1 epochs complete", "torch 2 epochs complete", "torch 30 complete"],
  },
  {
    what: "bundles of TensorFlow in a directory each, one without its shard",
    tree: at("/w/tf", {
      "step_20/bert.ckpt.index": bundle,
      "step_20/bert.ckpt.data-00000-of-00002": "x",
      "step_40/bert.ckpt.index":
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n",
      "step_40/bert.ckpt.data-00000-of-00002": "x",
    }),
    run: "tf",
    systems: [],
    checkpoints: ["directory 20 partial", "directory 40 remote"],
  },
  {
    what: "any other distributed checkpoint of PyTorch",
    tree: at("/w/own", {
      "ckpt_step_100/.metadata": "x",
      "ckpt_step_100/__0_0.distcp": "x",
      "ckpt_step_200/__0_0.distcp": "x",
    }),
    run: "own",
    systems: ["PyTorch distributed checkpoint"],
    checkpoints: ["dcp 100 complete", "dcp 200 partial"],
  },
  {
    what: "weights that Git LFS has not downloaded",
    tree: at("/w/lfs", {
      "step1000/model.safetensors":
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n",
      "step1000/config.json": "{}",
    }),
    run: "lfs",
    systems: [],
    checkpoints: ["directory 1000 remote"],
  },
];

describe("checkpoints of each system", () => {
  for (const { what, tree, run, systems, checkpoints, configs } of cases) {
    it(what, async () => {
      const files = new MemoryFiles(tree);
      const { runs, problems } = await discoverAll(files, "/w");
      assert.deepEqual(problems, []);
      assert.deepEqual(
        runs.map(({ id }) => id),
        [run],
      );
      const found = runs[0];
      assert.ok(found);
      assert.deepEqual(found.systems, systems);
      const looks = await Promise.all(
        found.checkpoints.map(async (checkpoint) => {
          const inspection = await inspectCheckpoint(files, checkpoint);
          const { state, reason, bytes, ...facts } = inspection;
          assert.ok(bytes === null || bytes > 0);
          assert.equal(reason === null, state === "complete" || state === "weights-only");
          const { format, step, counts } = checkpoint;
          const said = Object.keys(facts).length > 0 ? [JSON.stringify(facts)] : [];
          return [format, step, ...(counts ? [counts] : []), state, ...said].join(" ");
        }),
      );
      assert.deepEqual(looks, checkpoints);
      if (configs) assert.deepEqual(found.configs, configs);
    });
  }

  it("are found where one of them is the folder that is opened", async () => {
    for (const { tree } of cases) {
      const files = new MemoryFiles(tree);
      const { runs } = await discoverAll(files, "/w");
      for (const checkpoint of runs[0]?.checkpoints ?? []) {
        const { state } = await inspectCheckpoint(files, checkpoint);
        if (checkpoint.container !== "directory" || state === "partial") continue;
        const { runs: opened } = await discoverAll(files, checkpoint.path);
        assert.deepEqual(
          opened.map(({ id, checkpoints }) => [id, [...checkpoints]]),
          [[".", [checkpoint]]],
        );
      }
    }
  });

  it("a folder that is only named like a checkpoint is one like any", async () => {
    const log = '{"step": 1, "loss": 2}\n{"step": 2, "loss": 1}\n';
    for (const name of ["checkpoint-1", "global_step5", "step1", "epoch_2", "run_7", "latest"]) {
      const tree = { [`/w/${name}/metrics.jsonl`]: log, [`/w/${name}/ckpts/step2.pt`]: "x" };
      const { runs } = await discoverAll(new MemoryFiles(tree), `/w/${name}`);
      assert.deepEqual(
        runs.map(({ id, sources, checkpoints }) => [id, sources.length, checkpoints.length]),
        [[".", 1, 1]],
      );
    }
  });

  it("torchtitan's dated event files are of one run, and continue one another", async () => {
    const { runs } = await discoverAll(
      new MemoryFiles({
        "/w/titan/checkpoint/step-10/.metadata": "x",
        "/w/titan/tb/20250101-1200/rank_0/events.out.tfevents.1700000000.host.1.0": "x",
        "/w/titan/tb/20250102-0900/events.out.tfevents.1700090000.host.1.0": "x",
      }),
      "/w",
    );
    assert.deepEqual(
      runs.map(({ id, sources }) => [id, sources.map(({ stream }) => stream)]),
      [["titan", ["/w/titan/tb", "/w/titan/tb"]]],
    );
  });

  it("Levanter's runs have their checkpoints and their exports in directories of their name", async () => {
    const saved = { "metadata.json": '{"step": 5}' };
    const exported = { "config.json": "{}", "model.safetensors": weights };
    const files = new MemoryFiles({
      ...at("/w/lev/checkpoints/aa/step-5", saved),
      ...at("/w/lev/checkpoints/bb/step-5", saved),
      ...at("/w/lev/hf/aa/step-5", exported),
    });
    const idsIn = async (): Promise<unknown> =>
      (await discoverAll(files, "/w")).runs.map(({ id, checkpoints }) => [id, checkpoints.length]);
    assert.deepEqual(await idsIn(), [
      ["lev/checkpoints/bb", 1],
      ["lev#aa", 2],
    ]);
    const catalog = await discovered(files);
    const run = catalog.runs().find(({ part }) => part === "aa");
    files.write("/w/lev/hf/aa/step-9/config.json", "{}");
    files.write("/w/lev/hf/aa/step-9/model.safetensors", weights);
    assert.equal(await catalog.refresh(run?.key ?? ""), true);
    assert.equal(catalog.run(run?.key ?? "")?.checkpoints.length, 3);
  });

  it("Marin's runs that failed say so", async () => {
    const tree = { "/w/m/.executor_status": "FAILED", "/w/m/hf/step-1/config.json": "{}" };
    const { problems } = await discoverAll(new MemoryFiles(tree), "/w");
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["marin/failed"],
    );
    assert.equal(statusIn('{"status": "RUNNING"}\n{"status": "SUCCESS"}\n'), "SUCCESS");
  });

  it("profiles and pictures of steps are no checkpoints", async () => {
    const { runs } = await discoverAll(
      new MemoryFiles({
        "/w/run/metrics.jsonl": '{"step": 1, "loss": 2}\n{"step": 2, "loss": 1}\n',
        "/w/run/traces/step500/trace.json": "{}",
        "/w/run/profile_traces/iteration_100/rank0_trace.json": "{}",
        "/w/run/samples/step_100/0.png": "x",
        "/w/run/step_200/0.png": "x",
      }),
      "/w",
    );
    assert.deepEqual(
      runs.map(({ id, checkpoints }) => [id, checkpoints.length]),
      [["run", 0]],
    );
  });

  it("a copied directory in place of a link is looked into for its step", async () => {
    const train = readFileSync(fixture("checkpoints", "torch", "train.pt"));
    const files = new MemoryFiles({
      "/w/olmo/latest/config.yaml": "seed: 1\n",
      "/w/olmo/latest/model.pt": "x",
      "/w/olmo/latest/train.pt": train,
    });
    const { runs } = await discoverAll(files, "/w");
    assert.deepEqual(
      runs[0]?.checkpoints.map(({ step, format }) => [step, format]),
      [[1000, "olmo"]],
    );
  });

  it("directories with numbers for names are runs like any where nothing says otherwise", async () => {
    const log = '{"step": 1, "loss": 2}\n{"step": 2, "loss": 1}\n';
    const { runs } = await discoverAll(
      new MemoryFiles({ "/w/multirun/0/metrics.jsonl": log, "/w/multirun/1/metrics.jsonl": log }),
      "/w",
    );
    assert.deepEqual(
      runs.map(({ id }) => id),
      ["multirun/0", "multirun/1"],
    );
  });
});
