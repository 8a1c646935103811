/** What was kept of files must never be seen in an answer: with and without a cache, all catalogs say the same. */

import assert from "node:assert/strict";
import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Catalog } from "../../../src/core/catalog/catalog.js";
import { RunReading } from "../../../src/core/catalog/runReading.js";
import type { Cache } from "../../../src/core/io/cache.js";
import type { RunDir } from "../../../src/core/model/run.js";
import { DiskCache } from "../../../src/node/diskCache.js";
import { fsFiles } from "../../../src/node/fsFiles.js";
import { CountingFiles } from "../../support/countingFiles.js";
import { mutated } from "../../support/mutated.js";
import { mulberry32, wholeNumber } from "../../support/random.js";
import { fixture, inProject } from "../../support/root.js";
import { formatSamples, type Sample } from "../../support/samples.js";
import { contentsOf, runOf } from "../../support/readings.js";
import { removeFolder, temporaryFolder, writeFiles } from "../../support/temporaryFolder.js";

let folder: string;
let cacheFolder: string;
let troubles: string[];

/** Keeps whatever it is given, small files too. */
function diskCache(): DiskCache {
  return new DiskCache(cacheFolder, 1e9, (message) => troubles.push(message), 0);
}

/** What a run says that is opened anew, and keeps it. */
async function opened(run: RunDir, cache: Cache | null): Promise<unknown> {
  const reading = new RunReading(fsFiles, cache);
  await reading.update(run);
  const said = contentsOf(reading);
  await reading.keep();
  return said;
}

/** The whole of what catalogs say of all runs under a folder. */
async function allOf(path: string, cache: Cache | null): Promise<unknown> {
  const catalog = new Catalog(fsFiles, { isExcluded: () => false, cache });
  await catalog.discover([{ path, name: "w" }]);
  const runs: unknown[] = [];
  for (const { key } of catalog.runs()) {
    const { run, table, config, axis, modifiedMs, problems, view } = await catalog.load(key);
    const names = table.metricNames();
    const metrics = names.map((name) => [
      name,
      table.points(name),
      table.series(name),
      view.best(name),
      view.direction(name),
    ]);
    runs.push({ key, run, attempts: table.attempts, metrics, config, axis, modifiedMs, problems });
  }
  await catalog.kept();
  return { runs, problems: catalog.problems() };
}

