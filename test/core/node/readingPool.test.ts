/** The pool with real threads, some of which die. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { Catalog } from "../../../src/core/catalog/catalog.js";
import { RunReading } from "../../../src/core/catalog/runReading.js";
import { START, type Chunk, type Cursor } from "../../../src/core/formats/reader.js";
import type { ByteSource } from "../../../src/core/io/files.js";
import { fsFiles } from "../../../src/node/fsFiles.js";
import { ReadingPool, type ReadingProgress } from "../../../src/node/readingPool.js";
import { contentsOf, runOf } from "../../support/readings.js";
import { formatSamples } from "../../support/samples.js";
import { removeFolder, temporaryFolder, writeFiles } from "../../support/temporaryFolder.js";
import { workerScript } from "../../support/workerOn.js";

describe("ReadingPool", function () {
  this.timeout(60_000);

  const pools: ReadingPool[] = [];
  let folder: string;
  let progress: ReadingProgress[];

  before(async () => {
    folder = await temporaryFolder();
  });
  beforeEach(() => {
    progress = [];
  });
  afterEach(() => {
    for (const pool of pools.splice(0)) pool.dispose();
  });
  after(() => removeFolder(folder));

  function poolOf(script = workerScript, threads = 2, leastBytes: number | undefined = 0) {
    const pool = new ReadingPool(script, (state) => progress.push(state), leastBytes, threads);
    pools.push(pool);
    return pool;
  }

  const rows = (count: number, seed = 1): string =>
    Array.from({ length: count }, (_, step) =>
      JSON.stringify({ step, loss: seed + step / 7, acc: step % 3, part: step / 4 }),
    ).join("\n") + "\n";

  /** A log of several chunks. */
  async function longLog(name: string, seed = 1): Promise<string> {
    await writeFiles(folder, { [`${name}/metrics.jsonl`]: rows(100_000, seed) });
    return join(folder, name, "metrics.jsonl");
  }

  async function read(file: string, format: string, pool?: ReadingPool): Promise<unknown> {
    const reading = new RunReading(fsFiles, null, pool);
    await reading.update(runOf(file, format));
    return contentsOf(reading);
  }

  const withSource = async <T>(
    file: string,
    action: (source: ByteSource) => Promise<T>,
  ): Promise<T> => {
    const source = await fsFiles.open(file);
    try {
      return await action(source);
    } finally {
      await source.close();
    }
  };

  const start = (
    pool: ReadingPool,
    file: string,
    source: ByteSource,
    signal?: AbortSignal,
  ): AsyncGenerator<Chunk, Cursor> => pool.read("jsonl", { source, file, from: START }, signal);

  /** The shipped script with a fault: a thread dies after so many messages, as often as is said. */
  async function faulty(messages: number, times: number): Promise<string> {
    const name = `faulty-${randomUUID()}.cjs`;
    await writeFiles(folder, {
      [name]: `
        const { appendFileSync, readFileSync } = require("node:fs");
        const { parentPort } = require("node:worker_threads");
        const died = __filename + ".died";
        appendFileSync(died, "");
        const post = parentPort.postMessage.bind(parentPort);
        let left = ${messages};
        parentPort.postMessage = (message, transferred) => {
          if (left-- > 0 || readFileSync(died).length >= ${times}) return post(message, transferred);
          appendFileSync(died, "x");
          process.exit(9);
        };
        require(${JSON.stringify(workerScript)});`,
    });
    return join(folder, name);
  }

  it("gives what reading in place gives, of all formats", async () => {
    const pool = poolOf();
    for (const { file, reader, name } of formatSamples()) {
      const here = await read(file, reader.format);
      assert.deepEqual(await read(file, reader.format, pool), here, name);
    }
  });

  it("reads several files beside each other, and on where one has grown", async () => {
    const files = await Promise.all(["a", "b", "c"].map((name, i) => longLog(name, i)));
    const pool = poolOf();
    const readings = files.map((file) => ({ file, own: new RunReading(fsFiles, null, pool) }));
    const update = (): Promise<unknown> =>
      Promise.all(readings.map(({ file, own }) => own.update(runOf(file, "jsonl"))));
    await update();
    for (const file of files) appendFileSync(file, rows(5).replaceAll('"step":', '"step":20000'));
    await update();
    for (const { file, own } of readings) {
      assert.deepEqual(contentsOf(own), await read(file, "jsonl"));
    }
    assert.ok(progress.some(({ bytes, of }) => bytes > 0 && bytes <= of));
    assert.deepEqual(progress.at(-1), { bytes: 0, of: 0 });
  });

  it("reads little in place", async () => {
    const file = await longLog("little");
    const pool = poolOf(join(folder, "no such script.js"), 2, 1e9);
    assert.deepEqual(await read(file, "jsonl", pool), await read(file, "jsonl"));
    assert.equal(progress.length, 0);
  });

  it("stops when it is told to, and the thread reads the next file", async () => {
    const file = await longLog("stopped");
    const pool = poolOf(workerScript, 1);
    for (let time = 0; time < 3; time++) {
      const controller = new AbortController();
      await withSource(file, async (source) => {
        const chunks = start(pool, file, source, controller.signal);
        await chunks.next();
        controller.abort();
        await assert.rejects(chunks.next(), { name: "AbortError" });
      });
    }
    assert.deepEqual(await read(file, "jsonl", pool), await read(file, "jsonl"));
    const aborted = AbortSignal.abort();
    await withSource(file, (source) =>
      assert.rejects(start(pool, file, source, aborted).next(), { name: "AbortError" }),
    );
  });

  it("gives up waiting for a thread when it is told to", async () => {
    const file = await longLog("waiting");
    const pool = poolOf(workerScript, 1);
    await withSource(file, async (source) => {
      const first = start(pool, file, source);
      await first.next();
      const controller = new AbortController();
      const second = start(pool, file, source, controller.signal).next();
      controller.abort();
      await assert.rejects(second, { name: "AbortError" });
      await first.return({ ...START });
    });
  });

  it("gives a free thread to what is asked for now before what can wait", async () => {
    const file = await longLog("order");
    const pool = poolOf(workerScript, 1);
    await withSource(file, async (source) => {
      const first = start(pool, file, source);
      await first.next();
      const order: string[] = [];
      const queued = ["can wait", "asked first", "asked last", "can wait too"].map(async (name) => {
        const { signal } = new AbortController();
        if (name.startsWith("can wait")) pool.canWait(signal);
        const chunks = start(pool, file, source, signal);
        await chunks.next();
        order.push(name);
        await chunks.return({ ...START });
      });
      await first.return({ ...START });
      await Promise.all(queued);
      assert.deepEqual(order, ["asked last", "asked first", "can wait too", "can wait"]);
    });
  });

  it("holds no more than a few chunks of a file that nobody takes on", async () => {
    const file = await longLog("pressure");
    const pool = poolOf(workerScript, 1);
    await withSource(file, async (source) => {
      const chunks = start(pool, file, source);
      await chunks.next();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { bytes = 0, of = 0 } = progress.at(-1) ?? {};
      assert.ok(bytes < of, `${bytes} of ${of}`);
      await chunks.return({ ...START });
    });
  });

  for (const messages of [0, 1, 2]) {
    it(`reads a file again whose thread died after ${messages} chunks`, async () => {
      const file = await longLog("again");
      const pool = poolOf(await faulty(messages, 1));
      assert.deepEqual(await read(file, "jsonl", pool), await read(file, "jsonl"));
    });
  }

  it("says of which file it is that threads die, and other runs are unharmed", async () => {
    const tree = join(folder, "tree");
    await writeFiles(tree, {
      "bad/metrics.jsonl": rows(100_000),
      "good/metrics.csv": `step,loss\n${Array.from({ length: 99 }, (_, i) => `${i},${i}`).join("\n")}\n`,
    });
    const pool = poolOf(await faulty(1, 2), 2, 1000);
    const catalog = new Catalog(fsFiles, { isExcluded: () => false, place: pool });
    await catalog.discover([{ path: tree.replaceAll("\\", "/"), name: "tree" }]);
    const loaded = [];
    for await (const one of catalog.loadAll(catalog.runs().map(({ key }) => key))) loaded.push(one);
    const points = loaded.map(({ run, table }) => [run.id, table.length]);
    assert.deepEqual(points, [
      ["bad", 0],
      ["good", 99],
    ]);
    const [problem, ...others] = catalog.problems();
    assert.equal(others.length, 0);
    assert.equal(problem?.code, "file/unreadable");
    assert.match(problem.file, /bad\/metrics\.jsonl$/);
    assert.match(problem.message, /ended twice: exit code 9/);
  });
});
