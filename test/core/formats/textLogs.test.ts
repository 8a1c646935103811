/** Text logs: which files are logs at all, what numbers and lines mean, torn ends. The families are in the samples. */

import assert from "node:assert/strict";
import { readers } from "../../../src/core/formats/index.js";
import { HEAD_BYTES, type Claim, type Reader } from "../../../src/core/formats/reader.js";
import { textLogs } from "../../../src/core/formats/textLogs/index.js";
import { logLineOf, numberIn } from "../../../src/core/formats/textLogs/lineText.js";
import { discoverAll } from "../../../src/core/discovery/discoverRuns.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { pairsOf, pointsOf, readWhole } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The reader that takes a file, as discovery asks for it. */
function whose(name: string, text: string): string | null {
  let head = bytesOf(text).subarray(0, HEAD_BYTES);
  for (const reader of readers) {
    let claim: Claim = reader.claims(name, null);
    if (claim.kind === "look") claim = reader.claims(name, head);
    if (claim.kind === "look") {
      head = bytesOf(text).subarray(0, claim.bytes);
      claim = reader.claims(name, head);
    }
    if (claim.kind === "problem") return claim.code;
    if (claim.kind === "yes") return reader.format;
  }
  return null;
}

function readerNamed(format: string): Reader {
  const reader = textLogs.find((candidate) => candidate.format === format);
  assert.ok(reader);
  return reader;
}

const STEPS =
  "step:0/100 val_loss:10.5 train_time:0ms\nstep:1/100 train_loss:9.5 train_time:12ms\n";