describe("the cache of what was read", function () {
  this.timeout(120_000);

  beforeEach(async () => {
    folder = await temporaryFolder();
    cacheFolder = join(folder, "cache");
    troubles = [];
  });
  afterEach(() => removeFolder(folder));

  for (const [name, path] of [
    ["fixtures of all formats", fixture("formats")],
    ["fixtures of trackers", fixture("trackers")],
    ["the test workspace", fixture("workspace")],
    ["the sample workspace", inProject("samples", "grokking")],
  ] as const) {
    it(`is not seen in what a catalog says of ${name}`, async () => {
      const plain = await allOf(path, null);
      assert.deepEqual(await allOf(path, diskCache()), plain, "while it is filled");
      assert.deepEqual(await allOf(path, diskCache()), plain, "from what was kept");
      assert.deepEqual(troubles, []);
    });
  }

  /** The sample's file alone in a folder, empty yet. */
  async function placed({ name, reader }: Sample): Promise<[RunDir, string]> {
    const file = join(folder, "run", name.split("/").at(-1) ?? "");
    await mkdir(dirname(file), { recursive: true });
    writeFileSync(file, "");
    return [runOf(file, reader.format), file];
  }

  for (const sample of formatSamples()) {
    it(`a window that is opened again goes on as one that stayed: ${sample.name}`, async () => {
      const random = mulberry32(sample.name.length);
      const bytes = sample.bytes();
      const [run, file] = await placed(sample);
      const stayed = new RunReading(fsFiles);
      let written = 0;
      for (let piece = 0; piece < 4; piece++) {
        const end = piece === 3 ? bytes.length : wholeNumber(random, written, bytes.length);
        appendFileSync(file, bytes.subarray(written, end));
        written = end;
        await stayed.update(run);
        const said = contentsOf(stayed);
        assert.deepEqual(await opened(run, diskCache()), said, `with ${written} bytes`);
        assert.deepEqual(await opened(run, diskCache()), said, `again with ${written} bytes`);
      }
      assert.deepEqual(troubles, []);
    });
  }

  const log = (rows: number, seed: number, from = 0): string =>
    Array.from({ length: rows }, (_, i) =>
      JSON.stringify({ step: from + i, loss: seed + i / 7, acc: i % 3 }),
    ).join("\n") + "\n";

  const whole = (): string => join(folder, "run", "metrics.jsonl");
  const jsonl = (): RunDir => runOf(whole(), "jsonl");

  it("reads nothing of a file that is the same, and only what is new of one that has grown", async () => {
    await writeFiles(folder, { "run/metrics.jsonl": log(5000, 1) });
    await opened(jsonl(), diskCache());
    const files = new CountingFiles(fsFiles);
    await new RunReading(files, diskCache()).update(jsonl());
    assert.equal(files.reads.length, 0);
    const more = log(10, 2, 5000);
    appendFileSync(whole(), more);
    await new RunReading(files, diskCache()).update(jsonl());
    const bytes = files.reads.reduce((sum, read) => sum + read.bytes, 0);
    assert.ok(bytes < more.length + 1000, `${bytes} bytes`);
    assert.deepEqual(await opened(jsonl(), diskCache()), await opened(jsonl(), null));
  });

  const changes: Readonly<Record<string, () => void>> = {
    "written over with as many bytes": () => {
      writeFileSync(whole(), log(300, 2));
    },
    "written over with more": () => {
      writeFileSync(whole(), log(400, 3));
    },
    "replaced by another file": () => {
      writeFileSync(`${whole()}.new`, log(300, 4));
      renameSync(`${whole()}.new`, whole());
    },
    "replaced by one that begins in the same way": () => {
      writeFileSync(`${whole()}.new`, log(300, 1) + log(50, 9, 300));
      renameSync(`${whole()}.new`, whole());
    },
    cut: () => {
      truncateSync(whole(), 1000);
    },
    "cut to nothing": () => {
      truncateSync(whole(), 0);
    },
    "grown by half a line": () => {
      appendFileSync(whole(), '{"step": 300, "loss": 0.');
    },
    "grown after half a line": () => {
      appendFileSync(whole(), '{"step": 300, "loss": 0.5}');
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`a file that was ${what} is read as it is`, async () => {
      await writeFiles(folder, { "run/metrics.jsonl": log(300, 1) });
      await opened(jsonl(), diskCache());
      change();
      for (let time = 0; time < 2; time++) {
        assert.deepEqual(await opened(jsonl(), diskCache()), await opened(jsonl(), null));
      }
      appendFileSync(whole(), "\n" + log(3, 5, 400));
      assert.deepEqual(await opened(jsonl(), diskCache()), await opened(jsonl(), null));
    });
  }

  it("keeps no point of a line without an end", async () => {
    const file = join(folder, "run", "metrics.csv");
    await writeFiles(folder, { "run/metrics.csv": "step,loss,acc\n1,0.5,1\n2,0.25,0" });
    const run = runOf(file, "csv");
    await opened(run, diskCache());
    writeFileSync(file, "step,loss,acc\n1,0.5,1\n2,0.25,0.75\n");
    assert.deepEqual(await opened(run, diskCache()), await opened(run, null));
  });

  it("is not asked of a file that is read for something else", async () => {
    await writeFiles(folder, { "run/metrics.jsonl": log(300, 1) });
    await opened(jsonl(), diskCache());
    const split = { ...jsonl(), sources: [{ ...jsonl().sources[0]!, split: "train" }] };
    assert.deepEqual(await opened(split, diskCache()), await opened(split, null));
  });

  it("damaged, cut or stale bytes never change an answer", async () => {
    await writeFiles(folder, { "run/metrics.jsonl": log(200, 1) });
    const plain = await opened(jsonl(), null);
    await opened(jsonl(), diskCache());
    const [name = ""] = await readdir(cacheFolder);
    const entry = join(cacheFolder, name);
    const bytes = new Uint8Array(readFileSync(entry));
    for (let seed = 1; seed <= 300; seed++) {
      writeFileSync(entry, mutated(bytes, mulberry32(seed)));
      assert.deepEqual(await opened(jsonl(), diskCache()), plain, `seed ${seed}`);
    }
    for (let length = 0; length < 200; length += 7) {
      writeFileSync(entry, bytes.subarray(0, length));
      assert.deepEqual(await opened(jsonl(), diskCache()), plain, `${length} bytes`);
    }
    assert.deepEqual(troubles, []);
  });

  it("that fails is one that is not there", async () => {
    const full = (): Promise<never> => Promise.reject(new Error("no space left on device"));
    const failing: Cache = { leastBytes: 0, load: full, save: full };
    const path = inProject("samples", "grokking");
    assert.deepEqual(await allOf(path, failing), await allOf(path, null));
  });

  it("two windows that keep the same files at once do no harm", async () => {
    const path = inProject("samples", "grokking");
    const plain = await allOf(path, null);
    const both = await Promise.all([allOf(path, diskCache()), allOf(path, diskCache())]);
    assert.deepEqual(both, [plain, plain]);
    assert.deepEqual(await allOf(path, diskCache()), plain);
    assert.deepEqual(troubles, []);
  });
});
