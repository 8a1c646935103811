import assert from "node:assert/strict";
import {
  compareConfigs,
  isConfigName,
  mayBeConfig,
  parseConfig,
  readConfig,
  type ConfigResult,
} from "../../../src/core/formats/configFile.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const entries = ({ config }: ConfigResult): unknown[] => [...config];

describe("parseConfig", () => {
  it("reads YAML, JSON with comments and TOML into the same dotted keys", () => {
    const expected = [
      ["lr", 0.1],
      ["optimizer.name", "adamw"],
      ["optimizer.betas", "[0.9,0.98]"],
    ];
    const yaml = "lr: 0.1\noptimizer:\n  name: adamw\n  betas: [0.9, 0.98]\n";
    const json = '{"lr": 0.1, // note\n "optimizer": {"name": "adamw", "betas": [0.9, 0.98],},}';
    const toml = 'lr = 0.1\n[optimizer]\nname = "adamw"\nbetas = [0.9, 0.98]\n';
    assert.deepEqual(entries(parseConfig(yaml, "/w/config.yaml")), expected);
    assert.deepEqual(entries(parseConfig(json, "/w/config.json")), expected);
    assert.deepEqual(entries(parseConfig(toml, "/w/config.toml")), expected);
  });

  it("reads GPT-NeoX's YAML, which looks like JSON, and takes - for _ in its keys", () => {
    const text =
      '{\n  # the model\n  "pipe-parallel-size": 1,\n  "lr": 1.0e-3,\n "optimizer": {"a-b": 1},\n}\n';
    assert.deepEqual(entries(parseConfig(text, "/w/70m.yml")), [
      ["pipe_parallel_size", 1],
      ["lr", 0.001],
      ["optimizer.a-b", 1],
    ]);
    assert.deepEqual(entries(parseConfig('{"data-path": "x"}', "/w/global_step5/configs/l.yml")), [
      ["data_path", "x"],
    ]);
    assert.deepEqual(entries(parseConfig("learning-rate: 1\n", "/w/config.yml")), [
      ["learning-rate", 1],
    ]);
  });

  it("resolves values that are a reference and nothing else", () => {
    const text =
      "variables:\n  seq: 2048\n  again: ${variables.seq}\nmax_seq_len: ${variables.again}\n" +
      "a: ${b}\nb: ${a}\nname: run-${variables.seq}\nhome: ${oc.env:HOME}\nnone: ${no.such}\n";
    const { config } = parseConfig(text, "/w/config.yaml");
    assert.equal(config.get("max_seq_len"), 2048);
    for (const key of ["a", "b", "name", "home", "none"]) {
      assert.match(String(config.get(key)), /\$\{/, key);
    }
  });

  it("takes a run's configuration and name out of what Marin's executor keeps", () => {
    const record =
      '{"name": "checkpoints/tiny", "config": {"trainer": {"seed": 7}}, "deps": ["x"]}';
    for (const file of ["/w/.executor_info", "/w/.artifact.json"]) {
      const { name, config } = parseConfig(record, file);
      assert.deepEqual([name, [...config]], ["checkpoints/tiny", [["trainer.seed", 7]]]);
    }
    const scheduled =
      '{"executor_version": "step_runner", "name": "a", "config": {"version": "1"}}';
    assert.equal(parseConfig(scheduled, "/w/.executor_info").config.size, 0);
  });

  for (const [what, file, text, expected] of [
    [
      "numbers in YAML as Python writes them",
      "c.yaml",
      "a: 1e-4\nb: 1_000_000\nc: .inf\nd: 0x10\ne: 123e456\nf: 2024-01-02\ng: +5\nh: -1_0\n",
      { a: 1e-4, b: 1e6, c: Infinity, d: 16, e: "123e456", f: "2024-01-02", g: 5, h: -10 },
    ],
    [
      "seeds of 64 bits in YAML",
      "c.yaml",
      "seed: 12345678901234567890\nother: 123",
      { seed: "12345678901234567890", other: 123 },
    ],
    [
      "seeds of 64 bits in JSON",
      "c.json",
      '{"seed": 12345678901234567890, "b": [-12345678901234567891], "t": "a 12345678901234567890", "c": 1e20, "d": 0.12345678901234567890}',
      {
        seed: "12345678901234567890",
        b: '["-12345678901234567891"]',
        t: "a 12345678901234567890",
        c: 1e20,
        d: 0.12345678901234568,
      },
    ],
    [
      "seeds of 64 bits in TOML",
      "c.toml",
      "seed = 9223372036854775807\nlr = 1e-4\nn = 1_000\n",
      { seed: "9223372036854775807", lr: 1e-4, n: 1000 },
    ],
    [
      "all documents of a YAML file, later ones first",
      "c.yaml",
      "---\na: 1\nb: {c: 1}\n---\nb: {d: 2}\na: 3\n...\n",
      { a: 3, "b.c": 1, "b.d": 2 },
    ],
    [
      "merge keys and anchors",
      "c.yaml",
      "base: &b {lr: 0.1, wd: 1}\nx:\n  <<: *b\n  lr: 0.2\n",
      { "base.lr": 0.1, "base.wd": 1, "x.lr": 0.2, "x.wd": 1 },
    ],
    [
      "Namespaces dumped as YAML",
      "hparams.yaml",
      "!!python/object:argparse.Namespace\nlr: 0.1\nbetas: !!python/tuple [0.9, 0.99]\n",
      { lr: 0.1, betas: "[0.9,0.99]" },
    ],
    [
      "W&B's files of newer clients",
      "config.yaml",
      "_wandb:\n  value:\n    cli_version: 0.17.5\nlr:\n  value: 0.1\nnet:\n  value:\n    dim: 5\n",
      { lr: 0.1, "net.dim": 5 },
    ],
    [
      "what printing arguments gives",
      "args.txt",
      "Namespace(lr=0.1, seed=3, name='a, b', betas=(0.9, 0.99), flag=True, x=None, sub=Namespace(k=\"v\"))\n",
      {
        lr: 0.1,
        seed: 3,
        name: "a, b",
        betas: "[0.9,0.99]",
        flag: true,
        x: null,
        "sub.k": "v",
      },
    ],
    [
      "a dictionary of Python",
      "args.txt",
      "{'lr': 1e-4, 'flag': False, 'n': {'m': [1, 'two']}, 'p': PosixPath('out/x')}",
      { lr: 1e-4, flag: false, "n.m": '[1,"two"]', p: "out/x" },
    ],
    ["JSON in a text", "args.txt", '{"lr": 0.1, "a": {"b": true}}', { lr: 0.1, "a.b": true }],
    [
      "lines of keys and values",
      "args.txt",
      "lr: 0.1\nseed: 3\nname: a b\nempty:\n",
      { lr: 0.1, seed: 3, name: "a b", empty: "" },
    ],
    [
      "options in a frame",
      "opt.txt",
      "----------------- Options ---------------\n   batch_size: 4       \t[default: 1]\n        lr: 0.0002\n----------------- End -------------------\n",
      { batch_size: 4, lr: 0.0002 },
    ],
    ["prose", "args.txt", "These are the arguments.\nlr: 0.1\n", {}],
    ["a torn dictionary", "args.txt", "{'lr': 1e-4, 'flag", {}],
    [
      "Hydra's overrides with removed keys",
      "overrides.yaml",
      "- lr=0.1\n- +trainer.seed=3\n- model=big\n- ~x\n",
      { lr: 0.1, "trainer.seed": 3, model: "big" },
    ],
  ] as const) {
    it(`reads ${what}`, () => {
      const { config, problems } = parseConfig(text, `/w/${file}`);
      assert.deepEqual([Object.fromEntries(config), problems], [expected, []]);
    });
  }

  it("builds nothing but data from YAML tags", () => {
    const { config } = parseConfig("a: !!python/object/apply:os.system ['x']\nb: 1\n", "/w/c.yaml");
    assert.equal(config.get("b"), 1);
  });

  for (const [file, text, line] of [
    ["config.yaml", "a: 1\nb: [1, 2\n", 3],
    ["config.json", '{"a": 1,\n "b" 2}', 2],
    ["config.toml", "a = 1\nb = = 2\n", 2],
  ] as const) {
    it(`says where ${file} does not parse, and goes on without it`, () => {
      const { config, problems } = parseConfig(text, `/w/${file}`);
      assert.equal(config.size, 0);
      assert.deepEqual(
        problems.map(({ code, line: at }) => [code, at]),
        [["config/not-parsed", line]],
      );
      assert.ok(!problems[0]?.message.includes("\n"));
    });
  }

  it("says that a list or a text is no configuration", () => {
    assert.deepEqual(
      parseConfig("- a\n- b\n", "/w/config.yaml").problems.map(({ code }) => code),
      ["config/not-keys"],
    );
  });

  it("has nothing to say of an empty file", () => {
    const { config, problems } = parseConfig("", "/w/config.yaml");
    assert.deepEqual([config.size, problems], [0, []]);
  });

  for (const extension of ["json", "jsonc", "yaml", "toml"]) {
    it(`is not stopped by very deep nesting in .${extension}`, () => {
      const lists = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
      for (const text of [
        extension === "toml" ? `a = ${lists}` : `{"a": ${lists}}`,
        extension === "jsonc" ? `// note\n{"a": ${lists}}` : `{"a": ${lists}`,
        `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
      ]) {
        const { config, problems } = parseConfig(text, `/w/config.${extension}`);
        assert.ok(config.size <= 1);
        assert.ok(problems.length <= 1);
      }
    });
  }

  it("is not stopped by very deep nesting in YAML's block style", () => {
    const dashes = `a:\n  ${"- ".repeat(20_000)}1\n`;
    const indents = Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}a:\n`).join("");
    for (const text of [dashes, indents]) {
      const { problems } = parseConfig(text, "/w/config.yaml");
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["config/not-parsed"],
      );
    }
  });

  it("is not blown up by YAML aliases of aliases", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 9; i++) {
      const aliases = new Array(9).fill(`*a${i - 1}`).join(", ");
      lines.push(`a${i}: &a${i} [${aliases}]`);
    }
    const { problems } = parseConfig(lines.join("\n"), "/w/config.yaml");
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["config/not-parsed"],
    );
  });

  it("takes keys named like properties of every object", () => {
    const { config } = parseConfig('{"__proto__": {"x": 1}, "constructor": 2}', "/w/config.json");
    assert.deepEqual(
      [...config],
      [
        ["__proto__.x", 1],
        ["constructor", 2],
      ],
    );
  });
});

