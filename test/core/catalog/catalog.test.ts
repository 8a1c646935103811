import assert from "node:assert/strict";
import { Catalog, type LoadedRun } from "../../../src/core/catalog/catalog.js";
import type { Files } from "../../../src/core/io/files.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { catalogOf, discovered, idsOf, problemCodes, whenById } from "../../support/catalogs.js";
import { CountingFiles } from "../../support/countingFiles.js";
import { eventFile, eventRecord, concat } from "../../support/eventFile.js";
import { jsonlSeries, jsonlText } from "../../support/jsonlText.js";
import { mulberry32, wholeNumber } from "../../support/random.js";

const rows = (from: number, to: number): string =>
  jsonlSeries(
    "loss",
    Array.from({ length: to - from }, (_, i) => [from + i, from + i]),
  );
const stepsOf = ({ view }: LoadedRun, metric = "loss"): number[] => [
  ...(view.series(metric)?.step ?? []),
];
const bytesOf = (files: CountingFiles): number =>
  files.reads.reduce((sum, { bytes }) => sum + bytes, 0);

/** Bytes before the end of what was read, looked at to see that the file has only grown. */
const CHECKED = 64;

describe("Catalog", () => {
  it("tells several runs in one file apart, with `#` in their ids", async () => {
    const text = jsonlText([
      { run: "a", step: 1, loss: 1 },
      { run: "b", step: 1, loss: 2 },
      { run: "b", step: 2, loss: 3 },
    ]);
    const catalog = await catalogOf({ "/w/all.jsonl": text });
    assert.deepEqual(idsOf(catalog), ["all.jsonl#a", "all.jsonl#b"]);
    assert.deepEqual(stepsOf(await catalog.load("/w/all.jsonl#b")), [1, 2]);
  });

  it("gives rows that name no run a run of their own, beside those that are named", async () => {
    const text = jsonlText([
      { run: "a", step: 1, loss: 1 },
      { step: 1, loss: 2 },
    ]);
    const catalog = await catalogOf({ "/w/all.jsonl": text });
    assert.deepEqual(idsOf(catalog), ["all.jsonl", "all.jsonl#a"]);
    assert.deepEqual(stepsOf(await catalog.load("/w/all.jsonl")), [1]);
  });

  it("keeps metrics by epoch apart from those by step, under another name where both have them", async () => {
    const catalog = await catalogOf({
      "/w/r/config.yaml": "lr: 1\n",
      "/w/r/train.jsonl": rows(1000, 1020),
      "/w/r/history.csv": "epoch,val_acc,loss\n1,0.5,9\n2,0.6,8\n",
    });
    const loaded = await catalog.load("/w/r");
    assert.deepEqual(
      loaded.table.summaries().map(({ name, axis, points }) => [name, axis, points]),
      [
        ["loss", undefined, 20],
        ["loss [epochs]", "epoch", 2],
        ["val_acc", "epoch", 2],
      ],
    );
    assert.deepEqual([loaded.axis, loaded.table.attempts.length], [null, 1]);
    assert.deepEqual(
      loaded.problems.map(({ code }) => code),
      ["run/mixed-axes"],
    );
  });

  it("names the axis of a run that has epochs only", async () => {
    const catalog = await catalogOf({ "/w/r/history.csv": "epoch,val_acc\n1,0.5\n2,0.6\n" });
    const loaded = await catalog.load("/w/r");
    assert.deepEqual(
      [loaded.axis, loaded.table.axisOf("val_acc"), loaded.problems],
      ["epoch", null, []],
    );
  });

  it("says that a log is a Git LFS pointer, and reads it once it is downloaded", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n`;
    const events = "/w/r/events.out.tfevents.1700000000.a";
    const memory = new MemoryFiles({ [events]: pointer });
    const catalog = await discovered(memory);
    const { problems } = await catalog.load("/w/r");
    assert.deepEqual(
      problems.map(({ code, message }) => [code, message]),
      [
        [
          "file/not-downloaded",
          "is not downloaded: a Git LFS pointer to 12345 bytes; fetch it with git lfs pull",
        ],
      ],
    );
    memory.write(
      events,
      eventFile([{ step: 1, wallTime: 1, scalars: [{ tag: "loss", value: 2 }] }]),
    );
    assert.equal(await catalog.refresh("/w/r"), true);
    const loaded = await catalog.load("/w/r");
    assert.deepEqual([stepsOf(loaded), loaded.problems], [[1], []]);
  });

  it("puts the folder's name before ids that occur in several folders", async () => {
    const files = new MemoryFiles({
      "/x/run/metrics.jsonl": rows(0, 2),
      "/y/run/metrics.jsonl": rows(0, 2),
      "/y/only/metrics.jsonl": rows(0, 2),
    });
    const catalog = new Catalog(files, { isExcluded: () => false });
    await catalog.discover([
      { path: "/x", name: "first" },
      { path: "/y", name: "second" },
    ]);
    assert.deepEqual(idsOf(catalog).sort(), ["first/run", "only", "second/run"]);
    assert.equal(catalog.resolve("second/run")[0]?.key, "/y/run");
  });

  it("resolves an id before a label, and a label that several runs have to all of them", async () => {
    const catalog = await catalogOf({
      "/w/e1/a/metrics.jsonl": rows(0, 2),
      "/w/e2/a/metrics.jsonl": rows(0, 2),
      "/w/a/metrics.jsonl": rows(0, 2),
    });
    await catalog.identify();
    assert.deepEqual(
      catalog.resolve("a").map(({ key }) => key),
      ["/w/a"],
    );
    assert.deepEqual(
      catalog.resolve("e1/a").map(({ key }) => key),
      ["/w/e1/a"],
    );
    assert.deepEqual(catalog.resolve("b"), []);
  });

  it("says how many runs share a label", async () => {
    const catalog = await catalogOf({
      "/w/e1/same/metrics.jsonl": rows(0, 2),
      "/w/e2/same/metrics.jsonl": rows(0, 2),
    });
    await catalog.identify();
    assert.equal(catalog.resolve("same").length, 2);
  });

  it("uses the nearest onset.json of a run's own folder, else that of the first folder that has one", async () => {
    const files = new MemoryFiles({
      "/x/onset.json": '{"behaviours": {"here": "loss > 1"}}',
      "/x/deep/runs/r/metrics.jsonl": rows(0, 2),
      "/y/r/metrics.jsonl": rows(0, 2),
    });
    const catalog = new Catalog(files, { isExcluded: () => false });
    await catalog.discover([
      { path: "/x/deep/runs", name: "x" },
      { path: "/y", name: "y" },
    ]);
    assert.equal(catalog.onsetFile("/x/deep/runs").path, "/x/onset.json");
    assert.equal(catalog.onsetFile("/y").path, "/x/onset.json");
  });

  it("forgets runs that are gone, and finds new ones", async () => {
    const files = new MemoryFiles({ "/w/a/metrics.jsonl": rows(0, 2) });
    const catalog = await discovered(files);
    files.remove("/w/a/metrics.jsonl");
    files.write("/w/b/metrics.jsonl", rows(0, 2));
    await catalog.discover([{ path: "/w", name: "/w" }]);
    assert.deepEqual(idsOf(catalog), ["b"]);
  });

  it("gives results without a step a problem, and no run", async () => {
    const catalog = await catalogOf({
      "/w/out/results_2025-06-09T18-36-41.285612.json": '{"results": {"piqa": {"acc": 0.5}}}',
    });
    assert.deepEqual([idsOf(catalog), problemCodes(catalog)], [[], ["lm-eval/no-step"]]);
  });

  it("takes the later one of two evaluations of a checkpoint", async () => {
    const result = (acc: number, date: number): string =>
      `{"results": {"piqa": {"acc": ${acc}}}, "config": {"model_args": "pretrained=m,revision=step5"}, "date": ${date}}`;
    const catalog = await catalogOf({
      "/w/m/results_2025-01-02T00-00-00.000000.json": result(0.2, 1_735_776_000),
      "/w/m/results_2025-01-01T00-00-00.000000.json": result(0.1, 1_735_689_600),
    });
    const [run] = catalog.runs();
    assert.ok(run);
    const { view } = await catalog.load(run.key);
    assert.deepEqual([...(view.series("piqa/acc")?.value ?? [])], [0.2]);
  });

  it("joins the states of the Trainer's checkpoints, and sees a resumed run in them", async () => {
    const state = (...history: object[]): string => JSON.stringify({ log_history: history });
    const [one, two] = [
      { step: 5, loss: 5 },
      { step: 10, loss: 4 },
    ];
    const files = new MemoryFiles();
    files.write("/w/r/checkpoint-5/trainer_state.json", state(one));
    files.write("/w/r/checkpoint-10/trainer_state.json", state(one, two));
    // Resumed from 5, with other values behind it; written last.
    files.write(
      "/w/r/checkpoint-15/trainer_state.json",
      state(one, { step: 10, loss: 3 }, { step: 15, loss: 2 }),
    );
    const catalog = await discovered(files);
    const loaded = await catalog.load("/w/r");
    assert.deepEqual([...(loaded.view.series("loss")?.value ?? [])], [5, 3, 2]);
    assert.equal(loaded.table.attempts.length, 2);
  });

  it("takes the state that got further for the later one, whatever the files' times say", async () => {
    const state = (values: readonly number[]): string =>
      JSON.stringify({ log_history: values.map((loss, i) => ({ step: (i + 1) * 100, loss })) });
    const files = new MemoryFiles();
    files.write("/w/r/checkpoint-1000/trainer_state.json", state([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]));
    // Of an attempt that was given up at 500; copied last.
    files.write("/w/r/checkpoint-500/trainer_state.json", state([9, 8, 7.5, 7.4, 7.3]));
    const loaded = await (await discovered(files)).load("/w/r");
    assert.deepEqual(
      [...(loaded.view.series("loss")?.value ?? [])],
      [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    );
    assert.deepEqual(loaded.table.attempts, [
      { first: 100, last: 500, superseded: true },
      { first: 300, last: 1000, superseded: false },
    ]);
    assert.equal(loaded.table.length, 13, "what both have in common is there once");
  });

  it("reads the best of a held-out metric over all runs of the experiment", async () => {
    const run = (values: readonly number[]): string =>
      jsonlText(
        values.map((value, i) => ({
          step: (i + 1) * 10,
          val_loss: value,
          train_loss: i < 1 ? 5 : 0.1,
        })),
      );
    const catalog = await catalogOf({
      "/w/good/metrics.jsonl": run([5, 5, 5, 5, 5, 0.1, 0.1]),
      "/w/never/metrics.jsonl": run([5, 5, 5, 5, 5, 4.9, 4.9]),
    });
    const results = await whenById(catalog, "grokking");
    assert.equal(results.get("good")?.by, 60);
    assert.equal(results.get("never")?.status, "right-censored");
  });

  describe("reading on", () => {
    it("reads only the tail of a log that has grown", async () => {
      const memory = new MemoryFiles({ "/w/r/metrics.jsonl": rows(0, 20_000) });
      const files = new CountingFiles(memory);
      const catalog = await discovered(files);
      await catalog.load("/w/r");
      const text = rows(0, 20_000);
      files.forget();
      memory.write("/w/r/metrics.jsonl", text + rows(20_000, 20_010));
      assert.equal(await catalog.refresh("/w/r"), true);
      assert.equal(stepsOf(await catalog.load("/w/r")).length, 20_010);
      const head = 16 * 1024;
      const tail = rows(20_000, 20_010).length;
      assert.ok(files.reads.every(({ start }) => start < head || start >= text.length - CHECKED));
      assert.ok(bytesOf(files) <= head + tail + 2 * CHECKED, `${bytesOf(files)} bytes`);
      files.forget();
      memory.write("/w/r/metrics.jsonl", text + rows(20_000, 20_020));
      assert.equal(await catalog.refresh("/w/r"), true);
      assert.ok(bytesOf(files) <= tail + 2 * CHECKED, `${bytesOf(files)} bytes, head again`);
    });

    it("reads only the tail of an event file that has grown", async () => {
      const row = (step: number) => ({
        step,
        wallTime: 1,
        scalars: [{ tag: "loss", value: step }],
      });
      const before = eventFile(Array.from({ length: 5000 }, (_, i) => row(i)));
      const more = eventRecord(row(5000));
      const memory = new MemoryFiles({ "/w/r/events.out.tfevents.1700000000.a": before });
      const files = new CountingFiles(memory);
      const catalog = await discovered(files);
      await catalog.load("/w/r");
      files.forget();
      memory.write("/w/r/events.out.tfevents.1700000000.a", concat([before, more]));
      assert.equal(await catalog.refresh("/w/r"), true);
      assert.equal(bytesOf(files), more.length + 2 * CHECKED);
      assert.equal(stepsOf(await catalog.load("/w/r")).length, 5001);
    });

    it("reads anew what was written over in place, though it has become longer", async () => {
      const files = new MemoryFiles({ "/w/r/metrics.jsonl": rows(0, 100) });
      const catalog = await discovered(files);
      await catalog.load("/w/r");
      files.write("/w/r/metrics.jsonl", rows(1000, 1300));
      assert.equal(await catalog.refresh("/w/r"), true);
      const steps = stepsOf(await catalog.load("/w/r"));
      assert.deepEqual([steps[0], steps.length], [1000, 300]);
    });

    it("reads anew what was changed in its midst, though it is as long as before and ends the same", async () => {
      const text = '{"step": 1, "loss": 0.5}\n'.concat(rows(2, 100));
      const files = new MemoryFiles({ "/w/r/metrics.jsonl": text });
      const catalog = await discovered(files);
      const first = async () => (await catalog.load("/w/r")).table.series("loss")?.value[0];
      assert.equal(await first(), 0.5);
      files.write("/w/r/metrics.jsonl", text.replace("0.5", "0.7"));
      assert.equal(await catalog.refresh("/w/r"), true);
      assert.equal(await first(), 0.7);
    });

    it("opens nothing but heads of logs where nothing has changed", async () => {
      const memory = new MemoryFiles({
        "/w/r/metrics.jsonl": rows(0, 20_000),
        "/w/r/checkpoint-5/trainer_state.json": "{}",
      });
      const files = new CountingFiles(memory);
      const catalog = await discovered(files);
      await catalog.load("/w/r");
      files.forget();
      assert.equal(await catalog.refresh("/w/r"), false);
      assert.ok(bytesOf(files) <= 16 * 1024);
      files.forget();
      assert.equal(await catalog.refresh("/w/r"), false);
      assert.equal(bytesOf(files), 0);
    });

    it("reads anew what was replaced or has become shorter", async () => {
      const files = new MemoryFiles({ "/w/r/metrics.jsonl": rows(0, 100) });
      const catalog = await discovered(files);
      await catalog.load("/w/r");
      files.write("/w/r/metrics.jsonl", rows(0, 3));
      await catalog.refresh("/w/r");
      assert.deepEqual(stepsOf(await catalog.load("/w/r")), [0, 1, 2]);
      files.remove("/w/r/metrics.jsonl");
      files.write("/w/r/metrics.jsonl", rows(50, 60));
      await catalog.refresh("/w/r");
      assert.equal(stepsOf(await catalog.load("/w/r"))[0], 50);
    });

    it("lists a damaged place once, however often it is read on", async () => {
      const row = { step: 1, wallTime: 1, scalars: [{ tag: "loss", value: 1 }] };
      const damaged = eventRecord(row);
      damaged[0] = 0xff;
      let bytes = concat([eventFile([row]), damaged]);
      const files = new MemoryFiles({ "/w/r/events.out.tfevents.1.a": bytes });
      const catalog = await discovered(files);
      for (let i = 0; i < 5; i++) {
        bytes = concat([bytes, eventRecord(row)]);
        files.write("/w/r/events.out.tfevents.1.a", bytes);
        await catalog.refresh("/w/r");
      }
      const { problems } = await catalog.load("/w/r");
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["tfevents/bad-length"],
      );
    });

    it("finds new files and new checkpoints of a run", async () => {
      const files = new MemoryFiles({ "/w/r/metrics.jsonl": rows(0, 3) });
      const catalog = await discovered(files);
      files.write("/w/r/step2.pt", "x");
      assert.equal(await catalog.refresh("/w/r"), true);
      assert.deepEqual(
        catalog.run("/w/r")?.checkpoints.map(({ step }) => step),
        [2],
      );
    });

    it("has all points in each of two answers that are asked for at once while a log grows", async () => {
      const memory = new MemoryFiles({ "/w/r/metrics.jsonl": rows(0, 10) });
      // A disk that takes its time, a different one for each read.
      const random = mulberry32(1);
      const pause = async (): Promise<void> => {
        for (let i = wholeNumber(random, 0, 6); i >= 0; i--)
          await new Promise((resolve) => setImmediate(resolve));
      };
      const slow: Files = {
        list: (path) => memory.list(path),
        realPath: (path) => memory.realPath(path),
        stat: async (path) => {
          await pause();
          return memory.stat(path);
        },
        open: async (path) => {
          await pause();
          const source = await memory.open(path);
          return {
            stamp: source.stamp,
            close: pause,
            read: async (start, into) => {
              await pause();
              return source.read(start, into);
            },
          };
        },
      };
      const catalog = await discovered(slow);
      await catalog.load("/w/r");
      for (let size = 11; size < 60; size++) {
        memory.write("/w/r/metrics.jsonl", rows(0, size));
        const answers = await Promise.all([
          catalog.load("/w/r"),
          catalog.refresh("/w/r").then(() => catalog.load("/w/r")),
          pause().then(() => catalog.load("/w/r")),
        ]);
        for (const answer of answers) {
          assert.deepEqual(
            stepsOf(answer),
            Array.from({ length: size }, (_, i) => i),
            `of ${size}`,
          );
        }
      }
    });

    it("reads a log again whose reading was stopped", async () => {
      const files = new MemoryFiles({ "/w/r/metrics.jsonl": rows(0, 100) });
      const catalog = await discovered(files);
      await assert.rejects(catalog.load("/w/r", AbortSignal.abort()));
      assert.equal(stepsOf(await catalog.load("/w/r")).length, 100);
      files.write("/w/r/metrics.jsonl", rows(0, 120));
      await assert.rejects(catalog.load("/w/r", AbortSignal.abort()));
      assert.equal(stepsOf(await catalog.load("/w/r")).length, 120);
    });
  });
});
