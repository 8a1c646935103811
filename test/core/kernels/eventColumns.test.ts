/** The kernel for event files against the plain reader: the same points, problems and cursors, whatever the bytes are. */

import assert from "node:assert/strict";
import { tfevents } from "../../../src/core/formats/tfevents.js";
import { START, type Cursor } from "../../../src/core/formats/reader.js";
import { readEventColumns } from "../../../src/core/kernels/eventColumns.js";
import { readPlainly, type ColumnInput } from "../../../src/core/kernels/columnReading.js";
import { Kernel } from "../../../src/core/kernels/kernel.js";
import type { ByteSource } from "../../../src/core/io/files.js";
import { endsForNextFile, type Ends } from "../../../src/core/tables/columnBatch.js";
import { collect, type CollectedReading } from "../../support/columnReadings.js";
import { eventFile, eventRecord, type EventScalar } from "../../support/eventFile.js";
import { mulberry32, wholeNumber } from "../../support/random.js";
import { inPieces, sourceOf } from "../../support/scriptedFiles.js";
import { formatSamples } from "../../support/samples.js";
import { mutated } from "../../support/mutated.js";
import { randomEvents } from "../../support/randomEvents.js";

const FILE = "/runs/a/events.out.tfevents.1";

describe("the kernel for event files", function () {
  this.timeout(120_000);
  const kernel = Kernel.make() as Kernel;

  const both = async (
    source: () => ByteSource,
    from: Cursor = START,
    after?: ReadonlyMap<string, Ends>,
  ): Promise<CollectedReading> => {
    const input = (): ColumnInput => ({
      source: source(),
      file: FILE,
      from,
      ...(after === undefined ? {} : { after }),
    });
    const plain = await collect(readPlainly(tfevents, input()));
    const fast = await collect(readEventColumns(kernel, input()));
    assert.deepStrictEqual(fast, plain);
    return plain;
  };

  it("reads what the plain reader reads of random files, in random pieces", async () => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = mulberry32(seed);
      const bytes = randomEvents(random);
      try {
        await both(() => inPieces(bytes, mulberry32(seed), wholeNumber(random, 1, bytes.length)));
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });

  it("reads what the plain reader reads of mutated files", async () => {
    for (let seed = 1; seed <= 1_500; seed++) {
      const random = mulberry32(seed);
      const bytes = mutated(randomEvents(random), random);
      try {
        await both(() => sourceOf(bytes));
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });

  it("reads what the plain reader reads of mutated samples", async () => {
    const samples = formatSamples().filter(({ reader }) => reader === tfevents);
    assert.ok(samples.length > 0);
    for (const sample of samples) {
      const original = sample.bytes();
      await both(() => sourceOf(original));
      for (let seed = 1; seed <= 60; seed++) {
        const bytes = mutated(original.subarray(0, 24 * 1024), mulberry32(seed));
        try {
          await both(() => sourceOf(bytes));
        } catch (error) {
          throw new Error(`${sample.name}, seed ${seed}`, { cause: error });
        }
      }
    }
  });

  it("reads on in a file that has grown, and in the next file of its stream", async () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = mulberry32(seed);
      const bytes = randomEvents(random);
      const cut = wholeNumber(random, 0, bytes.length);
      try {
        const first = await both(() => sourceOf(bytes.subarray(0, cut)));
        const second = await both(() => sourceOf(bytes), first.cursor, first.ends);
        const next = new Map([...second.ends].map(([part, ends]) => [part, endsForNextFile(ends)]));
        const later = randomEvents(random);
        await both(() => sourceOf(later), START, next);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });

  it("reads ten times as many tags as a batch has room for, one by one and many in a record", async () => {
    const scalars = Array.from({ length: 6_000 }, (_, i): EventScalar => ({
      tag: `layer/${i}/norm`,
      value: i / 8,
    }));
    const rows = [0, 1, 2].map((step) => ({ step, wallTime: 1e9 + step, scalars }));
    const single = scalars.flatMap((scalar) =>
      [3, 4].map((step) => ({ step: step + 10, wallTime: 1e9 + step, scalars: [scalar] })),
    );
    const whole = await both(() => sourceOf(eventFile([...rows, ...single])));
    assert.equal(whole.parts.get("")?.metrics.size, 6_000);
  });

  it("steps over a large record without reading it where checksums are not verified", async () => {
    const image = new Uint8Array(3 * 1024 * 1024).fill(7);
    const bytes = randomImage(image);
    let read = 0;
    const source = sourceOf(bytes);
    const counted: ByteSource = {
      ...source,
      read: async (start, into) => {
        const count = await source.read(start, into);
        read += count;
        return count;
      },
    };
    const input = { source: counted, file: FILE, from: START };
    const fast = await collect(readEventColumns(kernel, input, { checksums: false }));
    assert.deepStrictEqual(fast, await both(() => sourceOf(bytes)));
    assert.equal(fast.parts.get("")?.metrics.get("loss")?.values.length, 2);
    assert.ok(read < 2 * 1024 * 1024, `${read} bytes were read`);
  });

  function randomImage(image: Uint8Array): Uint8Array {
    const scalar = (step: number): Uint8Array =>
      eventRecord({ step, wallTime: 1e9, scalars: [{ tag: "loss", value: step }] });
    const large = eventRecord({
      step: 1,
      wallTime: 1e9,
      scalars: [],
      images: [{ tag: "x", image }],
    });
    const parts = [scalar(0), large, scalar(2)];
    return Uint8Array.from(parts.flatMap((part) => [...part]));
  }
});