describe("readConfig", () => {
  it("says that a binary file is no text", async () => {
    const { problems } = await readConfig(sourceOf(Uint8Array.of(1, 0, 2)), "/w/config.yaml");
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["config/binary"],
    );
  });
});

describe("configuration written as assignments", () => {
  it("is read from gin, over several lines, without its comments and imports", () => {
    const text =
      "# model\nimport t5x\nfrom __gin__ import dynamic_registration\ninclude 'base.gin'\n" +
      "BATCH = 128\ntrain.lr = 1e-3  # peak\nmodel.name = 'small'\nrun.vocab = @Vocab()\n" +
      "utils.shape = {\n  'a': 1,\n  'b': 2}\ntrain.dtype = \\\n    'float32'\ntrain.x = None\n";
    assert.deepEqual(entries(parseConfig(text, "/w/config.gin")), [
      ["BATCH", 128],
      ["train.lr", 0.001],
      ["model.name", "small"],
      ["run.vocab", "@Vocab()"],
      ["utils.shape", "{ 'a': 1, 'b': 2}"],
      ["train.dtype", "float32"],
      ["train.x", null],
    ]);
  });

  it("is read from texts that hold nothing else", () => {
    assert.deepEqual(entries(parseConfig("seed=0\nlog=/a b\n", "/w/metadata.txt")), [
      ["seed", 0],
      ["log", "/a b"],
    ]);
    assert.deepEqual(entries(parseConfig("seed=0\nThis is prose.\n", "/w/metadata.txt")), []);
  });

  it("is read from Hydra's overrides", () => {
    const text = "- lr=0.1\n- +model.size=small\n- ~callbacks\n- tags=[a,b]\n";
    assert.deepEqual(
      entries(parseConfig(text.replace("- ~callbacks\n", ""), "/w/overrides.yaml")),
      [
        ["lr", 0.1],
        ["model.size", "small"],
        ["tags", "[a,b]"],
      ],
    );
  });
});