describe("text logs", () => {
  it("are known by their lines, under names of logs only", () => {
    assert.equal(whose("a.txt", STEPS), "modded-nanogpt");
    assert.equal(whose("slurm-12.out", STEPS), "modded-nanogpt");
    assert.equal(whose("log", STEPS), "modded-nanogpt");
    assert.equal(whose("train.py", STEPS), null);
    assert.equal(whose("README.txt", STEPS), null);
    assert.equal(whose("notes.md", STEPS), null);
  });

  it("are found behind a program's source of any usual length", () => {
    const source = "import torch\n" + "x = compute(step, loss)  # step 1: loss=2\n".repeat(2_000);
    assert.ok(source.length > 4 * HEAD_BYTES);
    assert.equal(whose("a.txt", source + STEPS), "modded-nanogpt");
    assert.equal(whose("a.txt", source), null);
  });

  it("are not prose, packages, stack traces or programs", () => {
    const others = {
      "notes.txt":
        "Step 1: install it.\nStep 2: run it with lr=0.1, the loss should fall.\nStep 3: wait.\n",
      "requirements.txt": "torch==2.1.0\nnumpy>=1.24\n",
      "pip.txt": "accelerate==0.20.3\nstep-utils==1.0\n",
      "crash.err":
        'Traceback (most recent call last):\n  File "train.py", line 12, in step\n    loss = f(x)\nValueError: step 3\n',
      "code.txt":
        "for step in range(10):\n    loss = step * 2\n    print(f'step={step} loss={loss}')\n",
      "words.txt": "the\nof\nstep 1\nloss\n",
    };
    for (const [name, text] of Object.entries(others)) assert.equal(whose(name, text), null, name);
  });

  it("that name no step are refused with the reason", () => {
    const text = "{'loss': 1.2, 'learning_rate': 5e-05, 'epoch': 0.1}\n".repeat(3);
    assert.equal(whose("train.log", text.replaceAll(", 'epoch': 0.1", "")), "text-log/no-step");
  });

  it("with epochs only say that the axis is the epoch", async () => {
    const text =
      "Epoch 1/3: loss=2.5, acc=0.1\nEpoch 2/3: loss=2.0, acc=0.2\nEpoch 3/3: loss=1.5, acc=0.4\n";
    assert.equal(whose("train.log", text), "key-value-log");
    const whole = await readWhole(
      readerNamed("key-value-log"),
      sourceOf(bytesOf(text)),
      "/w/train.log",
    );
    assert.equal(whole.axis, "epoch");
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [
      [1, 2.5],
      [2, 2],
      [3, 1.5],
    ]);
  });

  it("whose steps count within each epoch are not read", () => {
    const text = [1, 2].flatMap((epoch) =>
      [100, 200, 300].map((step) => `Epoch [${epoch}/2], Step [${step}/300], Loss: 0.${step}\n`),
    );
    assert.equal(whose("train.log", text.join("")), null);
  });

  it("with an unfinished last line are read up to its last gap, and then on", async () => {
    const reader = readerNamed("modded-nanogpt");
    const text = "step:1/9 val_loss:4.25 train_time:12ms\nstep:2/9 val_loss:4.125 train_time:2";
    const torn = await readWhole(reader, sourceOf(bytesOf(text)), "/w/a.txt");
    assert.deepEqual(pairsOf(pointsOf(torn), "val_loss"), [
      [1, 4.25],
      [2, 4.125],
    ]);
    assert.deepEqual(pairsOf(pointsOf(torn), "train_time"), [[1, 12]]);
    const more = await readWhole(reader, sourceOf(bytesOf(`${text}4ms\n`)), "/w/a.txt", torn);
    assert.deepEqual(pairsOf(pointsOf(more), "train_time"), [
      [1, 12],
      [2, 24],
    ]);
    assert.equal(pairsOf(pointsOf(more), "val_loss").length, 2);
  });

  it("are read in bounded time where lines are made to be slow", async () => {
    const hostile = [
      "step 1 " + "a ".repeat(8_000),
      "iteration 1/2 |" + " ".repeat(16_000),
      "{".repeat(16_000),
    ];
    const bytes = bytesOf(hostile.join("\n").repeat(4));
    const began = Date.now();
    for (const reader of textLogs) await readWhole(reader, sourceOf(bytes), "/w/a.log");
    assert.ok(Date.now() - began < 5_000);
  });

  it("have the config that is named as they are, or the only one beside them", async () => {
    const files = new MemoryFiles({
      "/w/sweep/a.log": STEPS,
      "/w/sweep/a.yaml": "lr: 1\n",
      "/w/sweep/b.log": STEPS,
      "/w/sweep/b.yaml": "lr: 2\n",
      "/w/one/train.log": STEPS,
      "/w/one/llama3_8b.toml": "lr = 3\n",
      "/w/one/pyproject.toml": "[project]\n",
    });
    const { runs } = await discoverAll(files, "/w");
    assert.deepEqual(
      runs.map(({ id, configs }) => [id, configs]),
      [
        ["one", ["/w/one/llama3_8b.toml"]],
        ["sweep/a.log", ["/w/sweep/a.yaml"]],
        ["sweep/b.log", ["/w/sweep/b.yaml"]],
      ],
    );
  });

  it("beside each other are runs where they have names, and one run where they have none", async () => {
    const uuids = [
      "1b2c3d4e-0000-4000-8000-000000000001.txt",
      "1b2c3d4e-0000-4000-8000-000000000002.txt",
    ];
    const files = new MemoryFiles({
      [`/w/logs/${uuids[0] ?? ""}`]: STEPS,
      [`/w/logs/${uuids[1] ?? ""}`]: STEPS,
      "/w/run/seed_0/stdout.txt": STEPS,
      "/w/run/seed_0/final_val_loss.txt": "step:1/100 val_loss:9.4 train_time:13ms\n",
      "/w/run/seed_0/metadata.txt": "seed=0\nnproc_per_node=4\n",
    });
    const { runs } = await discoverAll(files, "/w");
    assert.deepEqual(
      runs.map(({ id }) => id),
      [`logs/${uuids[0] ?? ""}`, `logs/${uuids[1] ?? ""}`, "run/seed_0"],
    );
    assert.deepEqual(runs[2]?.configs, ["/w/run/seed_0/metadata.txt"]);
  });
});

describe("numberIn", () => {
  it("reads numbers with separators and units, in the unit as written", () => {
    const cases: [string, number | null | undefined][] = [
      ["67.200s", 67.2],
      ["1,234,567", 1234567],
      ["23.40GiB", 23.4],
      ["9.64%", 9.64],
      ["1.0E-04", 1e-4],
      ["-3", -3],
      ["nanms", NaN],
      ["-inf", -Infinity],
      ["N/A", null],
      ["1,23", undefined],
      ["1.2.3", undefined],
      ["abc", undefined],
      ["", undefined],
    ];
    for (const [text, value] of cases) assert.ok(Object.is(numberIn(text), value), text);
  });
});

describe("logLineOf", () => {
  it("takes colours, ranks, times and loggers off", () => {
    const second = Date.UTC(2024, 5, 3, 8, 51, 15) / 1000;
    const line =
      "[rank0]:[titan] 2024-06-03 08:51:15,500 - root - INFO - \u001b[31mstep:  1\u001b[39m";
    assert.deepEqual(logLineOf(line), { text: "step:  1", wallTime: second + 0.5 });
    assert.deepEqual(logLineOf("    a=1"), { text: "    a=1", wallTime: NaN });
    assert.equal(logLineOf("2024-06-03T10:51:15+02:00 step=1").wallTime, second);
  });
});
