/** The kernel for event files against the plain reader: the same points, restarts, problems and cursors of any bytes. */

import assert from "node:assert/strict";
import { EventReading, readRecords } from "../../../../src/core/formats/events.js";
import { START, type Cursor } from "../../../../src/core/formats/reader.js";
import { tfevents } from "../../../../src/core/formats/tfevents.js";
import { Kernel } from "../../../../src/core/formats/kernels/kernel.js";
import type { ByteSource } from "../../../../src/core/io/files.js";
import { collect, type Collected } from "../../../support/collected.js";
import {
  bytesField,
  concat,
  doubleField,
  eventFile,
  eventRecord,
  message,
  record,
  type EventRow,
  type EventScalar,
} from "../../../support/eventFile.js";
import { mutated } from "../../../support/mutated.js";
import { mulberry32, wholeNumber } from "../../../support/random.js";
import { randomEvents } from "../../../support/randomEvents.js";
import { formatSamples } from "../../../support/samples.js";
import { inPieces, sourceOf } from "../../../support/scriptedFiles.js";

const FILE = "/runs/a/events.out.tfevents.1";

function plainly(source: ByteSource, from: Cursor): Promise<Collected> {
  return collect(readRecords(new EventReading({ source, file: FILE, from }), from.offset));
}

async function both(source: () => ByteSource, from: Cursor = START): Promise<Collected> {
  const plain = await plainly(source(), from);
  const fast = await collect(tfevents.read({ source: source(), file: FILE, from }));
  assert.deepStrictEqual(fast, plain);
  return plain;
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

/** What is read of a source, counted. */
function counted(bytes: Uint8Array, sparse = 0): { source: ByteSource; read: () => number } {
  const source = sourceOf(bytes);
  let read = 0;
  const size = bytes.length + sparse;
  return {
    read: () => read,
    source: {
      ...source,
      stamp: { ...source.stamp, size },
      close: () => source.close(),
      read: async (start, into) => {
        let count = start < bytes.length ? await source.read(start, into) : 0;
        if (count === 0 && start < size) {
          count = Math.min(into.length, size - start);
          into.fill(0, 0, count);
        }
        read += count;
        return count;
      },
    },
  };
}

const row = (step: number, ...scalars: EventScalar[]): EventRow => ({
  step,
  wallTime: 1e9 + step,
  scalars,
});
const loss = (step: number): Uint8Array => eventRecord(row(step, { tag: "loss", value: step / 8 }));

describe("the kernel for event files", function () {
  this.timeout(120_000);

  it("is there", () => {
    assert.ok(Kernel.take());
  });

  it("reads what the plain reader reads of random files, in random pieces", () =>
    forEachSeed(400, (random, seed) => {
      const bytes = randomEvents(random);
      return both(() => inPieces(bytes, mulberry32(seed), wholeNumber(random, 1, bytes.length)));
    }));

  it("reads what the plain reader reads of mutated files", () =>
    forEachSeed(800, (random) => {
      const bytes = mutated(randomEvents(random), random);
      return both(() => sourceOf(bytes));
    }));

  it("reads what the plain reader reads of mutated samples", async () => {
    const samples = formatSamples().filter(({ reader }) => reader === tfevents);
    assert.ok(samples.length > 0);
    for (const sample of samples) {
      const original = sample.bytes();
      await both(() => sourceOf(original));
      await forEachSeed(60, (random) => {
        const bytes = mutated(original.subarray(0, 24 * 1024), random);
        return both(() => sourceOf(bytes));
      });
    }
  });

  it("stops where the plain reader stops, whatever byte a file is cut at", async () => {
    await forEachSeed(6, async (random) => {
      const bytes = randomEvents(random).subarray(0, 1_500);
      for (let cut = 0; cut <= bytes.length; cut++)
        await both(() => sourceOf(bytes.subarray(0, cut)));
    });
  });

  it("reads on in a file that has grown, some bytes at a time", () =>
    forEachSeed(200, async (random) => {
      const bytes = mutated(randomEvents(random), random);
      let { cursor } = await both(() => sourceOf(bytes.subarray(0, 0)));
      for (let end = 0; end < bytes.length;) {
        end = Math.min(bytes.length, end + wholeNumber(random, 1, bytes.length));
        ({ cursor } = await both(() => sourceOf(bytes.subarray(0, end)), cursor));
      }
    }));

  it("reads several files at once, each as if it were alone", async () => {
    const files = [1, 2, 3, 4, 5, 6].map((seed) => randomEvents(mulberry32(seed)));
    await Promise.all(files.map((bytes, i) => both(() => inPieces(bytes, mulberry32(i), 64))));
  });

  it("reads more points than a chunk has room for", async () => {
    const tags = ["a", "b", "c"];
    const rows = Array.from({ length: 30_000 }, (_, step) =>
      tags.map((tag) => eventRecord(row(step, { tag, value: step }))),
    );
    const bytes = concat(rows.flat());
    const whole = await both(() => sourceOf(bytes));
    assert.equal(whole.points.length, 90_000);
    assert.deepEqual(whole.points.at(-1), ["c", 29_999, 1e9 + 29_999, 29_999]);
  });

  it("reads many tags, one by one and thousands in a record", async () => {
    const scalars = Array.from({ length: 20_000 }, (_, i): EventScalar => ({
      tag: `layer/${i}/norm`,
      value: i / 8,
    }));
    const rows = [0, 1, 2].map((step) => row(step, ...scalars));
    const single = scalars.slice(0, 6_000).flatMap((scalar) => [row(13, scalar), row(14, scalar)]);
    const bytes = eventFile([...rows, ...single]);
    const whole = await both(() => sourceOf(bytes));
    assert.equal(whole.metrics.length, 20_000);
  });

  it("leaves a file with more names than it keeps to the plain reader, and is as good as new then", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `${i}/${"x".repeat(1_000_000)}`);
    const bytes = concat([
      loss(0),
      ...names.map((tag, i) => eventRecord(row(i, { tag, value: i }))),
      loss(41),
    ]);
    const whole = await both(() => sourceOf(bytes));
    assert.equal(whole.metrics.length, 41);
    assert.equal(whole.points.length, 42);
    await both(() => sourceOf(concat([loss(1), loss(2)])));
  });

  it("steps over a large image or graph without reading it", async () => {
    const image = new Uint8Array(8_000_000).fill(7);
    const large = eventRecord({ ...row(1), images: [{ tag: "x", image }] });
    const graph = record(message([doubleField(1, 1e9), bytesField(4, image)]));
    const bytes = concat([loss(0), large, graph, loss(2)]);
    const whole = await both(() => sourceOf(bytes));
    assert.deepEqual(
      whole.points.map(([, step]) => step),
      [0, 2],
    );
    assert.deepEqual(whole.problems, []);
    const { source, read } = counted(bytes);
    await collect(tfevents.read({ source, file: FILE, from: START }));
    assert.ok(read() < 4_000_000, `${read()} bytes were read`);
    // While it is written, it is where reading goes on.
    for (const cut of [large.length / 2, large.length - 1]) {
      const torn = bytes.subarray(0, loss(0).length + cut);
      const { cursor } = await both(() => sourceOf(torn));
      assert.equal(cursor.offset, loss(0).length);
      assert.equal((await both(() => sourceOf(bytes), cursor)).points.length, 1);
    }
  });

  it("reads a large record that holds scalars, and says where one is damaged", async () => {
    const scalars = Array.from({ length: 15_000 }, (_, i): EventScalar => ({
      tag: `layers/${i}/weights/norm`,
      value: i,
    }));
    const large = eventRecord(row(1, ...scalars));
    assert.ok(large.length > 256 * 1024);
    const damaged = large.slice();
    damaged[large.length >> 1] = 0xff;
    const bytes = concat([loss(0), large, damaged, loss(2)]);
    const whole = await both(() => sourceOf(bytes));
    assert.equal(whole.points.length, 15_002);
    assert.deepEqual(
      whole.problems.map(({ code, offset }) => [code, offset]),
      [["tfevents/bad-checksum", loss(0).length + large.length]],
    );
  });

  describe("given bad input, reads no more than it must", () => {
    it("zeros, as a disk that was full leaves them", async () => {
      const { source, read } = counted(new Uint8Array(0), 1_000_000_000);
      const { problems } = await collect(tfevents.read({ source, file: FILE, from: START }));
      assert.deepEqual(
        problems.map(({ code, offset }) => [code, offset]),
        [["tfevents/bad-length", 0]],
      );
      assert.ok(read() < 2_000_000, `${read()} bytes were read`);
      const behind = counted(concat([loss(0), loss(1)]), 1_000_000_000);
      const found = await both(() => behind.source);
      assert.equal(found.points.length, 2);
      assert.ok(behind.read() < 4_000_000);
    });

    it("a length that holds, with a gigabyte of rubbish behind it or nothing", async () => {
      for (const length of [2 ** 31, 2 ** 40, 2 ** 52, 60_000_000, 300_000]) {
        const header = lengthHeader(length);
        const { source, read } = counted(concat([loss(0), header]), 1_000_000_000);
        const { points, problems } = await collect(
          tfevents.read({ source, file: FILE, from: START }),
        );
        assert.equal(points.length, 1);
        assert.ok(problems.length > 0 || length > 1_000_000_000);
        assert.ok(read() < 70_000_000, `${read()} bytes were read`);
        await both(() => counted(concat([loss(0), header]), 2_000_000).source);
        await both(() => counted(concat([loss(0), header]), 100).source);
        await both(() => sourceOf(concat([loss(0), header])));
      }
    });

    it("records whose checksums hold around rubbish", () =>
      forEachSeed(40, (random) => {
        const records = Array.from({ length: wholeNumber(random, 1, 60) }, () => {
          if (random() < 0.5) return loss(wholeNumber(random, 0, 9));
          const size = random() < 0.1 ? 300_000 : wholeNumber(random, 0, 60);
          return record(Uint8Array.from({ length: size }, () => wholeNumber(random, 0, 255)));
        });
        return both(() => sourceOf(concat(records)));
      }));

    it("a file that is cut while it is read", () =>
      forEachSeed(12, async (random) => {
        const parts = Array.from({ length: 12_000 }, (_, i) => loss(i));
        const bytes = concat(parts);
        const sizes = Array.from({ length: 20 }, () => wholeNumber(random, 0, bytes.length));
        const shrinking = (): ByteSource => {
          const source = sourceOf(bytes);
          let reads = 0;
          return {
            ...source,
            close: () => source.close(),
            read: async (start, into) => {
              const size = sizes[reads++] ?? 0;
              const count = Math.max(0, Math.min(into.length, size - start));
              return source.read(start, into.subarray(0, count));
            },
          };
        };
        const { points, cursor } = await both(shrinking);
        assert.deepEqual(
          points.map(([, step]) => step),
          points.map((_, i) => i),
        );
        assert.equal(cursor.offset, concat(parts.slice(0, points.length)).length);
      }));
  });
});

/** The beginning of a record that says to have so many bytes. */
function lengthHeader(length: number): Uint8Array {
  const bytes = record(new Uint8Array(8)).slice(0, 12);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length), true);
  const crc = record(bytes.slice(0, 8)).slice(-4);
  bytes.set(crc, 8);
  return bytes;
}