describe("isConfigName and compareConfigs", () => {
  it("know names by what they mean with their extension", () => {
    const some = [
      "training_args.yaml",
      "run.toml",
      "train.toml",
      "opts.json",
      "overrides.yaml",
      "metadata.txt",
    ];
    assert.ok([...some, "config.gin"].every(isConfigName));
    assert.ok(
      !["train.json", "metadata.json", "run.json", "hydra.yaml", "model.gin"].some(isConfigName),
    );
    assert.ok(mayBeConfig("llama3_8b.toml") && mayBeConfig("pythia-70m.yml"));
    assert.ok(!["pyproject.toml", "conda.yaml", "a.json", ".pre-commit.yaml"].some(mayBeConfig));
  });

  it("know configs by the names that people give them", () => {
    for (const name of [
      "adapter_config.json",
      "training_args.bin",
      "commandline_args.txt",
      "cmd_args.json",
      "model_config.json",
      "trainer_config.json",
      "experiment_config.yaml",
      "config_resolved.yaml",
      "resolved_config.yaml",
      "conf.yaml",
      "operative_config-100.gin",
    ]) {
      assert.ok(isConfigName(name), name);
    }
    for (const name of ["pytorch_model.bin", "model.txt", "config.py", "config.yaml.bak"]) {
      assert.ok(!isConfigName(name), name);
    }
    assert.ok(!mayBeConfig("multirun.yaml"));
  });

  it("know the names that training code uses, more usual ones first", () => {
    assert.ok(["config.yaml", "hparams.yaml", "args.json", "params.toml"].every(isConfigName));
    assert.ok(!["metrics.json", "config.txt", "package.json", "config"].some(isConfigName));
    assert.deepEqual(["args.json", "hparams.yaml", "config.json"].sort(compareConfigs), [
      "config.json",
      "hparams.yaml",
      "args.json",
    ]);
  });
});
