/** The kernel for W&B's logs against the plain reader: the same points, problems, configs and cursors of any bytes. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { START, type Cursor } from "../../../../src/core/formats/reader.js";
import { tfevents } from "../../../../src/core/formats/tfevents.js";
import { wandb } from "../../../../src/core/formats/wandb.js";
import { readBlocks, WandbReading } from "../../../../src/core/formats/wandbReading.js";
import { Kernel } from "../../../../src/core/formats/kernels/kernel.js";
import type { ByteSource } from "../../../../src/core/io/files.js";
import { collect, type Collected } from "../../../support/collected.js";
import { bytesField, concat, eventFile, textField } from "../../../support/eventFile.js";
import { mutated } from "../../../support/mutated.js";
import { mulberry32, wholeNumber } from "../../../support/random.js";
import { randomWandb } from "../../../support/randomWandb.js";
import { fixture } from "../../../support/root.js";
import { inPieces, sourceOf } from "../../../support/scriptedFiles.js";
import { framed, historyRecord, wandbLog } from "../../../support/wandbLog.js";

const FILE = "/w/wandb/run-20240101_000000-abc/run-abc.wandb";
const HEADER_BYTES = 7;

const given = process.env["ONSET_TEST_DATA"];
const folder = given === undefined || given === "" ? fixture() : resolve(given);

async function both(source: () => ByteSource, from: Cursor = START): Promise<Collected> {
  const input = { source: source(), file: FILE, from };
  const fast = await collect(wandb.read({ ...input, source: source() }));
  if (from.offset > 0 || (await hasHeader(source()))) {
    assert.deepStrictEqual(fast, await collect(readBlocks(new WandbReading(input))));
  }
  return fast;
}

async function hasHeader(source: ByteSource): Promise<boolean> {
  const bytes = new Uint8Array(HEADER_BYTES);
  for (let filled = 0; filled < bytes.length;) {
    const count = await source.read(filled, bytes.subarray(filled));
    if (count === 0) return false;
    filled += count;
  }
  return framed([]).every((byte, i) => byte === bytes[i]);
}

/** Runs `check` for many seeds, and names the one that fails. */
async function forEachSeed(
  count: number,
  check: (random: () => number, seed: number) => Promise<unknown>,
): Promise<void> {
  for (let seed = 1; seed <= count; seed++) {
    try {
      await check(mulberry32(seed), seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
}

const item = (name: string, json: string | number): Uint8Array =>
  concat([textField(2, name), textField(16, String(json))]);
const row = (step: number): Uint8Array => historyRecord([item("_step", step), item("loss", step)]);

describe("the kernel for W&B's logs", function () {
  this.timeout(120_000);

  it("is there", () => {
    assert.ok(Kernel.take());
  });

  it("reads what the plain reader reads of random logs, in random pieces", () =>
    forEachSeed(250, (random, seed) => {
      const bytes = randomWandb(random);
      const largest = wholeNumber(random, 4_000, 1_000_000);
      return both(() => inPieces(bytes, mulberry32(seed), largest));
    }));

  it("reads what the plain reader reads of mutated logs", () =>
    forEachSeed(200, (random) => {
      let bytes = randomWandb(random);
      for (let i = wholeNumber(random, 1, 3); i > 0; i--) bytes = mutated(bytes, random);
      return both(() => sourceOf(bytes));
    }));

  it("reads what the plain reader reads of the logs of real runs, mutated and as they are", async () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const logs = files.filter((path) => path.endsWith(".wandb"));
    assert.ok(logs.length > 0);
    for (const path of logs) {
      const original = new Uint8Array(readFileSync(join(folder, path)));
      await both(() => sourceOf(original));
      await forEachSeed(30, (random) => {
        const bytes = mutated(original.subarray(0, 100_000), random);
        return both(() => sourceOf(bytes));
      });
    }
  });

  it("stops where the plain reader stops, whatever byte a log is cut at", () =>
    forEachSeed(5, async (random) => {
      const bytes = randomWandb(random).subarray(0, 40_000);
      for (let cut = 0; cut <= bytes.length; cut += wholeNumber(random, 1, 200)) {
        await both(() => sourceOf(bytes.subarray(0, cut)));
      }
    }));

  it("reads on in a log that has grown", () =>
    forEachSeed(80, async (random) => {
      const bytes = random() < 0.5 ? randomWandb(random) : mutated(randomWandb(random), random);
      let cursor = START;
      for (let end = 0; end < bytes.length;) {
        end = Math.min(bytes.length, end + wholeNumber(random, 1, bytes.length));
        ({ cursor } = await both(() => sourceOf(bytes.subarray(0, end)), cursor));
      }
    }));

  it("reads several logs at once, each as if it were alone", async () => {
    const files = [1, 2, 3, 4, 5, 6].map((seed) => randomWandb(mulberry32(seed)));
    await Promise.all(files.map((bytes, i) => both(() => inPieces(bytes, mulberry32(i), 4_000))));
  });

  it("reads more points than a chunk has room for, and rows that have so many", async () => {
    const items = (count: number, step: number): Record<string, number> => {
      const row: Record<string, number> = { _step: step };
      for (let i = 0; i < count; i++) row[`m/${i}`] = i;
      return row;
    };
    const narrow = wandbLog(
      {},
      Array.from({ length: 30_000 }, (_, i) => ({ a: i, b: 1, c: 0.5, _step: i })),
    );
    assert.equal((await both(() => sourceOf(narrow))).points.length, 90_000);
    const wide = wandbLog(
      {},
      Array.from({ length: 45 }, (_, i) => items(3_000, i)),
    );
    assert.equal((await both(() => sourceOf(wide))).points.length, 135_000);
    const widest = wandbLog(
      {},
      Array.from({ length: 35 }, (_, i) => items(i < 32 ? 1 : 70_000, i)),
    );
    assert.equal((await both(() => sourceOf(widest))).points.length, 210_032);
  });

  it("reads on behind the end of a block, however little of it is left", async () => {
    // The plain reader reads the first block, in which it chooses the step column.
    const rows = Array.from({ length: 40 }, (_, i) => row(i));
    const filled = (end: number, records: readonly Uint8Array[]): Uint8Array =>
      bytesField(100, new Uint8Array(end - framed(records).length - 12).fill(65));
    rows.push(filled(32_768, rows), row(40));
    for (let left = 0; left <= 16; left++) {
      const last = filled(65_536 - left, rows);
      const bytes = framed([...rows, last, Uint8Array.of(0, 1), row(41)]);
      assert.equal((await both(() => sourceOf(bytes))).points.length, 42);
      for (let end = 65_536 - 20; end < 65_536 + 40; end++) {
        await both(() => sourceOf(bytes.subarray(0, end)));
      }
    }
  });

  it("sees steps go back between rows that are read plainly and others", async () => {
    const at = (step: number, name: string, ...more: readonly Uint8Array[]): Uint8Array =>
      historyRecord([item("_step", step), item("step", step), item(name, step), ...more]);
    const filling = bytesField(100, new Uint8Array(32_768).fill(65));
    const before = Array.from({ length: 40 }, (_, i) => at(i, "first seen here"));
    const odd = item("note", '"text"');
    for (const last of [38, 39, 40]) {
      const isBack = last < 39;
      const early = framed([...before, filling, at(last, "first seen here")]);
      assert.equal((await both(() => sourceOf(early))).startsAnew, isBack);
      const between = [at(39, "then here", odd), at(39, "first seen here"), at(last, "then here")];
      const late = framed([...before, filling, ...between]);
      assert.equal((await both(() => sourceOf(late))).startsAnew, isBack);
      const odder = framed([...before, filling, at(39, "and here"), at(last, "and here", odd)]);
      assert.equal((await both(() => sourceOf(odder))).startsAnew, isBack);
      // From a cursor.
      const start = framed([...before, filling, at(39, "at last")]);
      const { cursor } = await both(() => sourceOf(start));
      const grown = framed([...before, filling, at(39, "at last"), at(last, "at last")]);
      assert.equal((await both(() => sourceOf(grown), cursor)).startsAnew, isBack);
    }
  });

  it("steps over what is long, and reads what lies behind it", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => row(i));
    const output = bytesField(4, new Uint8Array(700_000).fill(65));
    const bytes = framed([...rows, output, row(40), output, row(41), output]);
    const whole = await both(() => sourceOf(bytes));
    assert.deepEqual(
      whole.points.map(([, step]) => step),
      Array.from({ length: 42 }, (_, i) => i),
    );
    assert.deepEqual(whole.problems, []);
    await both(() => sourceOf(bytes.subarray(0, bytes.length - 40_000)));
  });

  it("leaves a log with more names than it keeps to the plain reader, and is as good as new then", async () => {
    const long = Array.from({ length: 45 }, (_, i) => ({
      _step: i,
      [`${i}/${"x".repeat(1_000_000)}`]: 1,
    }));
    const many = Array.from({ length: 60 }, (_, i) => {
      const row: Record<string, number> = { _step: i };
      for (let j = 0; j < 1_000; j++) row[`${i}/${j}`] = j;
      return row;
    });
    for (const rows of [long, many]) {
      const whole = await both(() => sourceOf(wandbLog({}, rows)));
      assert.equal(whole.metrics.length, whole.points.length);
      const few = wandbLog(
        {},
        Array.from({ length: 40 }, (_, i) => ({ loss: i, _step: i })),
      );
      assert.equal((await both(() => sourceOf(few))).points.length, 40);
    }
  });

  it("keeps apart what event files and logs of W&B mean by a name", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ hp_metric: -1, loss: i, _step: i }));
    const log = wandbLog({}, rows);
    const events = eventFile(
      rows.map(({ loss }) => ({
        step: loss,
        wallTime: 1e9,
        scalars: [
          { tag: "hp_metric", value: -1 },
          { tag: "_step", value: loss },
          { tag: "\x12\x04loss", value: 1 },
        ],
      })),
    );
    for (let round = 0; round < 2; round++) {
      assert.equal((await both(() => sourceOf(log))).points.length, 80);
      const input = { source: sourceOf(events), file: "/runs/events", from: START };
      const { metrics } = await collect(tfevents.read(input));
      assert.deepEqual(metrics, ["_step", "\x12\x04loss"]);
    }
  });

  it("reads damage as the plain reader does: zeros, rubbish between checksums that hold", async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => ({ loss: i / 8, _step: i }));
    const bytes = wandbLog({}, rows);
    await both(() => sourceOf(concat([bytes, new Uint8Array(200_000)])));
    await forEachSeed(60, (random) => {
      const records = rows.slice(0, 100).flatMap(({ loss }) => {
        const size = random() < 0.05 ? 50_000 : wholeNumber(random, 0, 60);
        const rubbish = Uint8Array.from({ length: size }, () => wholeNumber(random, 0, 255));
        const value = concat([textField(2, "_step"), textField(16, String(loss))]);
        return random() < 0.2 ? [rubbish] : [historyRecord([value])];
      });
      return both(() => sourceOf(framed(records)));
    });
  });
});
