/** Text logs by the kernel against the plain reader: the same points, problems and cursors of any bytes. */

import assert from "node:assert/strict";
import { csv, readDelimited } from "../../../../src/core/formats/csv.js";
import { jsonHistory, readHistory } from "../../../../src/core/formats/jsonHistory.js";
import { jsonl, readJsonLines } from "../../../../src/core/formats/jsonl.js";
import { Kernel } from "../../../../src/core/formats/kernels/kernel.js";
import {
  START,
  type Chunk,
  type Cursor,
  type Reader,
  type ReadInput,
} from "../../../../src/core/formats/reader.js";
import { TableRows } from "../../../../src/core/formats/table/rows.js";
import { readTrainerState, trainerState } from "../../../../src/core/formats/trainerState.js";
import type { ByteSource } from "../../../../src/core/io/files.js";
import { mutated } from "../../../support/mutated.js";
import { mulberry32, wholeNumber } from "../../../support/random.js";
import {
  randomHistory,
  randomDelimited,
  randomJsonLines,
  randomTrainerState,
} from "../../../support/randomRows.js";
import { readLogs, type Logs } from "../../../support/readLogs.js";
import { formatSamples } from "../../../support/samples.js";
import { inPieces, sourceOf } from "../../../support/scriptedFiles.js";

type Read = (kernel: Kernel | null, input: ReadInput) => AsyncGenerator<Chunk, Cursor>;

const FILE = "/runs/a/log";

