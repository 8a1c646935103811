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
