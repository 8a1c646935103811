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

  it("are looked for in long lines of anything without trying every letter", () => {
    // With a look that begins anew at every letter this takes minutes.
    for (const text of ["1", "a", " ", "a1", "step:", "iteration 1/"]) {
      assert.equal(whose("train.log", `step 1 loss 2\n${text.repeat(1_000_000)}`), null);
    }
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

  /** Format, axis and points of a log, as `metric@step=value`. */
  async function readOf(text: string): Promise<[string | null, string | null, string[]]> {
    const format = whose("train.log", text);
    if (format === null) return [null, null, []];
    const reader = readers.find((candidate) => candidate.format === format);
    assert.ok(reader);
    const whole = await readWhole(reader, sourceOf(bytesOf(text)), "/w/train.log");
    const points = pointsOf(whole).map(({ metric, step, value }) => `${metric}@${step}=${value}`);
    return [format, whole.axis, points];
  }

  const LOOPS: Readonly<
    Record<string, readonly [text: string, axis: string | null, points: string[]]>
  > = {
    "whose steps count within each epoch, by the epoch": [
      [1, 2]
        .flatMap((epoch) =>
          [100, 200].map((step) => `Epoch [${epoch}/2], Step [${step}/300], Loss: 0.${step}\n`),
        )
        .join(""),
      "epoch",
      ["Loss@1=0.1", "Loss@1=0.2", "Loss@2=0.1", "Loss@2=0.2"],
    ],
    "whose steps turn out to begin anew with each epoch, by the epoch": [
      "epoch 0 step 0 loss 3\nepoch 0 step 10 loss 2\nepoch 0 step 20 loss 1.5\nepoch 1 step 0 loss 1\n",
      "epoch",
      ["loss@0=3", "loss@0=2", "loss@0=1.5", "loss@1=1"],
    ],
    "with names and numbers set apart by blanks": [
      "step 1 loss 2.5 lr 1e-3 tok/s 1,234\nstep 2 loss 2.25 lr 1e-3 tok/s 1,235\nstep 3 loss nan lr 1e-3 tok/s 9\n",
      null,
      "loss@1=2.5 lr@1=0.001 tok/s@1=1234 loss@2=2.25 lr@2=0.001 tok/s@2=1235 loss@3=NaN lr@3=0.001 tok/s@3=9".split(
        " ",
      ),
    ],
    "with running means in brackets, and a batch of how many": [
      [0, 1, 2]
        .map((batch) => `Epoch: [0][ ${batch}/500]\tTime  0.1 ( 0.2)\tLoss 6.5e+00 (7.0e+00)\n`)
        .join(""),
      "epoch",
      [0, 1, 2].flatMap(() => ["Time@0=0.1", "Loss@0=6.5"]),
    ],
    "that name the data in brackets": [
      "Iter(train) [ 50/900]  lr: 0.1  loss: 3\nIter(train) [100/900]  lr: 0.1  loss: 2\nIter(val) [100/900]  mAP: 0.5  loss: 4\n" +
        "Iter(train) [150/900]  lr: 0.1  loss: 1\n",
      null,
      [
        "train/lr@50=0.1",
        "train/loss@50=3",
        "train/lr@100=0.1",
        "train/loss@100=2",
        "val/mAP@100=0.5",
        "val/loss@100=4",
      ].concat("train/lr@150=0.1", "train/loss@150=1"),
    ],
    "of Keras, whose bars say what they say once they are full": [
      "Epoch 1/2\n" +
        "  1/100 [.....] - ETA: 3s - loss: 9\b\b\b\r100/100 [=====] - 4s - loss: 2.5 - acc: 0.25\b\b\r" +
        "100/100 [=====] - 5s 50ms/step - loss: 2.5 - acc: 0.25 - val_loss: 2.75\n" +
        "Epoch 2/2\n\n50/100 - loss: 7\n100/100 ━━━━━ 5s 50ms/step - acc: 0.5 - loss: 1.5 - val_loss: 1.75\n" +
        "\nTest accuracy: 0.9\nEpoch 3/2\n100/100 - 5s - loss: 1\n",
      "epoch",
      [
        "loss@1=2.5",
        "acc@1=0.25",
        "val_loss@1=2.75",
        "acc@2=0.5",
        "loss@2=1.5",
        "val_loss@2=1.75",
        "loss@3=1",
      ],
    ],
    "with numbers below a heading of the epoch": [
      "Epoch 1/3\nTrain Loss: 7.5 - Valid Loss: 6.5\nTime: 12.5s - LR: 1e-4\n\nTest Loss: 1\nEpoch 2/3\nTrain Loss: 6.5\n" +
        "Epoch 3/3\nTrain Loss: 5.5\n",
      "epoch",
      [
        "Train Loss@1=7.5",
        "Valid Loss@1=6.5",
        "Time@1=12.5",
        "LR@1=0.0001",
        "Train Loss@2=6.5",
        "Train Loss@3=5.5",
      ],
    ],
    "of CycleGAN, whose iterations begin anew with each epoch": [
      [
        [1, 100],
        [1, 200],
        [2, 100],
      ]
        .map(
          ([epoch, iters], i) =>
            `(epoch: ${epoch}, iters: ${iters}, time: 0.5) D_A: 0.${i} G_A: 0.5 loss: ${i} \n`,
        )
        .join(""),
      "epoch",
      [1, 1, 2].flatMap((epoch, i) => [
        `time@${epoch}=0.5`,
        `D_A@${epoch}=${i === 0 ? 0 : i / 10}`,
        `G_A@${epoch}=0.5`,
        `loss@${epoch}=${i}`,
      ]),
    ],
    "whose plural names the step, but not how many there are": [
      "iters: 100, loss:1.5\niters: 200, loss:1.25\nmax iters: 900, loss: 0\niters: 300, loss:1\n",
      null,
      ["loss@100=1.5", "loss@200=1.25", "loss@300=1"],
    ],
    "of tqdm's bars": [
      [1, 2, 3]
        .map(
          (epoch) =>
            `Epoch ${epoch}/3:   0%|   | 0/9 [00:00<?, ?it/s, loss=9]\rEpoch ${epoch}/3: 100%|███| 9/9 [00:01<00:00, 9it/s, loss=${epoch}]\n`,
        )
        .join(""),
      "epoch",
      ["loss@1=1", "loss@2=2", "loss@3=3"],
    ],
    "of steps, with evaluations that name their epoch only apart": [
      "step 10: loss=3\nstep 20: loss=2\nEpoch 1: val_loss=2.5\nstep 30: loss=1\n",
      "epoch",
      ["loss@10=3", "loss@20=2", "loss@30=1", "val_loss@1=2.5"],
    ],
    "in boxes": [
      [1, 2]
        .map(
          (i) =>
            `--------------------\n| rollout/   |      |\n|    ep_rew  | ${i}.5 |\n| time/      |      |\n|    total_timesteps | ${i * 64} |\n--------------------\n`,
        )
        .join("noise\n"),
      "time/total_timesteps",
      ["rollout/ep_rew@64=1.5", "rollout/ep_rew@128=2.5"],
    ],
    "in tables that a program prints": [
      "ℹ Pipeline: ['ner']\nE    #       LOSS NER  ENTS_F\n---  ------  --------  ------\n  0       0     58.33    0.00\n  7     200   2894.94   50.00\n✔ Saved\n",
      null,
      [
        "epoch@0=0",
        "LOSS NER@0=58.33",
        "ENTS_F@0=0",
        "epoch@200=7",
        "LOSS NER@200=2894.94",
        "ENTS_F@200=50",
      ],
    ],
    "in tables by epoch": [
      "epoch     train_loss  valid_loss  time    \n0         0.5         0.75        00:12     \n1         0.25        0.5         00:12     \n",
      "epoch",
      ["train_loss@0=0.5", "valid_loss@0=0.75", "train_loss@1=0.25", "valid_loss@1=0.5"],
    ],
    "of ESPnet": [
      "[host] 2021-01-01 12:00:00,123 (trainer:268) INFO: 2/20epoch started\n" +
        "[host] 2021-01-01 12:20:00,123 (trainer:322) INFO: 2epoch results: [train] loss=2.5, lr0=1e-4, [valid] loss=2.75, acc=0.5, time=3 minutes\n",
      "epoch",
      [
        "train/loss@2=2.5",
        "train/lr0@2=0.0001",
        "valid/loss@2=2.75",
        "valid/acc@2=0.5",
        "valid/time@2=3",
      ],
    ],
  };

  for (const [what, [text, axis, points]] of Object.entries(LOOPS)) {
    it(`are read ${what}`, async () => {
      const [format, foundAxis, found] = await readOf(text);
      assert.ok(format !== null, "nobody takes it");
      assert.deepEqual([found, foundAxis], [points, axis]);
    });
  }

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