/** What both readings give. */
async function both(read: Read, source: () => ByteSource, from: Cursor = START): Promise<Logs> {
  const plain = await readLogs(read(null, { source: source(), file: FILE, from }));
  const kernel = Kernel.take();
  assert.ok(kernel);
  const fast = await readLogs(read(kernel, { source: source(), file: FILE, from }));
  kernel.giveBack();
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

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Rows that are added plainly while `read` runs. */
async function addedPlainly(read: () => Promise<unknown>): Promise<number> {
  const add = Object.getOwnPropertyDescriptor(TableRows.prototype, "add");
  let count = 0;
  const counted = function (this: TableRows, ...row: Parameters<TableRows["add"]>): boolean {
    count += 1;
    return (add?.value as TableRows["add"]).apply(this, row);
  };
  Object.defineProperty(TableRows.prototype, "add", { ...add, value: counted });
  try {
    await read();
  } finally {
    Object.defineProperty(TableRows.prototype, "add", add ?? {});
  }
  return count;
}

async function addedOf(read: Read, bytes: Uint8Array): Promise<number> {
  const kernel = Kernel.take();
  const added = await addedPlainly(() =>
    readLogs(read(kernel, { source: sourceOf(bytes), file: FILE, from: START })),
  );
  kernel?.giveBack();
  return added;
}

const jsonRows = (count: number, row: (step: number) => string): Uint8Array =>
  text(Array.from({ length: count }, (_, step) => `${row(step)}\n`).join(""));

describe("rows of JSON lines that are like the ones before", () => {
  const cases: readonly [name: string, row: (step: number) => string, plain: number][] = [
    ["of one kind", (step) => `{"step": ${step}, "loss": ${step / 7}}`, 1],
    ["with text that is another each time", (s) => `{"step":${s},"a":0.5,"note":"at ${s}"}`, 1],
    ["with null, NaN and true", (s) => `{"step":${s},"a":null,"b":NaN,"c":true,"d":1}`, 1],
    [
      "of two kinds that take turns",
      (s) => (s % 2 ? `{"step":${s},"type":"eval","acc":0.5}` : `{"step":${s},"loss":1}`),
      2,
    ],
    ["of a run and a task", (s) => `{"run":"r","split":"test","step":${s},"loss":1,"n":"${s}"}`, 1],
    ["that name their metric", (s) => `{"step":${s},"metric":"m${s % 5}","value":2}`, 5],
    ["with epochs and times", (s) => `{"epoch":${s / 9},"step":${s},"time":${1.7e9 + s},"a":1}`, 1],
    [
      "with lists, objects and numbers as keys",
      (s) => `{"9":1,"step":${s},"2":[3,4],"o":{"x":5}}`,
      1,
    ],
  ];
  for (const [name, row, plain] of cases) {
    it(`${name}: only the first of each kind is read plainly`, async () => {
      const bytes = jsonRows(1000, row);
      await both(readJsonLines, () => sourceOf(bytes));
      assert.equal(await addedOf(readJsonLines, bytes), plain);
    });
  }

  it("are left where a text turns out to be a metric", async () => {
    const bytes = text(
      '{"step":1,"a":1,"b":"x"}\n{"step":2,"a":1,"b":"y"}\n{"step":3,"b":2}\n{"step":4,"a":1,"b":"z"}\n',
    );
    const { problems } = await both(readJsonLines, () => sourceOf(bytes));
    assert.deepEqual(
      problems.map(({ code, line }) => [code, line]),
      [["jsonl/not-a-number", 4]],
    );
  });

  it("are read anew where steps begin anew with each epoch", async () => {
    const bytes = jsonRows(
      300,
      (i) => `{"epoch":${Math.floor(i / 100)},"step":${i % 100},"a":${i}}`,
    );
    const { startsAnew, logs } = await both(readJsonLines, () => sourceOf(bytes));
    assert.equal(startsAnew, 1);
    assert.deepEqual([...logs.keys()], ["|epoch"]);
  });

  it("may be more than a chunk has room for", async () => {
    const bytes = jsonRows(50_000, (step) => `{"step":${step},"a":1,"b":${step / 3},"c":null}`);
    const { logs } = await both(readJsonLines, () => sourceOf(bytes));
    assert.equal(logs.get("|")?.points.length, 150_000);
  });

  it("give their numbers to the last bit, however they are written", async () => {
    const random = mulberry32(1);
    const digits = (count: number): string =>
      Array.from({ length: count }, () => wholeNumber(random, 0, 9)).join("");
    const bits = new DataView(new ArrayBuffer(8));
    const number = (): string => {
      bits.setUint32(0, random() * 2 ** 32);
      bits.setUint32(4, random() * 2 ** 32);
      const any = bits.getFloat64(0);
      const whole =
        random() < 0.5 ? "0" : `${wholeNumber(random, 1, 9)}${digits(wholeNumber(random, 0, 8))}`;
      const ways = [
        Number.isFinite(any) ? String(any) : "1",
        String((random() - 0.5) * 10 ** wholeNumber(random, -6, 6)),
        `${whole}.${digits(wholeNumber(random, 1, 24))}`,
        `-${whole}.${"0".repeat(wholeNumber(random, 0, 9))}${digits(wholeNumber(random, 1, 16))}`,
        `${whole}${digits(wholeNumber(random, 0, 12))}`.replace(/^0(?=.)/, ""),
        `${wholeNumber(random, 0, 2 ** 20) / 2 ** wholeNumber(random, 0, 40)}`,
      ];
      return ways[wholeNumber(random, 0, ways.length - 1)] ?? "1";
    };
    const bytes = jsonRows(
      12_000,
      (step) =>
        `{"step":${step},${["a", "b", "c", "d", "e"].map((key) => `"${key}":${number()}`).join(",")}}`,
    );
    await both(readJsonLines, () => sourceOf(bytes));
    assert.ok((await addedOf(readJsonLines, bytes)) < 200);
  });

  it("may be of more kinds than there is room for, and have hundreds of columns", async () => {
    const keys = Array.from({ length: 330 }, (_, i) => `"layer/${i}": ${i}.5`);
    const kinds = Array.from({ length: 200 }, (_, i) => `"m${i}": 1, ${keys.slice(i).join(", ")}`);
    await both(readJsonLines, () =>
      sourceOf(jsonRows(700, (step) => `{"step": ${step}, ${kinds[step % 300] ?? ""}}`)),
    );
  });

  it("may lie around lines that are longer than the buffer", async () => {
    const long = (step: number): string =>
      `{"step":${step},"a":1,"note":"${"x".repeat(3_000_000)}"}`;
    const bytes = jsonRows(9, (step) => (step % 4 === 2 ? long(step) : `{"step":${step},"a":2}`));
    const { logs } = await both(readJsonLines, () => sourceOf(bytes));
    assert.equal(logs.get("|")?.points.length, 9);
    await both(readJsonLines, () => inPieces(bytes, mulberry32(1), 700_000));
  });

  it("may lie behind more points than a chunk has room for, which were read plainly", async () => {
    const odd = (i: number): string =>
      i % 3000 < 2
        ? `{"step":${i},"a":1}`
        : `{"step":"${i}","b":${"1".padEnd((i % 3) + 2, "0")},"c":null}`;
    await both(readJsonLines, () => sourceOf(jsonRows(60_000, odd)));
  });

  it("may name more metrics than a kernel keeps", async () => {
    const name = (i: number): string => `${i}/${"x".repeat(100_000)}`;
    const bytes = jsonRows(600, (i) => `{"step":${i},"${name(i >> 1)}":${i % 3 ? 1 : '"nan"'}}`);
    await both(readJsonLines, () => sourceOf(bytes));
    await both(readJsonLines, () => sourceOf(bytes.subarray(0, 1_000_000)));
  });
});

describe("rows of a table that are like the ones before", () => {
  const table = (header: string, row: (step: number) => string): Uint8Array =>
    text(`${header}\n${Array.from({ length: 1000 }, (_, step) => `${row(step)}\n`).join("")}`);
  const cases: readonly [name: string, bytes: Uint8Array, plain: number][] = [
    ["of numbers", table("step,loss,lr", (step) => `${step},${step / 7},1e-05`), 1],
    ["with blank cells", table("step,a,b", (s) => (s % 5 ? `${s},${s / 7},` : `${s},1,0.5`)), 2],
    ["with text", table("step\ta\tnote", (step) => `${step}\t0.25\tat ${step} we save`), 1],
    ["with nan", table("a;step", (step) => (step % 2 ? `nan;${step}` : `0.5;${step}`)), 2],
    ["between blanks", table("step loss", (step) => `${step} ${step / 7}`), 1],
  ];
  for (const [name, bytes, plain] of cases) {
    it(`${name}: only the first of each kind is read plainly`, async () => {
      await both(readDelimited, () => sourceOf(bytes));
      assert.equal(await addedOf(readDelimited, bytes), plain);
    });
  }

  it("are not the lines within a quoted cell", async () => {
    const rows = 'step,a,note\n1,2,x\n2,3,y\n3,4,"open\n4,5,z\n5,6,z\nend"\n6,7,z\n';
    const { logs } = await both(readDelimited, () => sourceOf(text(rows)));
    assert.deepEqual(
      logs.get("|")?.points.map(([, step]) => step),
      [1, 2, 3, 6],
    );
  });

  it("are read plainly where the comma is the decimal point", async () => {
    const bytes = table("step;a", (step) => `${step};${step},5`);
    await both(readDelimited, () => sourceOf(bytes));
    assert.equal(await addedOf(readDelimited, bytes), 1000);
  });
});

describe("rows of a list that are like the ones before", () => {
  it("are read plainly only where they are the first two or the last", async () => {
    const row = (step: number): string =>
      `\n  {\n    "step": ${step},\n    "loss": ${step / 7}\n  }`;
    const rows = Array.from({ length: 1000 }, (_, step) => row(step));
    const bytes = text(`{"history": [${rows.join(",")}\n]}`);
    await both(readHistory, () => sourceOf(bytes));
    assert.equal(await addedOf(readHistory, bytes), 3);
  });
});

const formats: readonly [reader: Reader, read: Read, make: (random: () => number) => Uint8Array][] =
  [
    [jsonl, readJsonLines, randomJsonLines],
    [csv, readDelimited, randomDelimited],
    [trainerState, readTrainerState, randomTrainerState],
    [jsonHistory, readHistory, randomHistory],
  ];

for (const [reader, read, make] of formats) {
  describe(`the kernel for ${reader.format}`, function () {
    this.timeout(120_000);

    it("reads what the plain reader reads of random files, in random pieces", () =>
      forEachSeed(1_000, (random, seed) => {
        const bytes = make(random);
        const most = wholeNumber(random, 1, bytes.length + 1);
        return both(read, () => inPieces(bytes, mulberry32(seed), most));
      }));

    it("reads what the plain reader reads of mutated files", () =>
      forEachSeed(1_000, (random) => {
        const bytes = mutated(make(random), random);
        return both(read, () => sourceOf(bytes));
      }));

    it("reads what the plain reader reads of mutated samples", async () => {
      const samples = formatSamples().filter((sample) => sample.reader === reader);
      assert.ok(samples.length > 0);
      for (const sample of samples) {
        const original = sample.bytes();
        await both(read, () => sourceOf(original));
        await forEachSeed(20, (random) => {
          const bytes = mutated(original.subarray(0, 24 * 1024), random);
          return both(read, () => sourceOf(bytes));
        });
      }
    });

    if (reader.kind !== "log") return;
    it("reads on in a file that has grown, some bytes at a time", () =>
      forEachSeed(300, async (random) => {
        const bytes = random() < 0.5 ? make(random) : mutated(make(random), random);
        let { cursor } = await both(read, () => sourceOf(bytes.subarray(0, 0)));
        for (let end = 0; end < bytes.length;) {
          end = Math.min(bytes.length, end + wholeNumber(random, 1, bytes.length));
          ({ cursor } = await both(read, () => sourceOf(bytes.subarray(0, end)), cursor));
        }
      }));
  });
}
